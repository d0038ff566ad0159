#include "KMeansSeeding.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// Which row is drawn depends on the last bit of the sums: no product is fused, so every processor draws the same.
#pragma STDC FP_CONTRACT OFF

typedef double Rows __attribute__((vector_size(64), aligned(8)));
typedef long Places __attribute__((vector_size(64), aligned(8)));

#define LANES 8
#define INTERLEAVE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

// Puts column q of eight rows side by side in panel[q]; where there are fewer rows the last one repeats.
static inline __attribute__((always_inline)) void transpose(const double *x, long d, long lanes, Rows *panel) {
    const double *rows[LANES];
    for (long lane = 0; lane < LANES; lane++) rows[lane] = x + (lane < lanes ? lane : lanes - 1) * d;
    long q = 0;
    for (; q + LANES <= d; q += LANES) {
        Rows r[LANES], s[LANES], t[LANES];
        for (int i = 0; i < LANES; i++) r[i] = *(const Rows *)(rows[i] + q);
        for (int i = 0; i < 4; i++) {
            s[2 * i] = INTERLEAVE(r[2 * i], r[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
            s[2 * i + 1] = INTERLEAVE(r[2 * i], r[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
        }
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                t[4 * i + j] = INTERLEAVE(s[4 * i + j], s[4 * i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
                t[4 * i + j + 2] = INTERLEAVE(s[4 * i + j], s[4 * i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
            }
        }
        for (int i = 0; i < 4; i++) {
            panel[q + i] = INTERLEAVE(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
            panel[q + i + 4] = INTERLEAVE(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        }
    }
    for (; q < d; q++) {
        for (int lane = 0; lane < LANES; lane++) panel[q][lane] = rows[lane][q];
    }
}

// Vectors are not passed to functions: how that is done depends on the processor.
#define CHOOSE(condition, yes, no) ((Rows)(((condition) & (Places)(yes)) | (~(condition) & (Places)(no))))

static inline __attribute__((always_inline)) void load(const double *values, long lanes, Rows *result) {
    if (lanes == LANES) {
        *result = *(const Rows *)values;
    } else {
        *result = (Rows){0};
        for (long lane = 0; lane < lanes; lane++) (*result)[lane] = values[lane];
    }
}

APUS_CLONES
void apus_kmeans_weigh(const double *x, const double *norms, const double *weights, const double *closest,
                       const double *scaled, const double *own, long rows, long d, long count, long first, long last,
                       double *space, double *out, double *sums) {
    Rows *panel = (Rows *)space;
    for (long c = 0; c < count; c++) sums[c] = 0;
    for (long start = first; start < last; start += LANES) {
        long lanes = last - start < LANES ? last - start : LANES;
        transpose(x + start * d, d, lanes, panel);
        Rows norm, limit = {0}, weight = {0};
        load(norms + start, lanes, &norm);
        if (closest) load(closest + start, lanes, &limit);
        if (weights) load(weights + start, lanes, &weight);
        for (long c = 0; c < count; c++) {
            const double *candidate = scaled + c * d;
            Rows product = {0};
            for (long q = 0; q < d; q++) product += panel[q] * candidate[q];
            Rows distance = product + own[c] + norm;
            distance = CHOOSE(distance < 0, (Rows){0}, distance);
            if (closest) distance = CHOOSE(limit < distance, limit, distance);
            Rows weighted = weights ? distance * weight : distance;
            double *place = out + c * rows + start;
            double sum = sums[c];
            if (lanes == LANES) {
                *(Rows *)place = distance;
                for (int lane = 0; lane < LANES; lane++) sum += weighted[lane];
            } else {
                for (long lane = 0; lane < lanes; lane++) {
                    place[lane] = distance[lane];
                    sum += weighted[lane];
                }
            }
            sums[c] = sum;
        }
    }
}

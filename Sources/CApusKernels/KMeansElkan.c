#include "KMeansElkan.h"

#include <math.h>
#include <stddef.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// Where rows are equally far from two centres the last bit decides: no product is fused, so every processor decides alike.
#pragma STDC FP_CONTRACT OFF

static inline double distance(const double *a, const double *b, long d) {
    double sum = 0;
    long q = 0;
    for (; q + 4 <= d; q += 4) {
        double d0 = a[q] - b[q], d1 = a[q + 1] - b[q + 1], d2 = a[q + 2] - b[q + 2], d3 = a[q + 3] - b[q + 3];
        sum += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
    }
    for (; q < d; q++) sum += (a[q] - b[q]) * (a[q] - b[q]);
    return sqrt(sum);
}

APUS_CLONES
void apus_elkan_start(const apus_elkan_centres *c, const double *x, long rows, int32_t *labels, double *upper,
                      double *lower) {
    long d = c->d, k = c->k;
    for (long i = 0; i < rows; i++) {
        const double *row = x + i * d;
        double *bounds = lower + i * k;
        long best = 0;
        double least = distance(row, c->centres, d);
        for (long j = 0; j < k; j++) bounds[j] = 0;
        bounds[0] = least;
        for (long j = 1; j < k; j++) {
            if (!(least > c->halves[best * k + j])) continue;
            double other = distance(row, c->centres + j * d, d);
            bounds[j] = other;
            if (other < least) {
                least = other;
                best = j;
            }
        }
        labels[i] = (int32_t)best;
        upper[i] = least;
    }
}

APUS_CLONES
int apus_elkan_step(const apus_elkan_centres *c, const double *x, const double *weights, const double *shifts, long rows,
                    int32_t *labels, double *upper, double *lower, double *sums, double *totals) {
    long d = c->d, k = c->k;
    int changed = 0;
    for (long i = 0; i < rows; i++) {
        const double *row = x + i * d;
        double *bounds = lower + i * k;
        long label = labels[i];
        double above = upper[i];
        if (shifts) {
            above += shifts[label];
            for (long j = 0; j < k; j++) {
                double bound = bounds[j] - shifts[j];
                bounds[j] = bound < 0 ? 0 : bound;
            }
        }
        if (!(c->nearest[label] >= above)) {
            int tight = 0;
            for (long j = 0; j < k; j++) {
                if (j == label || !(above > bounds[j]) || !(above > c->halves[label * k + j])) continue;
                if (!tight) {
                    above = distance(row, c->centres + label * d, d);
                    bounds[label] = above;
                    tight = 1;
                }
                if (above > bounds[j] || above > c->halves[label * k + j]) {
                    double other = distance(row, c->centres + j * d, d);
                    bounds[j] = other;
                    if (other < above) {
                        label = j;
                        above = other;
                    }
                }
            }
            if (labels[i] != (int32_t)label) changed = 1;
            labels[i] = (int32_t)label;
        }
        upper[i] = above;
        if (sums) {
            double weight = weights ? weights[i] : 1;
            double *sum = sums + label * d;
            totals[label] += weight;
            for (long q = 0; q < d; q++) sum[q] += row[q] * weight;
        }
    }
    return changed;
}

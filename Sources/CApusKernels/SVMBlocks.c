#include "SVM.h"
#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// Fused multiply-adds are welcome here. Each result is one chain of them over the columns, whatever tile it falls into,
// so that it depends on its two rows only.
#pragma STDC FP_CONTRACT ON

typedef float Floats __attribute__((vector_size(64), aligned(4)));
typedef int32_t FloatBits __attribute__((vector_size(64), aligned(4)));
typedef double Doubles __attribute__((vector_size(64), aligned(8)));
typedef float HalfFloats __attribute__((vector_size(32), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define PICK(mask, a, b) ((Floats)(((mask) & (FloatBits)(a)) | (~(mask) & (FloatBits)(b))))

void apus_svm_pack_single(const double *x, const double *centre, long lanes, long d, float *panel) {
    for (long r = 0; r < 16; r++) {
        const double *row = x + r * d;
        for (long q = 0; q < d; q++) panel[q * 16 + r] = r < lanes ? (float)(row[q] - centre[q]) : 0;
    }
}

// exp(-gamma · distance) of sixteen squared distances, in place. What is not a number counts as far away.
INLINE void radial(Floats *value, float gamma) {
    Floats x = *value * -gamma;
    x = PICK(x > -87, x, (Floats){0} - 87);
    x = PICK(x < 0, x, (Floats){0});
    const float rounder = 12582912.0f;
    Floats shifted = x * 1.44269504088896341f + rounder;
    Floats n = shifted - rounder;
    Floats r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    *value = (Floats)((FloatBits)p + ((FloatBits)shifted << 23));
}

INLINE void radial_tile(int count, const float *a, long d, const float *panel, const float *own, const float *norms,
                        float gamma, float *const *out, long place) {
    Floats sums[6] = {{0}, {0}, {0}, {0}, {0}, {0}};
    for (long q = 0; q < d; q++) {
        Floats b = *(const Floats *)(panel + q * 16);
        for (int r = 0; r < count; r++) sums[r] += b * a[r * d + q];
    }
    Floats others = *(const Floats *)norms;
    for (int r = 0; r < count; r++) {
        Floats distance = (others + own[r]) - 2 * sums[r];
        radial(&distance, gamma);
        *(Floats *)(out[r] + place) = distance;
    }
}

APUS_CLONES
void apus_svm_radial_rows(const float *a, const float *own, long m, const float *panels, const float *norms, long count,
                          long d, float gamma, float *const *out, long place) {
    for (long p = 0; p < count; p++) {
        const float *panel = panels + p * 16 * d;
        const float *other = norms + p * 16;
        long at = place + p * 16;
        long i = 0;
        for (; i + 6 <= m; i += 6) radial_tile(6, a + i * d, d, panel, own + i, other, gamma, out + i, at);
        switch (m - i) {
        case 5: radial_tile(5, a + i * d, d, panel, own + i, other, gamma, out + i, at); break;
        case 4: radial_tile(4, a + i * d, d, panel, own + i, other, gamma, out + i, at); break;
        case 3: radial_tile(3, a + i * d, d, panel, own + i, other, gamma, out + i, at); break;
        case 2: radial_tile(2, a + i * d, d, panel, own + i, other, gamma, out + i, at); break;
        case 1: radial_tile(1, a + i * d, d, panel, own + i, other, gamma, out + i, at); break;
        default: break;
        }
    }
}

void apus_svm_pack_double(const double *x, const double *centre, long lanes, long d, double *panel) {
    for (long r = 0; r < 8; r++) {
        const double *row = x + r * d;
        for (long q = 0; q < d; q++) panel[q * 8 + r] = r < lanes ? row[q] - centre[q] : 0;
    }
}

INLINE void product_tile(int count, const double *a, long d, const double *panel, double *out, long stride) {
    Doubles sums[6] = {{0}, {0}, {0}, {0}, {0}, {0}};
    for (long q = 0; q < d; q++) {
        Doubles b = *(const Doubles *)(panel + q * 8);
        for (int r = 0; r < count; r++) sums[r] += b * a[r * d + q];
    }
    for (int r = 0; r < count; r++) *(Doubles *)(out + r * stride) = sums[r];
}

APUS_CLONES
void apus_svm_product_rows(const double *a, long m, const double *panels, long count, long d, double *out, long stride) {
    for (long p = 0; p < count; p++) {
        const double *panel = panels + p * 8 * d;
        double *at = out + p * 8;
        long i = 0;
        for (; i + 6 <= m; i += 6) product_tile(6, a + i * d, d, panel, at + i * stride, stride);
        for (; i < m; i++) product_tile(1, a + i * d, d, panel, at + i * stride, stride);
    }
}

APUS_CLONES
void apus_svm_add_rows(double *f, const float *const *rows, const double *scales, long count, long n) {
    for (long start = 0; start < n; start += 1024) {
        long end = start + 1024 < n ? start + 1024 : n;
        long k = 0;
        for (; k + 4 <= count; k += 4) {
            const float *a = rows[k], *b = rows[k + 1], *c = rows[k + 2], *e = rows[k + 3];
            double sa = scales[k], sb = scales[k + 1], sc = scales[k + 2], se = scales[k + 3];
            for (long j = start; j < end; j++) f[j] = f[j] + a[j] * sa + b[j] * sb + c[j] * sc + e[j] * se;
        }
        for (; k < count; k++) {
            const float *a = rows[k];
            for (long j = start; j < end; j++) f[j] += a[j] * scales[k];
        }
    }
}

APUS_CLONES
void apus_svm_decide(const float *values, const double *coefficients, long stride, long decisions, long n, double *out) {
    for (long t = 0; t < decisions; t += 4) {
        long taken = decisions - t < 4 ? decisions - t : 4;
        const double *c0 = coefficients + t * stride;
        const double *c1 = taken > 1 ? c0 + stride : c0;
        const double *c2 = taken > 2 ? c0 + 2 * stride : c0;
        const double *c3 = taken > 3 ? c0 + 3 * stride : c0;
        Doubles s[4] = {{0}, {0}, {0}, {0}};
        for (long k = 0; k < n; k += 8) {
            Doubles v = __builtin_convertvector(*(const HalfFloats *)(values + k), Doubles);
            s[0] += v * *(const Doubles *)(c0 + k);
            s[1] += v * *(const Doubles *)(c1 + k);
            s[2] += v * *(const Doubles *)(c2 + k);
            s[3] += v * *(const Doubles *)(c3 + k);
        }
        for (long r = 0; r < taken; r++) {
            double sum = 0;
            for (int lane = 0; lane < 8; lane++) sum += s[r][lane];
            out[t + r] += sum;
        }
    }
}

// Whether (a, i) comes after (b, j): values ascend, and of equal ones places.
#define AFTER(a, i, b, j) ((a) > (b) || ((a) == (b) && (i) > (j)))

long apus_svm_worst(const double *f, const double *mask, double sign, const uint8_t *taken, long n, double limit,
                    long most, double *keys, int32_t *places) {
    // A heap with the last one kept at its root.
    long count = 0;
    if (most <= 0) return 0;
    for (long k = 0; k < n; k++) {
        double key = sign * (f[k] + mask[k]);
        if (!(key < limit) || taken[k]) continue;
        long at;
        if (count < most) {
            at = count++;
            while (at > 0) {
                long up = (at - 1) / 2;
                if (!AFTER(key, k, keys[up], places[up])) break;
                keys[at] = keys[up];
                places[at] = places[up];
                at = up;
            }
        } else {
            if (!AFTER(keys[0], places[0], key, k)) continue;
            at = 0;
            while (1) {
                long down = 2 * at + 1;
                if (down >= count) break;
                if (down + 1 < count && AFTER(keys[down + 1], places[down + 1], keys[down], places[down])) down++;
                if (!AFTER(keys[down], places[down], key, k)) break;
                keys[at] = keys[down];
                places[at] = places[down];
                at = down;
            }
        }
        keys[at] = key;
        places[at] = (int32_t)k;
        // Once the heap is full nothing above its root matters.
        if (count == most) limit = nextafter(keys[0], INFINITY);
    }
    // Worst first.
    for (long i = 1; i < count; i++) {
        double key = keys[i];
        int32_t place = places[i];
        long j = i;
        while (j > 0 && AFTER(keys[j - 1], places[j - 1], key, place)) {
            keys[j] = keys[j - 1];
            places[j] = places[j - 1];
            j--;
        }
        keys[j] = key;
        places[j] = place;
    }
    return count;
}

#include "SVM.h"
#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// The sequential solver takes the reference's path only if every product is rounded before it is added.
#pragma STDC FP_CONTRACT OFF

typedef double Eight __attribute__((vector_size(64), aligned(8)));
typedef int64_t Places __attribute__((vector_size(64), aligned(8)));
typedef float EightFloats __attribute__((vector_size(32), aligned(4)));

#define LOAD(p) (*(const Eight *)(p))
#define STORE(p, v) (*(Eight *)(p) = (v))
#define WIDEN(p) __builtin_convertvector(*(const EightFloats *)(p), Eight)
#define PICK(mask, a, b) ((Eight)(((mask) & (Places)(a)) | (~(mask) & (Places)(b))))
#define PICK_PLACE(mask, a, b) (((mask) & (a)) | (~(mask) & (b)))

static inline __attribute__((always_inline)) double sum_of(const Eight *p) {
    Eight v = *p;
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

// exp(x) in place, by fdlibm's reduction and polynomial; arguments are cut to ±708.
static inline __attribute__((always_inline)) void exponential(Eight *argument) {
    const double rounder = 6755399441055744.0;
    Eight limit = (Eight){0} + 708;
    Eight x = *argument;
    x = PICK(x < -limit, -limit, x);
    x = PICK(x > limit, limit, x);
    Eight shifted = x * 1.44269504088896338700 + rounder;
    Eight n = shifted - rounder;
    Eight high = x - n * 6.93147180369123816490e-01;
    Eight low = n * 1.90821492927058770002e-10;
    Eight r = high - low;
    Eight t = r * r;
    Eight p = t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06;
    p = t * p + 6.61375632143793436117e-05;
    p = t * p - 2.77777777770155933842e-03;
    p = t * p + 1.66666666666666019037e-01;
    Eight c = r - t * p;
    Eight fraction = 1 - ((low - (r * c) / (2 - c)) - high);
    *argument = (Eight)((Places)fraction + ((Places)shifted << 52));
}

APUS_CLONES
void apus_svm_dots(const double *x, const double *rows, long n, long d, double *out) {
    long whole = d / 8 * 8;
    long k = 0;
    for (; k + 4 <= n; k += 4) {
        const double *r0 = rows + k * d, *r1 = r0 + d, *r2 = r1 + d, *r3 = r2 + d;
        Eight s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (long q = 0; q < whole; q += 8) {
            Eight v = LOAD(x + q);
            s0 += v * LOAD(r0 + q);
            s1 += v * LOAD(r1 + q);
            s2 += v * LOAD(r2 + q);
            s3 += v * LOAD(r3 + q);
        }
        double t0 = sum_of(&s0), t1 = sum_of(&s1), t2 = sum_of(&s2), t3 = sum_of(&s3);
        for (long q = whole; q < d; q++) {
            t0 += x[q] * r0[q];
            t1 += x[q] * r1[q];
            t2 += x[q] * r2[q];
            t3 += x[q] * r3[q];
        }
        out[k] = t0;
        out[k + 1] = t1;
        out[k + 2] = t2;
        out[k + 3] = t3;
    }
    for (; k < n; k++) {
        const double *r0 = rows + k * d;
        Eight s0 = {0};
        for (long q = 0; q < whole; q += 8) s0 += LOAD(x + q) * LOAD(r0 + q);
        double t0 = sum_of(&s0);
        for (long q = whole; q < d; q++) t0 += x[q] * r0[q];
        out[k] = t0;
    }
}

APUS_CLONES
static void radial(double gamma, double *values, double norm, const double *norms, long n) {
    long k = 0;
    for (; k + 8 <= n; k += 8) {
        Eight distance = (LOAD(norms + k) + norm) - 2 * LOAD(values + k);
        Eight value = -gamma * distance;
        exponential(&value);
        STORE(values + k, value);
    }
    if (k < n) {
        Eight distance = {0};
        for (long j = k; j < n; j++) distance[j - k] = (norms[j] + norm) - 2 * values[j];
        Eight result = -gamma * distance;
        exponential(&result);
        for (long j = k; j < n; j++) values[j] = result[j - k];
    }
}

APUS_CLONES
static void polynomial(double gamma, double coef0, int32_t degree, double *values, long n) {
    for (long k = 0; k < n; k++) {
        double base = gamma * values[k] + coef0;
        double power = 1;
        for (int32_t t = degree; t > 0; t /= 2) {
            if (t % 2 == 1) power *= base;
            base = base * base;
        }
        values[k] = power;
    }
}

void apus_svm_values(apus_svm_kernel kernel, double *values, double norm, const double *norms, long n) {
    switch (kernel.kind) {
    case APUS_SVM_POLY: polynomial(kernel.gamma, kernel.coef0, kernel.degree, values, n); break;
    case APUS_SVM_RBF: radial(kernel.gamma, values, norm, norms, n); break;
    case APUS_SVM_SIGMOID:
        for (long k = 0; k < n; k++) values[k] = tanh(kernel.gamma * values[k] + kernel.coef0);
        break;
    default: break;
    }
}

APUS_CLONES
void apus_svm_narrow(const double *values, float *out, long n) {
    for (long k = 0; k < n; k++) out[k] = (float)values[k];
}

APUS_CLONES
long apus_svm_first(const double *f, const double *up, long n, double *least) {
    const Places step = {0, 1, 2, 3, 4, 5, 6, 7};
    Eight best = (Eight){0} + INFINITY;
    Places place = (Places){0} - 1;
    long k = 0;
    for (; k + 8 <= n; k += 8) {
        Eight value = LOAD(f + k) + LOAD(up + k);
        Places isLess = value <= best;
        best = PICK(isLess, value, best);
        place = PICK_PLACE(isLess, step + k, place);
    }
    double found = INFINITY;
    long index = -1;
    for (int lane = 0; lane < 8; lane++) {
        if (best[lane] < found || (best[lane] == found && place[lane] > index)) {
            found = best[lane];
            index = place[lane];
        }
    }
    for (; k < n; k++) {
        double value = f[k] + up[k];
        if (value <= found) {
            found = value;
            index = k;
        }
    }
    *least = found;
    return found < INFINITY ? index : -1;
}

APUS_CLONES
long apus_svm_second(const double *f, const double *low, const float *row, const double *diagonal, double fi, double kii,
                     long n, double *most, double *gain) {
    const Places step = {0, 1, 2, 3, 4, 5, 6, 7};
    const Eight tiny = (Eight){0} + 1e-12;
    Eight greatest = (Eight){0} - INFINITY;
    Eight best = (Eight){0} + INFINITY;
    Places place = (Places){0} - 1;
    long k = 0;
    for (; k + 8 <= n; k += 8) {
        Eight value = LOAD(f + k) + LOAD(low + k);
        greatest = PICK(value > greatest, value, greatest);
        Eight difference = value - fi;
        Eight curvature = (LOAD(diagonal + k) + kii) - 2 * WIDEN(row + k);
        curvature = PICK(curvature > 0, curvature, tiny);
        Eight change = -(difference * difference) / curvature;
        Places isBetter = (difference > 0) & (change <= best);
        best = PICK(isBetter, change, best);
        place = PICK_PLACE(isBetter, step + k, place);
    }
    double found = INFINITY, top = -INFINITY;
    long index = -1;
    for (int lane = 0; lane < 8; lane++) {
        if (greatest[lane] > top) top = greatest[lane];
        if (place[lane] >= 0 && (best[lane] < found || (best[lane] == found && place[lane] > index))) {
            found = best[lane];
            index = place[lane];
        }
    }
    for (; k < n; k++) {
        double value = f[k] + low[k];
        if (value > top) top = value;
        double difference = value - fi;
        if (!(difference > 0)) continue;
        double curvature = (diagonal[k] + kii) - 2 * (double)row[k];
        if (!(curvature > 0)) curvature = 1e-12;
        double change = -(difference * difference) / curvature;
        if (change <= found) {
            found = change;
            index = k;
        }
    }
    *most = top;
    *gain = found;
    return index;
}

APUS_CLONES
void apus_svm_extremes(const double *f, const double *up, const double *low, long n, double *least, double *most) {
    Eight smallest = (Eight){0} + INFINITY, greatest = (Eight){0} - INFINITY;
    long k = 0;
    for (; k + 8 <= n; k += 8) {
        Eight a = LOAD(f + k) + LOAD(up + k), b = LOAD(f + k) + LOAD(low + k);
        smallest = PICK(a < smallest, a, smallest);
        greatest = PICK(b > greatest, b, greatest);
    }
    double bottom = INFINITY, top = -INFINITY;
    for (int lane = 0; lane < 8; lane++) {
        if (smallest[lane] < bottom) bottom = smallest[lane];
        if (greatest[lane] > top) top = greatest[lane];
    }
    for (; k < n; k++) {
        if (f[k] + up[k] < bottom) bottom = f[k] + up[k];
        if (f[k] + low[k] > top) top = f[k] + low[k];
    }
    *least = bottom;
    *most = top;
}

APUS_CLONES
void apus_svm_step(double *f, const float *a, double da, const float *b, double db, long n) {
    long k = 0;
    for (; k + 8 <= n; k += 8) STORE(f + k, LOAD(f + k) + (WIDEN(a + k) * da + WIDEN(b + k) * db));
    for (; k < n; k++) f[k] += (double)a[k] * da + (double)b[k] * db;
}

APUS_CLONES
void apus_svm_add(double *f, const float *row, double scale, long n) {
    long k = 0;
    for (; k + 8 <= n; k += 8) STORE(f + k, LOAD(f + k) + scale * WIDEN(row + k));
    for (; k < n; k++) f[k] += scale * (double)row[k];
}

APUS_CLONES
void apus_svm_gather(const float *row, const int32_t *places, long n, float *out) {
    for (long k = 0; k < n; k++) out[k] = row[places[k]];
}

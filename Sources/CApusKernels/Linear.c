#include "CApusLinear.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

typedef double Eight __attribute__((vector_size(64), aligned(8)));

APUS_CLONES
void apus_linear_sparse_rows(const long *offsets, const int32_t *columns, const double *values, long first, long count,
                         const double *b, long padded, double *out) {
#pragma STDC FP_CONTRACT ON
    for (long i = 0; i < count; i++) {
        long start = offsets[first + i], end = offsets[first + i + 1];
        double *row = out + i * padded;
        long j = 0;
        // Sixteen numbers at a time, of two stored elements in turn, so that no sum waits for the one before.
        for (; j + 16 <= padded; j += 16) {
            Eight s0 = {0}, s1 = {0}, t0 = {0}, t1 = {0};
            long k = start;
            for (; k + 2 <= end; k += 2) {
                const double *p = b + (long)columns[k] * padded + j, *r = b + (long)columns[k + 1] * padded + j;
                s0 += values[k] * *(const Eight *)p;
                s1 += values[k] * *(const Eight *)(p + 8);
                t0 += values[k + 1] * *(const Eight *)r;
                t1 += values[k + 1] * *(const Eight *)(r + 8);
            }
            if (k < end) {
                const double *p = b + (long)columns[k] * padded + j;
                s0 += values[k] * *(const Eight *)p;
                s1 += values[k] * *(const Eight *)(p + 8);
            }
            *(Eight *)(row + j) = s0 + t0;
            *(Eight *)(row + j + 8) = s1 + t1;
        }
        for (; j < padded; j += 8) {
            Eight s[4] = {{0}, {0}, {0}, {0}};
            long k = start;
            for (; k + 4 <= end; k += 4)
                for (long t = 0; t < 4; t++)
                    s[t] += values[k + t] * *(const Eight *)(b + (long)columns[k + t] * padded + j);
            for (; k < end; k++) s[0] += values[k] * *(const Eight *)(b + (long)columns[k] * padded + j);
            *(Eight *)(row + j) = (s[0] + s[1]) + (s[2] + s[3]);
        }
    }
}

// By pointers, because how vectors are passed differs between the processors that a function is compiled for.
static inline double total(const Eight *a, const Eight *b) {
    const double *s = (const double *)a, *t = (const double *)b;
    return (((s[0] + t[0]) + (s[4] + t[4])) + ((s[2] + t[2]) + (s[6] + t[6]))) +
           (((s[1] + t[1]) + (s[5] + t[5])) + ((s[3] + t[3]) + (s[7] + t[7])));
}

APUS_CLONES
double apus_logistic_slope(const double *x, const double *a, const double *u, const double *q, long n) {
#pragma STDC FP_CONTRACT ON
    Eight s = {0}, t = {0};
    long i = 0;
    for (; i + 16 <= n; i += 16) {
        s += *(const Eight *)(x + i) * *(const Eight *)(a + i) * (*(const Eight *)(u + i) - *(const Eight *)(q + i));
        t += *(const Eight *)(x + i + 8) * *(const Eight *)(a + i + 8) *
             (*(const Eight *)(u + i + 8) - *(const Eight *)(q + i + 8));
    }
    double rest = 0;
    for (; i < n; i++) rest += x[i] * a[i] * (u[i] - q[i]);
    return total(&s, &t) + rest;
}

APUS_CLONES
double apus_logistic_curvature(const double *x, const double *a, const double *p, long n) {
#pragma STDC FP_CONTRACT ON
    Eight s = {0}, t = {0};
    long i = 0;
    for (; i + 16 <= n; i += 16) {
        Eight x0 = *(const Eight *)(x + i), x1 = *(const Eight *)(x + i + 8);
        s += x0 * x0 * *(const Eight *)(a + i) * (1 - *(const Eight *)(p + i));
        t += x1 * x1 * *(const Eight *)(a + i + 8) * (1 - *(const Eight *)(p + i + 8));
    }
    double rest = 0;
    for (; i < n; i++) rest += x[i] * x[i] * a[i] * (1 - p[i]);
    return total(&s, &t) + rest;
}

APUS_CLONES
void apus_logistic_move(const double *x, double step, const double *p, double *u, double *q, long n) {
#pragma STDC FP_CONTRACT ON
    long i = 0;
    for (; i + 8 <= n; i += 8) {
        Eight change = step * *(const Eight *)(x + i);
        *(Eight *)(u + i) += change;
        *(Eight *)(q + i) += change * *(const Eight *)(p + i);
    }
    for (; i < n; i++) {
        u[i] += step * x[i];
        q[i] += step * x[i] * p[i];
    }
}

double apus_logistic_sparse_slope(const double *x, const int32_t *rows, const double *a, const double *u, const double *q,
                                  long n) {
    double s = 0, t = 0;
    long i = 0;
    for (; i + 2 <= n; i += 2) {
        long r = rows[i], v = rows[i + 1];
        s += x[i] * a[r] * (u[r] - q[r]);
        t += x[i + 1] * a[v] * (u[v] - q[v]);
    }
    if (i < n) s += x[i] * a[rows[i]] * (u[rows[i]] - q[rows[i]]);
    return s + t;
}

double apus_logistic_sparse_curvature(const double *x, const int32_t *rows, const double *a, const double *p, long n) {
    double s = 0;
    for (long i = 0; i < n; i++) s += x[i] * x[i] * a[rows[i]] * (1 - p[rows[i]]);
    return s;
}

void apus_logistic_sparse_move(const double *x, const int32_t *rows, double step, const double *p, double *u, double *q,
                               long n) {
    for (long i = 0; i < n; i++) {
        double change = step * x[i];
        u[rows[i]] += change;
        q[rows[i]] += change * p[rows[i]];
    }
}

// Inner loops of linear models over sparse rows and over columns.
#ifndef APUS_CAPUSLINEAR_H
#define APUS_CAPUSLINEAR_H

#include <stdint.h>

// out = A b for `count` sparse rows from row `first` on: out and b have `padded` numbers a row, a multiple of 8.
void apus_linear_sparse_rows(const long *offsets, const int32_t *columns, const double *values, long first, long count,
                         const double *b, long padded, double *out);

// The sum of x[i] a[i] (u[i] - q[i]) over i < n.
double apus_logistic_slope(const double *x, const double *a, const double *u, const double *q, long n);

// The sum of x[i]^2 a[i] (1 - p[i]) over i < n.
double apus_logistic_curvature(const double *x, const double *a, const double *p, long n);

// u[i] += step x[i] and q[i] += step x[i] p[i] for i < n.
void apus_logistic_move(const double *x, double step, const double *p, double *u, double *q, long n);

// The same three for the stored elements x of a sparse column, which belong to rows[i].
double apus_logistic_sparse_slope(const double *x, const int32_t *rows, const double *a, const double *u, const double *q,
                                  long n);
double apus_logistic_sparse_curvature(const double *x, const int32_t *rows, const double *a, const double *p, long n);
void apus_logistic_sparse_move(const double *x, const int32_t *rows, double step, const double *p, double *u, double *q,
                               long n);

#endif

// The inner loops of support-vector machines. See SVM.c.
#ifndef APUS_SVM_H
#define APUS_SVM_H

#include <stdint.h>

// How an inner product becomes a kernel value.
enum { APUS_SVM_LINEAR = 0, APUS_SVM_POLY = 1, APUS_SVM_RBF = 2, APUS_SVM_SIGMOID = 3 };
typedef struct {
    int32_t kind;
    int32_t degree;
    double gamma;
    double coef0;
} apus_svm_kernel;

// out[k] = x · rows[k] for n rows of d numbers. Each result depends on its two rows only, not on its place.
void apus_svm_dots(const double *x, const double *rows, long n, long d, double *out);

// Turns n inner products with one row, of squared norm `norm`, into kernel values, in place. `norms` holds the squared
// norms of the others; they are read for the radial basis function only.
void apus_svm_values(apus_svm_kernel kernel, double *values, double norm, const double *norms, long n);

// out[k] = (float)values[k].
void apus_svm_narrow(const double *values, float *out, long n);

// The last place of the least f[k] + up[k] that is not +infinity, or -1; the least itself in `least`.
long apus_svm_first(const double *f, const double *up, long n, double *least);

// The last place k that lowers the objective most together with a first one of gradient fi and diagonal kii, or -1; in
// `most` the greatest f[k] + low[k], in `gain` the least -(f[k] - fi)² / (kii + diagonal[k] - 2 row[k]).
long apus_svm_second(const double *f, const double *low, const float *row, const double *diagonal, double fi, double kii,
                     long n, double *most, double *gain);

// The least f[k] + up[k] and the greatest f[k] + low[k].
void apus_svm_extremes(const double *f, const double *up, const double *low, long n, double *least, double *most);

// f[k] += a[k] da + b[k] db.
void apus_svm_step(double *f, const float *a, double da, const float *b, double db, long n);

// f[k] += row[k] scale.
void apus_svm_add(double *f, const float *row, double scale, long n);

// out[k] = row[places[k]].
void apus_svm_gather(const float *row, const int32_t *places, long n, float *out);

// Packs up to sixteen rows of d numbers, less a centre, side by side: column q of all of them is panel[16 q ..< 16 q + 16].
// What `lanes` leaves free is 0.
void apus_svm_pack_single(const double *x, const double *centre, long lanes, long d, float *panel);

// The same for up to eight rows in double precision.
void apus_svm_pack_double(const double *x, const double *centre, long lanes, long d, double *panel);

// out[i][place + j] = exp(-gamma ‖a_i - b_j‖²) for m rows (row-major, with their squared norms in `own`) and the rows of
// `count` panels of sixteen.
void apus_svm_radial_rows(const float *a, const float *own, long m, const float *panels, const float *norms, long count,
                          long d, float gamma, float *const *out, long place);

// out[i * stride + j] = a_i · b_j for m rows and the rows of `count` panels of eight.
void apus_svm_product_rows(const double *a, long m, const double *panels, long count, long d, double *out, long stride);

// f += scales[k] rows[k], for `count` rows of n numbers.
void apus_svm_add_rows(double *f, const float *const *rows, const double *scales, long count, long n);

// out[t] += Σ values[k] coefficients[t * stride + k] over n numbers, a multiple of eight.
void apus_svm_decide(const float *values, const double *coefficients, long stride, long decisions, long n, double *out);

// The `most` places with the least sign (f[k] + mask[k]) below `limit` that are not taken, least first; how many there are.
long apus_svm_worst(const double *f, const double *mask, double sign, const uint8_t *taken, long n, double limit,
                    long most, double *keys, int32_t *places);

#endif

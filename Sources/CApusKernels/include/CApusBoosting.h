// The inner loops of histogram gradient boosting.
//
// None of them uses fused multiply-adds, so that every processor computes the same bits.
#ifndef APUS_CAPUSBOOSTING_H
#define APUS_CAPUSBOOSTING_H

#include <stdint.h>

// A bin of a histogram is four numbers: the sum of gradients, the sum of hessians, the number of rows, and 0.

// Adds rows to the histograms of `features` neighbouring features, row after row.
//
// bins: rows × stride, from the first of the features on; list: the `count` rows, or null for rows 0 to count - 1;
// pairs: gradient and hessian of each row; histogram: features × 256 bins, aligned to 32 bytes.
void apus_boosting_histogram(const uint8_t *bins, long stride, const uint32_t *list, long count, const float *pairs,
                             long features, double *histogram);

// parent -= child, over `bins` bins, aligned to 32 bytes.
void apus_boosting_subtract(double *parent, const double *child, long bins);

// What a node brings to the search of its split.
typedef struct {
    double gradient, hessian, count, value;
    // The least and greatest value of its children.
    double lower, upper;
    double l2, leastHessian, leastCount;
    // 1 if the left child's value must not exceed the right one's, -1 for the opposite, 0 for neither.
    int32_t monotonic;
} apus_boosting_node;

// A split: its gain, the left side's sums, and the last bin of the left side.
typedef struct {
    double gain, gradient, hessian, count;
    int64_t bin;
} apus_boosting_split;

// Looks for a split with a gain above best->gain and above 0; returns whether there is one, with `best` replaced.
//
// Upwards, bins 0, 1, ... < end join the left side one after another, and missing values stay right. Downwards, bins
// end, end - 1, ... > 0 join the right side, and missing values stay left.
int apus_boosting_scan_up(const double *histogram, long end, const apus_boosting_node *node, apus_boosting_split *best);
int apus_boosting_scan_down(const double *histogram, long end, const apus_boosting_node *node,
                            apus_boosting_split *best);

// Sends rows left where goesLeft[column[row]] is 1, else right, in their order; returns how many went left.
long apus_boosting_partition(const uint8_t *column, const uint32_t *list, long count, const uint8_t *goesLeft,
                             uint32_t *left, uint32_t *right);

// out[i * stride] = the number of thresholds below x[i * step], or `missing` where x is not a number.
//
// thresholds: 256, ascending, padded with infinity.
void apus_boosting_bin(const double *x, long step, long count, const double *thresholds, uint8_t missing, uint8_t *out,
                       long stride);

// Sorts numbers, none of them NaN, ascending; scratch: as many.
void apus_boosting_sort(double *values, double *scratch, long count);

// Gradient and hessian of each row, as pairs. weights: null for 1.
void apus_boosting_logistic(const double *raw, const double *y, const double *weights, long count, float *pairs);
void apus_boosting_squared(const double *raw, const double *y, const double *weights, long count, float *pairs);
void apus_boosting_pinball(const double *raw, const double *y, const double *weights, long count, double quantile,
                           float *pairs);
void apus_boosting_absolute(const double *raw, const double *y, const double *weights, long count, float *pairs);
void apus_boosting_poisson(const double *raw, const double *y, const double *weights, long count, float *pairs);
void apus_boosting_gamma(const double *raw, const double *y, const double *weights, long count, float *pairs);

// The same for classes: raw and pairs hold `total` rows for each class, `count` of which are worked on, at most 256.
// y: the class; scratch: classes × 256.
void apus_boosting_softmax(const double *raw, const double *y, const double *weights, long count, long total,
                           long classes, double *scratch, float *pairs);

#endif

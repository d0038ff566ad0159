// Inner loops of exact trees that tell classes apart.
//
// A word names a row of a node: the row in the upper bits, its payload in the lower ones; the payload is the row's weight
// in the upper and its class in the lower bits. A key has the rank of the row's value in the place of the row. With no
// bits for weights every row weighs 1. Sums of weights stay below 2^26, so that all sums here are exact.
#ifndef APUS_FOREST_H
#define APUS_FOREST_H

#include <stdint.h>

// How words and keys are made up, and the classes.
typedef struct {
    int32_t payloadBits, classBits;
    int32_t classes;
    // 0: Gini, 1: entropy.
    int32_t criterion;
    // Entropy: x log2 x for whole x up to the greatest sum of weights; else null.
    const double *table;
} ApusForestShape;

// What both sides of a split must have, what is on the left side before the pass, and the best split so far.
typedef struct {
    double minWeight;
    int64_t minRows;
    double proxy;
    // The rows on the left side of the split found in this pass, or -1; ranks left and right of its threshold.
    int64_t leftRows;
    uint32_t lastLeft, firstRight;
    // Whether a split that leaves nothing but missing values right may be tried.
    int32_t mayEndBeforeMissing;
} ApusForestPass;

// Keys of a node's rows from a column (or from a table of rows, `stride` values apart), and the least and greatest of them.
void apus_forest_keys32(const uint32_t *ranks, long stride, const uint32_t *words, long n, int bits, uint32_t *keys,
                        uint32_t *range);
void apus_forest_keys8(const uint8_t *ranks, long stride, const uint32_t *words, long n, int bits, uint32_t *keys,
                       uint32_t *range);

// Sorts keys by rank; the order among equal ranks is any. spare: n keys; low, high: the least and the greatest key.
void apus_forest_sort(uint32_t *keys, uint32_t *spare, long n, int bits, uint32_t low, uint32_t high);

// Searches a better split in sorted keys of present values. close: one bit a rank, whether it counts as equal to the one
// before, or null; values: low and high ends of the ranks' values; node: the weight of each class; start: that of the rows
// with missing values where they go left, else null; startRows: how many those are; scratch: 3 counts a class and n pairs.
void apus_forest_scan(const ApusForestShape *shape, const uint32_t *keys, long n, const uint32_t *close,
                      const float *lows, const float *highs, const uint32_t *node, double nodeWeight, long nodeRows,
                      const uint32_t *start, double startWeight, long startRows, uint32_t *scratch,
                      ApusForestPass *pass);

// Counts the rows of a node: for each value and class the rows in the upper and their weight in the lower 32 bits. Values
// are 2^classBits counts apart.
void apus_forest_count8(const uint8_t *ranks, long stride, const ApusForestShape *shape, const uint32_t *words, long n,
                        uint64_t *counts);

// Searches a better split in such counts of `levels` values.
void apus_forest_scan_counts(const ApusForestShape *shape, const uint64_t *counts, long levels, const uint32_t *close,
                             const float *lows, const float *highs, const uint32_t *node, double nodeWeight,
                             long nodeRows, const uint32_t *start, double startWeight, long startRows,
                             uint32_t *scratch, ApusForestPass *pass);

// Searches a better split in keys that are not sorted, of two classes by Gini, with no values close or missing and no
// bounds on the sides. Only keys that may be beside a better split are sorted. spare: n + 64 keys; counts: 2048 numbers.
void apus_forest_screen(const ApusForestShape *shape, const uint32_t *keys, uint32_t *spare, uint32_t *second, long n,
                        uint32_t low, uint32_t high, double ones, double weight, uint64_t *counts,
                        ApusForestPass *pass);

// Divides a node's words: those whose rank is below the cut, or is `missing` where missing values go left, come first;
// the order on either side stays. left: receives the weight of each class on the left side. Returns how many go left.
long apus_forest_divide32(const uint32_t *ranks, long stride, const ApusForestShape *shape, uint32_t *words,
                          uint32_t *spare, long n, uint32_t cut, uint32_t missing, int missingIsLeft, uint32_t *left);
long apus_forest_divide8(const uint8_t *ranks, long stride, const ApusForestShape *shape, uint32_t *words,
                         uint32_t *spare, long n, uint32_t cut, uint32_t missing, int missingIsLeft, uint32_t *left);

// The weight of each class among words.
void apus_forest_sums(const ApusForestShape *shape, const uint32_t *words, long n, uint32_t *sums);

// The impurity of classes whose weights add up to `weight`.
double apus_forest_impurity(const ApusForestShape *shape, const uint32_t *sums, double weight);

#endif

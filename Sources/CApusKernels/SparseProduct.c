#include "SparseProduct.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// Each product is rounded before it is added, so every processor gives the same bits.
#pragma STDC FP_CONTRACT OFF

APUS_CLONES
void apus_sparse_product(const long *offsets, const int32_t *columns, const double *values, const double *dense,
                         long width, long first, long last, double *out) {
    for (long row = first; row < last; row++) {
        double *restrict sums = out + row * width;
        memset(sums, 0, (size_t)width * sizeof(double));
        for (long entry = offsets[row]; entry < offsets[row + 1]; entry++) {
            const double *restrict other = dense + (long)columns[entry] * width;
            double value = values[entry];
            for (long q = 0; q < width; q++) sums[q] += value * other[q];
        }
    }
}

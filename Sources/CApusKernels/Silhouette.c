#include "Silhouette.h"

#include <math.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// Eight running sums in a fixed order, none fused, so every processor gives the same bits.
#pragma STDC FP_CONTRACT OFF

APUS_CLONES
double apus_distance_sum(const double *products, const double *norms, double own, long count, int *unsure) {
    double sums[8] = {0};
    int small[8] = {0};
    long j = 0;
    for (; j + 8 <= count; j += 8) {
        for (int lane = 0; lane < 8; lane++) {
            double square = products[j + lane] + own + norms[j + lane];
            small[lane] |= square < 1e-6 * (own + norms[j + lane]);
            sums[lane] += sqrt(square > 0 ? square : 0);
        }
    }
    double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    int any = small[0] | small[1] | small[2] | small[3] | small[4] | small[5] | small[6] | small[7];
    for (; j < count; j++) {
        double square = products[j] + own + norms[j];
        any |= square < 1e-6 * (own + norms[j]);
        sum += sqrt(square > 0 ? square : 0);
    }
    *unsure = any;
    return sum;
}

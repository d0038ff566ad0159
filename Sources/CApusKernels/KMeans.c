#include "CApusKernels.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

typedef float Rows __attribute__((vector_size(64), aligned(4)));
typedef int32_t Places __attribute__((vector_size(64), aligned(4)));

APUS_CLONES
void apus_kmeans_nearest(const float *panel, const float *centres, const float *norms, long d, long k, float *best,
                         float *next, int32_t *label) {
    // The caller looks again, exactly, at every row whose two nearest centres are closer than single precision can
    // tell, so fused multiply-adds are welcome here: they only make the first look sharper.
#pragma STDC FP_CONTRACT ON
    Rows least = (Rows){0} + __builtin_inff();
    Rows second = least;
    Places place = (Places){0};
    for (long j = 0; j < k; j += 4) {
        // Past the end the last centre stands in; it is computed and not taken.
        long taken = k - j < 4 ? k - j : 4;
        const float *c0 = centres + j * d;
        const float *c1 = centres + (taken > 1 ? j + 1 : j) * d;
        const float *c2 = centres + (taken > 2 ? j + 2 : j) * d;
        const float *c3 = centres + (taken > 3 ? j + 3 : j) * d;
        Rows sums[4] = {{0}, {0}, {0}, {0}};
        for (long q = 0; q < d; q++) {
            Rows rows = *(const Rows *)(panel + q * 16);
            sums[0] += rows * c0[q];
            sums[1] += rows * c1[q];
            sums[2] += rows * c2[q];
            sums[3] += rows * c3[q];
        }
        for (long t = 0; t < taken; t++) {
            Rows distance = sums[t] + norms[j + t];
            Places nearer = distance < least;
            Places nextNearer = distance < second;
            second = (Rows)((nearer & (Places)least) | (~nearer & ((nextNearer & (Places)distance) | (~nextNearer & (Places)second))));
            least = (Rows)((nearer & (Places)distance) | (~nearer & (Places)least));
            place = (nearer & ((Places){0} + (int32_t)(j + t))) | (~nearer & place);
        }
    }
    *(Rows *)best = least;
    *(Rows *)next = second;
    *(Places *)label = place;
}

// Which way values go in the trees of TreeShap.h.
#ifndef APUS_TREESHAPSIDES_H
#define APUS_TREESHAPSIDES_H

#include "TreeShap.h"

#define APUS_INLINE static inline __attribute__((always_inline))

APUS_INLINE int contains(const uint8_t *sets, int32_t set, double value) {
    if (!(value >= 0 && value < 256)) return 0;
    int code = (int)value;
    return sets[32L * set + code / 8] >> (code % 8) & 1;
}

APUS_INLINE int goes_left(const ApusShapTree *tree, const ApusShapNode *node, double value) {
    if (value != value) return node->missingIsLeft;
    return node->set >= 0 ? contains(tree->sets, node->set, value) : value <= node->threshold;
}

APUS_INLINE int32_t child(const ApusShapNode *nodes, int32_t k, int left) { return left ? k + 1 : nodes[k].right; }

#endif

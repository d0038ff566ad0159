#include "TreeWalk.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif
#define APUS_INLINE static inline __attribute__((always_inline))

enum { LANES = APUS_WALK_LANES, STRIDE = 4 };

// The child that a value leads to. Comparisons with NaN are false.
APUS_INLINE int32_t child(const ApusWalkNode *node, float value, int hasMissing) {
    int32_t isRight = value > node->threshold;
    if (hasMissing) isRight |= (value != value) & (node->name >= 0);
    return node->left + isRight;
}

// One level for all lanes; whether any of them moved.
APUS_INLINE int32_t step(const ApusWalkNode *nodes, const float *panel, int hasMissing, int32_t *places) {
    int32_t moved = 0;
    for (int k = 0; k < LANES; k++) {
        const ApusWalkNode *node = nodes + places[k];
        int32_t next = child(node, panel[(long)node->column + k], hasMissing);
        moved |= next ^ places[k];
        places[k] = next;
    }
    return moved;
}

APUS_INLINE void walk(const ApusWalkNode *nodes, long depth, const float *panel, int hasMissing, int32_t *leaves) {
    int32_t places[LANES] = {0};
    long level = 0;
    for (; level + STRIDE <= depth; level += STRIDE) {
        for (int k = 0; k < STRIDE - 1; k++) step(nodes, panel, hasMissing, places);
        if (!step(nodes, panel, hasMissing, places)) break;
    }
    if (level + STRIDE > depth)
        for (; level < depth; level++) step(nodes, panel, hasMissing, places);
    memcpy(leaves, places, sizeof places);
}

APUS_CLONES
void apus_walk_panel(const ApusWalkNode *nodes, long depth, const float *panel, int hasMissing, int32_t *leaves) {
    if (hasMissing) {
        walk(nodes, depth, panel, 1, leaves);
    } else {
        walk(nodes, depth, panel, 0, leaves);
    }
}

APUS_INLINE int32_t name(const ApusWalkNode *node) { return node->name & INT32_MAX; }

APUS_INLINE void add(const ApusWalkNode *leaf, const double *values, long width, double *sums) {
    const double *own = values + (long)name(leaf) * width;
    for (long k = 0; k < width; k++) sums[k] += own[k];
}

APUS_CLONES
void apus_walk_add(const ApusWalkNode *nodes, long depth, const float *panels, long columns, long count, int hasMissing,
                   const double *values, long width, double *sums) {
    int32_t places[LANES];
    for (long first = 0; first < count; first += LANES) {
        const float *panel = panels + first * columns;
        if (hasMissing) {
            walk(nodes, depth, panel, 1, places);
        } else {
            walk(nodes, depth, panel, 0, places);
        }
        long here = count - first < LANES ? count - first : LANES;
        if (width == 2) {
            for (long k = 0; k < here; k++) add(nodes + places[k], values, 2, sums + (first + k) * 2);
        } else {
            for (long k = 0; k < here; k++) add(nodes + places[k], values, width, sums + (first + k) * width);
        }
    }
}

// Leads lanes to their leaves, each from its own root through its own row; steps of 0 share the first one.
APUS_INLINE void walk_lanes(const ApusWalkNode *const *roots, long rootStep, const float *const *rows, long rowStep,
                            long depth, long count, int hasMissing, int32_t *places) {
    for (long k = 0; k < count; k++) places[k] = 0;
    int32_t moved = 1;
    for (long level = 0; level < depth && moved; level++) {
        moved = 0;
        for (long k = 0; k < count; k++) {
            const ApusWalkNode *node = roots[k * rootStep] + places[k];
            int32_t next = child(node, rows[k * rowStep][node->column], hasMissing);
            moved |= next ^ places[k];
            places[k] = next;
        }
    }
}

APUS_CLONES
void apus_walk_add_rows(const ApusWalkNode *nodes, long depth, const float *panels, long columns, const uint32_t *rows,
                        long count, int hasMissing, const double *values, long width, double *sums) {
    const float *lanes[LANES];
    int32_t places[LANES];
    for (long first = 0; first < count; first += LANES) {
        long here = count - first < LANES ? count - first : LANES;
        for (long k = 0; k < here; k++) {
            uint32_t row = rows[first + k];
            lanes[k] = panels + (long)(row / LANES) * columns * LANES + row % LANES;
        }
        walk_lanes(&nodes, 0, lanes, 1, depth, here, hasMissing, places);
        for (long k = 0; k < here; k++) add(nodes + places[k], values, width, sums + rows[first + k] * width);
    }
}

APUS_CLONES
void apus_walk_trees(const ApusWalkNode *const *trees, long depth, const float *lane, long count, int hasMissing,
                     int32_t *names) {
    int32_t places[LANES];
    for (long first = 0; first < count; first += LANES) {
        long here = count - first < LANES ? count - first : LANES;
        walk_lanes(trees + first, 1, &lane, 0, depth, here, hasMissing, places);
        for (long k = 0; k < here; k++) names[first + k] = name(trees[first + k] + places[k]);
    }
}

APUS_CLONES
void apus_walk_plain(const ApusWalkNode *nodes, long depth, const double *rows, long columns, long count,
                     int32_t *names) {
    for (long first = 0; first < count; first += LANES) {
        long here = count - first < LANES ? count - first : LANES;
        int32_t places[LANES] = {0};
        int32_t moved = 1;
        for (long level = 0; level < depth && moved; level++) {
            moved = 0;
            for (long k = 0; k < here; k++) {
                const ApusWalkNode *node = nodes + places[k];
                int32_t next = child(node, (float)rows[(first + k) * columns + node->column / LANES], 1);
                moved |= next ^ places[k];
                places[k] = next;
            }
        }
        for (long k = 0; k < here; k++) names[first + k] = name(nodes + places[k]);
    }
}

APUS_CLONES
int apus_walk_fill(const double *rows, long count, long columns, float *panels) {
    int isMissing = 0;
    for (long first = 0; first < count; first += LANES) {
        long here = count - first < LANES ? count - first : LANES;
        float *panel = panels + first * columns;
        if (here < LANES) memset(panel, 0, sizeof(float) * LANES * columns);
        for (long k = 0; k < here; k++) {
            const double *row = rows + (first + k) * columns;
            int differs = 0;
            for (long column = 0; column < columns; column++) {
                panel[column * LANES + k] = (float)row[column];
                differs |= row[column] != row[column];
            }
            isMissing |= differs;
        }
    }
    return isMissing;
}

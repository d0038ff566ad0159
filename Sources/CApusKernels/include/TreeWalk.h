// Leading rows through trees.
//
// Rows come in panels of 16: sixteen values of each column side by side, 32-bit numbers; spare lanes hold any numbers.
#ifndef APUS_TREEWALK_H
#define APUS_TREEWALK_H

#include <stdint.h>

enum { APUS_WALK_LANES = 16 };

// A node. Siblings stand side by side, the left one first; a leaf has itself as its left child.
typedef struct {
    // Values at most this go left; infinity at a leaf.
    float threshold;
    // Sixteen times the column that is compared: its place in a panel.
    uint32_t column;
    // The left child.
    int32_t left;
    // The number that the node goes by elsewhere; its sign bit is set if missing values go left, as they do at a leaf.
    int32_t name;
} ApusWalkNode;

// The leaf of each of the 16 rows of a panel, by its place among the nodes.
//
// `depth` is that of the deepest leaf; `hasMissing` tells whether a value may be NaN.
void apus_walk_panel(const ApusWalkNode *nodes, long depth, const float *panel, int hasMissing, int32_t *leaves);

// Leads `count` rows of panels of `columns` columns each to their leaves and adds `width` numbers of each leaf,
// `values[name * width ...]`, to those of the row in `sums`.
void apus_walk_add(const ApusWalkNode *nodes, long depth, const float *panels, long columns, long count, int hasMissing,
                   const double *values, long width, double *sums);

// The same for some rows, by their numbers.
void apus_walk_add_rows(const ApusWalkNode *nodes, long depth, const float *panels, long columns, const uint32_t *rows,
                        long count, int hasMissing, const double *values, long width, double *sums);

// The leaf of one row, a lane of a panel, in each of `count` trees, by its name.
void apus_walk_trees(const ApusWalkNode *const *trees, long depth, const float *lane, long count, int hasMissing,
                     int32_t *names);

// The leaf of each row of doubles, by its name. Values are compared as 32-bit numbers.
void apus_walk_plain(const ApusWalkNode *nodes, long depth, const double *rows, long columns, long count,
                     int32_t *names);

// Writes rows of doubles as 32-bit numbers into panels; spare lanes become 0. Tells whether any is NaN.
int apus_walk_fill(const double *rows, long count, long columns, float *panels);

#endif

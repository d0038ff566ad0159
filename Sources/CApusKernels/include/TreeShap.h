// Shapley values of trees.
//
// Nodes are in pre-order: the left child follows its parent. Rows come as a panel, `lanes` values of each column side by
// side, lanes a multiple of 8; spare lanes hold any numbers.
#ifndef APUS_TREESHAP_H
#define APUS_TREESHAP_H

#include <stdint.h>

typedef struct {
    // Values at most this go left.
    double threshold;
    // The part of the training rows that agrees with all splits on the way here that ask about the same column as the
    // parent, among those that agree with the others; and the same before the parent's split.
    double share, earlierShare;
    // The column that is asked about, -1 for a leaf; the column that the parent asks about.
    int32_t column, parentColumn;
    int32_t depth, right;
    // The depth of the node on the way here whose parent asked about the same column last, 0 for none.
    int32_t earlier;
    // The set of categories that go left, -1 where numbers are compared.
    int32_t set;
    // 1: missing values go left.
    int32_t missingIsLeft;
    // 1: this is a right child.
    int32_t isRight;
} ApusShapNode;

typedef struct {
    const ApusShapNode *nodes;
    // `outputs` numbers a node; only those of leaves count.
    const double *values;
    // 32 bytes a set: category c is bit c % 8 of byte c / 8.
    const uint8_t *sets;
    long count, outputs;
} ApusShapTree;

// The numbers of doubles that a walk needs for each level of depth.
long apus_shap_level(long lanes, long points, long outputs);

// Adds the path-dependent values of a tree for each lane to phi: outputs x columns x lanes. points, weights: a quadrature
// on (0, 1) that is exact for polynomials of the greatest number of different columns on a path, less one. scratch:
// (depth + 1) levels; path: depth + 1 numbers.
void apus_shap_paths(const ApusShapTree *tree, const double *panel, long lanes, long columns, const double *points,
                     const double *weights, long count, double *scratch, int32_t *path, double *phi);

// Adds the interactions of different columns to phi: outputs x columns x columns x lanes, the upper triangle alone.
void apus_shap_interactions(const ApusShapTree *tree, const double *panel, long lanes, long columns,
                            const double *points, const double *weights, long count, double *scratch, int32_t *path,
                            double *phi);

// For each row and node whether the row goes left there: rows x nodes. rows: values row after row.
void apus_shap_sides(const ApusShapTree *tree, const double *rows, long count, long columns, uint8_t *sides);

// What a fork of two rows keeps while its sides are walked.
typedef struct {
    int32_t node, column, stage;
} ApusShapFork;

// Adds the interventional values of a tree for one row against `others` rows: outputs x columns. sides, otherSides: as from
// apus_shap_sides. gain, loss: size x size, what a leaf that is reached by i columns of the row and j of the other gives
// to each of the former and takes from each of the latter. forks: size + 1; sums: 4 * outputs * (size + 1); state: a zero
// for each column, again zero afterwards.
void apus_shap_pairs(const ApusShapTree *tree, const uint8_t *sides, const uint8_t *otherSides, long others,
                     long columns, const double *gain, const double *loss, long size, ApusShapFork *forks, double *sums,
                     uint8_t *state, double *phi);

#endif

// What trees say of rows of which some columns come from another row.
#ifndef APUS_MASKEDTREES_H
#define APUS_MASKEDTREES_H

#include "TreeShap.h"

// A node where a row and another one part ways, so that it matters which of them the asked feature comes from.
typedef struct {
    // The node, and the feature that it asks about.
    int32_t node, feature;
    // The fork above, -1 for none; how many forks there are above; whether the feature of the one above is the other row's.
    int32_t above, depth, isOther;
    // The leaves that are reached on the row's and on the other's side when all features from here on are the other's.
    int32_t own, other;
    // The fork that follows those below this one.
    int32_t end;
} ApusMaskedFork;

// Where a walk works, and what it keeps: forks: one for each inner node of the tree; masks: (1 + 2 * features on a way) *
// words; state: a zero for each feature, again zero afterwards.
typedef struct {
    ApusMaskedFork *forks;
    uint64_t *masks;
    uint8_t *state;
} ApusMaskedScratch;

// Adds what a tree says for each coalition of features that come from a row, the others from another row, over all other
// rows, each with its weight.
//
// row: a value for each column; others: count x columns. features: the feature of each column, -1 for a column in which the
// rows do not differ. bits: features x words, bit i of word w of a feature is whether coalition 64 * w + i has it.
// Of each output the part that all coalitions have is added to bases, the rest to sums: outputs x 64 * words.
void apus_masked_add(const ApusShapTree *tree, const double *row, const double *others, const double *weights,
                     long count, long columns, const int32_t *features, const uint64_t *bits, long words,
                     const ApusMaskedScratch *scratch, double *bases, double *sums);

#endif

#include "MaskedTrees.h"
#include "TreeShapSides.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

// The same bits on all machines.
#pragma STDC FP_CONTRACT OFF

typedef double Lanes __attribute__((vector_size(64), aligned(8)));
typedef int64_t Mask __attribute__((vector_size(64), aligned(8)));

// Up to so many coalitions of a word are added to one by one.
enum { FEW = 6 };

// Features whose source a fork above has decided.
enum { FREE = 0, OWN = 1, OTHER = 2 };

// The first leaf or fork from k on.
APUS_INLINE int32_t descend(const ApusShapTree *tree, const double *row, const double *other, const int32_t *features,
                            const uint8_t *state, int32_t k) {
    const ApusShapNode *nodes = tree->nodes;
    while (nodes[k].column >= 0) {
        const ApusShapNode *node = nodes + k;
        int a = goes_left(tree, node, row[node->column]), b = goes_left(tree, node, other[node->column]);
        if (a != b) {
            int32_t feature = features[node->column];
            uint8_t known = feature < 0 ? OTHER : state[feature];
            if (known == FREE) return k;
            if (known == OTHER) a = b;
        }
        k = child(nodes, k, a);
    }
    return k;
}

// The forks of two rows in a tree, each before those below it, first those on the row's side; the leaf of the other row.
APUS_INLINE int32_t reduce(const ApusShapTree *tree, const double *row, const double *other, const int32_t *features,
                           uint8_t *state, ApusMaskedFork *forks, long *count) {
    const ApusShapNode *nodes = tree->nodes;
    int32_t found = 0, open = -1;
    int32_t k = descend(tree, row, other, features, state, 0);
    while (1) {
        if (nodes[k].column >= 0) {
            int32_t feature = features[nodes[k].column];
            const ApusMaskedFork *above = forks + open;
            forks[found] = (ApusMaskedFork){
                .node = k, .feature = feature, .above = open, .depth = open < 0 ? 0 : above->depth + 1,
                .isOther = open >= 0 && state[above->feature] == OTHER};
            open = found++;
            state[feature] = OWN;
            k = descend(tree, row, other, features, state,
                        child(nodes, k, goes_left(tree, nodes + k, row[nodes[k].column])));
            continue;
        }
        int32_t leaf = k;
        while (open >= 0) {
            ApusMaskedFork *fork = forks + open;
            if (state[fork->feature] == OWN) {
                fork->own = leaf;
                state[fork->feature] = OTHER;
                k = fork->node;
                k = descend(tree, row, other, features, state,
                            child(nodes, k, goes_left(tree, nodes + k, other[nodes[k].column])));
                break;
            }
            fork->other = leaf;
            fork->end = found;
            state[fork->feature] = FREE;
            open = fork->above;
        }
        if (open < 0) {
            *count = found;
            return leaf;
        }
    }
}

// Adds a number to the sums of the coalitions in a mask.
APUS_INLINE void add(const uint64_t *mask, long words, double gain, double *sums) {
    const Mask places = {1, 2, 4, 8, 16, 32, 64, 128};
    const Lanes gains = gain - (Lanes){};
    for (long w = 0; w < words; w++) {
        uint64_t word = mask[w];
        double *target = sums + 64 * w;
        if (__builtin_popcountll(word) <= FEW) {
            for (; word != 0; word &= word - 1) target[__builtin_ctzll(word)] += gain;
            continue;
        }
        for (long k = 0; k < 8; k++) {
            Mask byte = (int64_t)(word >> (8 * k) & 255) - (Mask){};
            Mask has = (byte & places) != 0;
            *(Lanes *)(target + 8 * k) += (Lanes)((Mask)gains & has);
        }
    }
}

APUS_CLONES void apus_masked_add(const ApusShapTree *tree, const double *row, const double *others,
                                 const double *weights, long count, long columns, const int32_t *features,
                                 const uint64_t *bits, long words, const ApusMaskedScratch *scratch, double *bases,
                                 double *sums) {
    long outputs = tree->outputs;
    ApusMaskedFork *forks = scratch->forks;
    uint64_t *masks = scratch->masks;
    for (long w = 0; w < words; w++) masks[w] = ~0ULL;
    for (long i = 0; i < count; i++) {
        long found = 0;
        int32_t leaf = reduce(tree, row, others + i * columns, features, scratch->state, forks, &found);
        for (long o = 0; o < outputs; o++) bases[o] += weights[i] * tree->values[leaf * outputs + o];
        for (long k = 0; k < found;) {
            // All coalitions get the other side's leaf; those that have the feature get the difference.
            const ApusMaskedFork *fork = forks + k;
            const uint64_t *from = masks + (fork->depth == 0 ? 0 : 2 * fork->depth - 1 + fork->isOther) * words;
            const uint64_t *known = bits + fork->feature * words;
            uint64_t *has = masks + (2 * fork->depth + 1) * words, *lacks = has + words;
            uint64_t any = 0;
            for (long w = 0; w < words; w++) {
                any |= from[w];
                has[w] = from[w] & known[w];
                lacks[w] = from[w] & ~known[w];
            }
            if (any == 0) {
                k = fork->end;
                continue;
            }
            const double *own = tree->values + fork->own * outputs, *other = tree->values + fork->other * outputs;
            for (long o = 0; o < outputs; o++) {
                double gain = weights[i] * (own[o] - other[o]);
                if (gain != 0) add(has, words, gain, sums + o * 64 * words);
            }
            k++;
        }
    }
}

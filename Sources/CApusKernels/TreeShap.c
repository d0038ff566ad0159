#include "TreeShap.h"

#include "TreeShapSides.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif

typedef double Lanes __attribute__((vector_size(64), aligned(8)));
typedef int64_t Mask __attribute__((vector_size(64), aligned(8)));

#define AT(P) (*(Lanes *)(P))
#define CONST_AT(P) (*(const Lanes *)(P))

// What a level holds, `lanes` numbers each: whether the row agrees with the splits on the parent's column (0 or 1), whether
// it goes left, the product of the factors at each point, and for each output and point the sum over the leaves below.
enum { AGREES = 0, LEFT = 1, PRODUCTS = 2 };

long apus_shap_level(long lanes, long points, long outputs) { return lanes * (2 + points * (1 + outputs)); }

// a where the mask is set, else b.
#define CHOOSE(MASK, A, B) ((Lanes)(((MASK) & (Mask)(A)) | (~(MASK) & (Mask)(B))))

// Which lanes go left at a node.
APUS_INLINE void decide(const ApusShapTree *tree, const ApusShapNode *node, const double *panel, long lanes,
                        double *left) {
    const double *values = panel + (long)node->column * lanes;
    if (node->set >= 0) {
        for (long r = 0; r < lanes; r++) left[r] = goes_left(tree, node, values[r]);
        return;
    }
    Lanes threshold = node->threshold - (Lanes){}, one = 1 - (Lanes){};
    Mask missing = -(int64_t)node->missingIsLeft - (Mask){};
    for (long r = 0; r < lanes; r += 8) {
        Lanes v = CONST_AT(values + r);
        AT(left + r) = (Lanes)((Mask)one & ((Mask)(v <= threshold) | ((Mask)(v != v) & missing)));
    }
}

// Agreement and products of a node from those of its parent.
APUS_INLINE void enter(const ApusShapNode *node, double *scratch, long level, long lanes, const double *points,
                       long count) {
    double *here = scratch + node->depth * level, *up = here - level;
    const double *before = scratch + node->earlier * level;
    for (long r = 0; r < lanes; r += 8) {
        Lanes side = CONST_AT(up + LEFT * lanes + r);
        if (node->isRight) side = 1 - side;
        AT(here + AGREES * lanes + r) = CONST_AT(before + AGREES * lanes + r) * side;
    }
    double share = node->share, old = node->earlierShare;
    for (long q = 0; q < count; q++) {
        double t = points[q], rest = share * (1 - t);
        const double *from = up + (PRODUCTS + q) * lanes;
        double *to = here + (PRODUCTS + q) * lanes;
        if (node->earlier == 0) {
            for (long r = 0; r < lanes; r += 8) {
                AT(to + r) = CONST_AT(from + r) * (CONST_AT(here + r) * t + rest);
            }
            continue;
        }
        // The factor of the column replaces the one it had before.
        double oldRest = old * (1 - t), oldBoth = oldRest + t;
        Lanes neither = (old > 0 ? share / old : 0) - (Lanes){};
        Lanes lost = rest / oldBoth - (Lanes){}, kept = (rest + t) / oldBoth - (Lanes){};
        for (long r = 0; r < lanes; r += 8) {
            Mask had = CONST_AT(before + r) > 0.5, has = CONST_AT(here + r) > 0.5;
            AT(to + r) = CONST_AT(from + r) * CHOOSE(has, kept, CHOOSE(had, lost, neither));
        }
    }
}

// For each lane the sum over the points of `terms` times what an edge with the given agreement and share makes of them.
APUS_INLINE void effect(const double *terms, long lanes, const double *agrees, double share, const double *points,
                        const double *weights, long count, Lanes *result) {
    Mask has = CONST_AT(agrees) > 0.5;
    Lanes sum = {};
    for (long q = 0; q < count; q++) {
        double t = points[q];
        Lanes with = (1 - share) * weights[q] / (t + share * (1 - t)) - (Lanes){};
        Lanes without = -weights[q] / (1 - t) - (Lanes){};
        sum += CONST_AT(terms + q * lanes) * CHOOSE(has, with, without);
    }
    *result = sum;
}

// What the leaves below a node give to its parent's column, with `terms` the sums over them.
APUS_INLINE void gained(const ApusShapNode *node, const double *terms, const double *scratch, long level, long lanes,
                        long r, const double *points, const double *weights, long count, Lanes *result) {
    const double *here = scratch + node->depth * level;
    Lanes sum;
    effect(terms + r, lanes, here + r, node->share, points, weights, count, &sum);
    if (node->earlier > 0) {
        // The edge before counted these leaves with a factor that no longer holds.
        Lanes before;
        effect(terms + r, lanes, scratch + node->earlier * level + r, node->earlierShare, points, weights, count,
               &before);
        sum -= before;
    }
    *result = sum;
}

APUS_CLONES void apus_shap_paths(const ApusShapTree *tree, const double *panel, long lanes, long columns,
                                 const double *points, const double *weights, long count, double *scratch,
                                 int32_t *path, double *phi) {
    long outputs = tree->outputs, level = apus_shap_level(lanes, count, outputs);
    long sums = (PRODUCTS + count) * lanes, size = count * lanes;
    for (long r = 0; r < lanes; r++) scratch[r] = 1;
    for (long k = PRODUCTS * lanes; k < (PRODUCTS + count) * lanes; k++) scratch[k] = 1;
    for (long k = 0; k < tree->count; k++) {
        const ApusShapNode *node = tree->nodes + k;
        long depth = node->depth;
        double *here = scratch + depth * level;
        path[depth] = (int32_t)k;
        if (depth > 0) enter(node, scratch, level, lanes, points, count);
        if (node->column >= 0) {
            decide(tree, node, panel, lanes, here + LEFT * lanes);
            for (long i = 0; i < outputs * size; i += 8) AT(here + sums + i) = (Lanes){};
            continue;
        }
        if (depth == 0) return;
        // A leaf: its products are what its value is multiplied with.
        const double *value = tree->values + k * outputs;
        const double *products = here + PRODUCTS * lanes;
        double *up = here - level + sums;
        for (long r = 0; r < lanes; r += 8) {
            Lanes sum;
            gained(node, products, scratch, level, lanes, r, points, weights, count, &sum);
            for (long w = 0; w < outputs; w++) {
                AT(phi + (w * columns + node->parentColumn) * lanes + r) += value[w] * sum;
                for (long q = 0; q < count; q++) {
                    AT(up + w * size + q * lanes + r) += value[w] * CONST_AT(products + q * lanes + r);
                }
            }
        }
        // Nodes whose subtrees are complete hand their sums up.
        long next = k + 1 < tree->count ? tree->nodes[k + 1].depth : 1;
        for (long d = depth - 1; d >= next; d--) {
            const ApusShapNode *done = tree->nodes + path[d];
            double *own = scratch + d * level + sums;
            for (long w = 0; w < outputs; w++) {
                double *target = phi + (w * columns + done->parentColumn) * lanes;
                for (long r = 0; r < lanes; r += 8) {
                    Lanes sum;
                    gained(done, own + w * size, scratch, level, lanes, r, points, weights, count, &sum);
                    AT(target + r) += sum;
                }
            }
            for (long i = 0; i < outputs * size; i += 8) AT(own - level + i) += CONST_AT(own + i);
        }
    }
}

APUS_CLONES void apus_shap_interactions(const ApusShapTree *tree, const double *panel, long lanes, long columns,
                                        const double *points, const double *weights, long count, double *scratch,
                                        int32_t *path, double *phi) {
    long outputs = tree->outputs, level = apus_shap_level(lanes, count, outputs);
    for (long r = 0; r < lanes; r++) scratch[r] = 1;
    for (long k = PRODUCTS * lanes; k < (PRODUCTS + count) * lanes; k++) scratch[k] = 1;
    for (long k = 0; k < tree->count; k++) {
        const ApusShapNode *node = tree->nodes + k;
        long depth = node->depth;
        path[depth] = (int32_t)k;
        if (depth > 0) enter(node, scratch, level, lanes, points, count);
        if (node->column >= 0) {
            decide(tree, node, panel, lanes, scratch + depth * level + LEFT * lanes);
            continue;
        }
        const double *value = tree->values + k * outputs;
        const double *products = scratch + depth * level + PRODUCTS * lanes;
        for (long a = 1; a <= depth; a++) {
            const ApusShapNode *one = tree->nodes + path[a];
            int isLast = 1;
            for (long e = a + 1; e <= depth; e++) isLast &= tree->nodes[path[e]].earlier != a;
            if (!isLast) continue;
            for (long b = a + 1; b <= depth; b++) {
                const ApusShapNode *other = tree->nodes + path[b];
                if (other->parentColumn == one->parentColumn) continue;
                int counts = 1;
                for (long e = b + 1; e <= depth; e++) counts &= tree->nodes[path[e]].earlier != b;
                if (!counts) continue;
                long i = one->parentColumn, j = other->parentColumn;
                if (i > j) { long swap = i; i = j; j = swap; }
                for (long r = 0; r < lanes; r += 8) {
                    Mask first = CONST_AT(scratch + a * level + r) > 0.5;
                    Mask second = CONST_AT(scratch + b * level + r) > 0.5;
                    Lanes sum = {};
                    for (long q = 0; q < count; q++) {
                        double t = points[q];
                        Lanes without = -1 / (1 - t) - (Lanes){};
                        Lanes p = (1 - one->share) / (t + one->share * (1 - t)) - (Lanes){};
                        Lanes s = (1 - other->share) / (t + other->share * (1 - t)) - (Lanes){};
                        sum += 0.5 * weights[q] * CONST_AT(products + q * lanes + r) * CHOOSE(first, p, without)
                            * CHOOSE(second, s, without);
                    }
                    for (long w = 0; w < outputs; w++) {
                        AT(phi + ((w * columns + i) * columns + j) * lanes + r) += value[w] * sum;
                    }
                }
            }
        }
    }
}

void apus_shap_sides(const ApusShapTree *tree, const double *rows, long count, long columns, uint8_t *sides) {
    for (long r = 0; r < count; r++) {
        const double *row = rows + r * columns;
        for (long k = 0; k < tree->count; k++) {
            const ApusShapNode *node = tree->nodes + k;
            sides[r * tree->count + k] = node->column < 0 ? 0 : (uint8_t)goes_left(tree, node, row[node->column]);
        }
    }
}

// Columns that a fork has given to the row or to the other one, so that later splits on them follow it.
enum { FREE = 0, OWN = 1, OTHER = 2 };

// The first leaf or fork from k on.
APUS_INLINE int32_t descend(const ApusShapNode *nodes, const uint8_t *own, const uint8_t *other, const uint8_t *state,
                            int32_t k) {
    while (nodes[k].column >= 0) {
        int a = own[k], b = other[k];
        if (a != b) {
            uint8_t fixed = state[nodes[k].column];
            if (fixed == FREE) return k;
            if (fixed == OTHER) a = b;
        }
        k = child(nodes, k, a);
    }
    return k;
}

APUS_INLINE void pair(const ApusShapTree *tree, const uint8_t *own, const uint8_t *other, long columns,
                      const double *gain, const double *loss, long size, ApusShapFork *forks, double *sums,
                      uint8_t *state, double *phi, long outputs) {
    const ApusShapNode *nodes = tree->nodes;
    long open = 0, mine = 0, theirs = 0;
    int32_t k = descend(nodes, own, other, state, 0);
    if (nodes[k].column < 0) return;
    while (1) {
        if (nodes[k].column >= 0) {
            // A fork: first the side of the row.
            ApusShapFork *fork = forks + open++;
            *fork = (ApusShapFork){k, nodes[k].column, OWN};
            state[fork->column] = OWN;
            mine++;
            k = descend(nodes, own, other, state, child(nodes, k, own[k]));
            continue;
        }
        double g = gain[mine * size + theirs], l = loss[mine * size + theirs];
        // What the side that is complete gives to columns of the row and takes from those of the other.
        double *result = sums + open * 4 * outputs;
        for (long w = 0; w < outputs; w++) {
            double value = tree->values[k * outputs + w];
            result[w] = g * value;
            result[outputs + w] = l * value;
        }
        while (open > 0) {
            ApusShapFork *fork = forks + open - 1;
            double *kept = sums + (open - 1) * 4 * outputs + 2 * outputs;
            double *done = sums + open * 4 * outputs;
            if (fork->stage == OWN) {
                for (long w = 0; w < 2 * outputs; w++) kept[w] = done[w];
                fork->stage = OTHER;
                state[fork->column] = OTHER;
                mine--;
                theirs++;
                k = descend(nodes, own, other, state, child(nodes, fork->node, other[fork->node]));
                break;
            }
            double *up = sums + (open - 1) * 4 * outputs;
            for (long w = 0; w < outputs; w++) {
                phi[w * columns + fork->column] += kept[w] - done[outputs + w];
                up[w] = kept[w] + done[w];
                up[outputs + w] = kept[outputs + w] + done[outputs + w];
            }
            state[fork->column] = FREE;
            theirs--;
            open--;
        }
        if (open == 0) return;
    }
}

void apus_shap_pairs(const ApusShapTree *tree, const uint8_t *sides, const uint8_t *otherSides, long others,
                     long columns, const double *gain, const double *loss, long size, ApusShapFork *forks, double *sums,
                     uint8_t *state, double *phi) {
    for (long b = 0; b < others; b++) {
        const uint8_t *other = otherSides + b * tree->count;
        if (tree->outputs == 1) {
            pair(tree, sides, other, columns, gain, loss, size, forks, sums, state, phi, 1);
        } else {
            pair(tree, sides, other, columns, gain, loss, size, forks, sums, state, phi, tree->outputs);
        }
    }
}

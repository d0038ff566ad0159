#include "ApusForest.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif
#define APUS_INLINE static inline __attribute__((always_inline))

// Splits are compared by the reference's own arithmetic, which rounds every product.
#pragma STDC FP_CONTRACT OFF

typedef uint32_t Keys __attribute__((vector_size(64), aligned(4)));

APUS_INLINE uint32_t weight_of(const ApusForestShape *shape, uint32_t key) {
    if (shape->payloadBits == shape->classBits) return 1;
    return (key & ((1u << shape->payloadBits) - 1)) >> shape->classBits;
}

APUS_INLINE uint32_t class_of(const ApusForestShape *shape, uint32_t key) { return key & ((1u << shape->classBits) - 1); }

// MARK: Keys

#define APUS_KEYS(RANKS)                                                                  \
    uint32_t low = UINT32_MAX, high = 0, mask = (1u << bits) - 1;                         \
    if (stride == 1) {                                                                    \
        for (long i = 0; i < n; i++) {                                                    \
            uint32_t word = words[i];                                                     \
            uint32_t key = (uint32_t)(RANKS)[word >> bits] << bits | (word & mask);       \
            keys[i] = key;                                                                \
            low = key < low ? key : low;                                                  \
            high = key > high ? key : high;                                               \
        }                                                                                 \
    } else {                                                                              \
        for (long i = 0; i < n; i++) {                                                    \
            uint32_t word = words[i];                                                     \
            uint32_t key = (uint32_t)(RANKS)[(long)(word >> bits) * stride] << bits | (word & mask); \
            keys[i] = key;                                                                \
            low = key < low ? key : low;                                                  \
            high = key > high ? key : high;                                               \
        }                                                                                 \
    }                                                                                     \
    range[0] = low;                                                                       \
    range[1] = high;

void apus_forest_keys32(const uint32_t *restrict ranks, long stride, const uint32_t *restrict words, long n, int bits,
                        uint32_t *restrict keys, uint32_t *restrict range) {
    APUS_KEYS(ranks)
}

void apus_forest_keys8(const uint8_t *restrict ranks, long stride, const uint32_t *restrict words, long n, int bits,
                       uint32_t *restrict keys, uint32_t *restrict range) {
    APUS_KEYS(ranks)
}

// MARK: Sorting

// Up to 16 V keys: the place of a key is the number of smaller ones. Of equal keys, which are the same in every bit, only
// the first place is written; the others repeat what is before them.
#define APUS_RANK_SORT(V)                                                        \
    APUS_INLINE void rank_sort##V(uint32_t *keys, uint32_t *spare, long n) {     \
        Keys part[V], place[V];                                                  \
        for (long i = n; i < 16 * V; i++) spare[i] = UINT32_MAX;                 \
        memcpy(spare, keys, (size_t)n * sizeof(uint32_t));                       \
        for (int v = 0; v < V; v++) {                                            \
            part[v] = *(const Keys *)(spare + 16 * v);                           \
            place[v] = (Keys){0};                                                \
        }                                                                        \
        for (long i = 0; i < n; i++) {                                           \
            Keys one = (Keys){0} + spare[i];                                     \
            for (int v = 0; v < V; v++) place[v] -= (Keys)(one < part[v]);       \
        }                                                                        \
        uint32_t places[16 * V];                                                 \
        for (int v = 0; v < V; v++) *(Keys *)(places + 16 * v) = place[v];       \
        uint32_t sum = 0;                                                        \
        for (long i = 0; i < n; i++) keys[i] = 0;                                \
        for (long i = 0; i < n; i++) {                                           \
            keys[places[i]] = spare[i];                                          \
            sum += places[i];                                                    \
        }                                                                        \
        if (sum != (uint32_t)(n * (n - 1) / 2)) {                                \
            for (long i = 1; i < n; i++) keys[i] = keys[i] > keys[i - 1] ? keys[i] : keys[i - 1]; \
        }                                                                        \
    }
APUS_RANK_SORT(1)
APUS_RANK_SORT(2)
APUS_RANK_SORT(3)
APUS_RANK_SORT(4)

// Few keys: as above, or by exchanges. spare: room for 64 keys.
APUS_INLINE void sort_few(uint32_t *keys, uint32_t *spare, long n) {
    if (n < 5) {
        for (long i = 1; i < n; i++) {
            uint32_t key = keys[i];
            long j = i;
            for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
            keys[j] = key;
        }
    } else if (n <= 16) {
        rank_sort1(keys, spare, n);
    } else if (n <= 32) {
        rank_sort2(keys, spare, n);
    } else if (n <= 48) {
        rank_sort3(keys, spare, n);
    } else {
        rank_sort4(keys, spare, n);
    }
}

#define APUS_FEW 64
#define APUS_MOST_BITS 11

// Deals keys into as many buckets as leave about 16 of them in each, and sorts each bucket.
static void sort_many(uint32_t *keys, uint32_t *spare, long n, int bits, uint32_t low, uint32_t high);

APUS_CLONES
static void sort_buckets(uint32_t *keys, uint32_t *spare, const uint32_t *ends, long buckets, int bits) {
    uint32_t few[APUS_FEW];
    uint32_t start = 0;
    for (long b = 0; b < buckets; b++) {
        long count = ends[b] - start;
        uint32_t *part = keys + start;
        if (count > APUS_FEW) {
            uint32_t low = UINT32_MAX, high = 0;
            for (long i = 0; i < count; i++) {
                low = part[i] < low ? part[i] : low;
                high = part[i] > high ? part[i] : high;
            }
            sort_many(part, spare + start, count, bits, low, high);
        } else if (count > 1) {
            sort_few(part, few, count);
        }
        start = ends[b];
    }
}

static void sort_many(uint32_t *keys, uint32_t *spare, long n, int bits, uint32_t low, uint32_t high) {
    low = low >> bits << bits;
    int rankBits = 32 - bits - (high - low < (1u << bits) ? 32 - bits : __builtin_clz(high - low));
    if (rankBits <= 0) return;
    int wanted = 1;
    while (wanted < APUS_MOST_BITS && (n >> (wanted + 4)) > 0) wanted++;
    // Ranks that fit into a few more buckets need no sort within them.
    if (rankBits <= wanted + 2 && rankBits <= APUS_MOST_BITS) wanted = rankBits;
    int shift = bits + (rankBits > wanted ? rankBits - wanted : 0);
    long buckets = (long)((high - low) >> shift) + 1;
    uint32_t ends[1 << (APUS_MOST_BITS + 1)];
    memset(ends, 0, (size_t)(buckets + 1) * sizeof(uint32_t));
    for (long i = 0; i < n; i++) ends[((keys[i] - low) >> shift) + 1]++;
    for (long b = 0; b < buckets; b++) ends[b + 1] += ends[b];
    memcpy(spare, keys, (size_t)n * sizeof(uint32_t));
    for (long i = 0; i < n; i++) {
        uint32_t key = spare[i];
        keys[ends[(key - low) >> shift]++] = key;
    }
    if (shift > bits) sort_buckets(keys, spare, ends, buckets, bits);
}

APUS_CLONES
static void sort_small(uint32_t *keys, long n) {
    uint32_t few[APUS_FEW];
    sort_few(keys, few, n);
}

void apus_forest_sort(uint32_t *keys, uint32_t *spare, long n, int bits, uint32_t low, uint32_t high) {
    if (n <= APUS_FEW) {
        sort_small(keys, n);
    } else {
        sort_many(keys, spare, n, bits, low, high);
    }
}

// MARK: Impurity

APUS_INLINE double impurity(const ApusForestShape *shape, const uint32_t *sums, double weight) {
    if (shape->criterion == 0) {
        double squares = 0;
        for (int c = 0; c < shape->classes; c++) squares += (double)sums[c] * (double)sums[c];
        return 1 - squares / (weight * weight);
    }
    double ln2 = log(2.0), entropy = 0;
    for (int c = 0; c < shape->classes; c++) {
        if (sums[c] > 0) {
            double share = sums[c] / weight;
            entropy -= share * (log(share) / ln2);
        }
    }
    return entropy;
}

double apus_forest_impurity(const ApusForestShape *shape, const uint32_t *sums, double weight) {
    return impurity(shape, sums, weight);
}

APUS_INLINE int is_tied(uint32_t before, uint32_t after, const uint32_t *close, const float *lows, const float *highs) {
    if (before == after) return 1;
    if (!close || !(close[after >> 5] >> (after & 31) & 1)) return 0;
    return lows[after] <= highs[before] + 1e-7f;
}

// Candidates are screened by sums that need no division: one can only win if its value is above a bound, which allows for
// every rounding. Those that pass are compared by the reference's own arithmetic.
//
// Two classes by Gini: with l of the weight left, r right, n in all, p of class 1 left and P in all, the proxy is
// 2 (d^2 / (n l r) - P + P^2 / n) where d = p n - P l.
APUS_INLINE double bound_of_two(double proxy, double ones, double weight) {
    return (proxy + (2 * ones - 2 * ones * ones / weight - 1e-12 * weight)) * (weight / 2);
}

APUS_INLINE double proxy_of_two(double l1, double wl, double ones, double weight) {
    double l0 = wl - l1, wr = weight - wl, r1 = ones - l1, r0 = wr - r1;
    double left = 1 - (l0 * l0 + l1 * l1) / (wl * wl);
    double right = 1 - (r0 * r0 + r1 * r1) / (wr * wr);
    return -wr * right - wl * left;
}

// A candidate between two classes' sums, met by both sides' conditions.
APUS_INLINE void try_two(ApusForestPass *pass, double *bound, uint32_t wl, uint32_t l1, long left, long nodeRows,
                         double ones, double weight, uint32_t before, uint32_t after) {
    if (left < pass->minRows || nodeRows - left < pass->minRows) return;
    if (wl < pass->minWeight || weight - wl < pass->minWeight) return;
    double proxy = proxy_of_two(l1, wl, ones, weight);
    if (proxy > pass->proxy) {
        pass->proxy = proxy;
        pass->leftRows = left;
        pass->lastLeft = before;
        pass->firstRight = after;
        *bound = bound_of_two(proxy, ones, weight);
    }
}

#define APUS_CHUNK 32

APUS_CLONES
static void scan_two(const ApusForestShape *shape, const uint32_t *restrict keys, long n, const uint32_t *close,
                     const float *lows, const float *highs, double ones, double weight, long nodeRows,
                     uint32_t startOnes, uint32_t startWeight, long startRows, ApusForestPass *restrict pass) {
    int bits = shape->payloadBits;
    uint32_t hasWeights = bits != shape->classBits, mask = ((1u << bits) - 1) >> 1;
    double bound = bound_of_two(pass->proxy, ones, weight);
    uint32_t wl = startWeight, l1 = startOnes;
    uint32_t weights[APUS_CHUNK], firsts[APUS_CHUNK];
    // The cut after key i has keys 0...i left; after the last key there is one only before missing values.
    long cuts = pass->mayEndBeforeMissing ? n : n - 1;
    for (long from = 0; from < cuts; from += APUS_CHUNK) {
        long count = cuts - from < APUS_CHUNK ? cuts - from : APUS_CHUNK;
        for (long i = 0; i < count; i++) {
            uint32_t key = keys[from + i];
            uint32_t w = hasWeights ? key >> 1 & mask : 1;
            wl += w;
            l1 += w & (0u - (key & 1));
            weights[i] = wl;
            firsts[i] = l1;
        }
        for (long i = count; i < APUS_CHUNK; i++) {
            weights[i] = 0;
            firsts[i] = 0;
        }
        // Signed conversions are one instruction where unsigned ones are many.
        int32_t any = 0;
        for (long i = 0; i < APUS_CHUNK; i++) {
            double l = (int32_t)weights[i], p = (int32_t)firsts[i];
            double d = p * weight - ones * l;
            any |= d * d > bound * (l * (weight - l)) ? 1 : 0;
        }
        if (!any) continue;
        for (long i = 0; i < count; i++) {
            double l = weights[i], p = firsts[i];
            double d = p * weight - ones * l;
            if (d * d <= bound * (l * (weight - l))) continue;
            uint32_t before = keys[from + i] >> bits, after = UINT32_MAX;
            if (from + i + 1 < n) {
                after = keys[from + i + 1] >> bits;
                if (is_tied(before, after, close, lows, highs)) continue;
            }
            try_two(pass, &bound, weights[i], firsts[i], startRows + from + i + 1, nodeRows, ones, weight, before,
                    after);
        }
    }
}

// Any number of classes.
APUS_INLINE void try_classes(const ApusForestShape *shape, ApusForestPass *pass, const uint32_t *left,
                             const uint32_t *node, uint32_t *right, double wl, double weight, long leftRows,
                             long nodeRows, uint32_t before, uint32_t after) {
    if (leftRows < pass->minRows || nodeRows - leftRows < pass->minRows) return;
    double wr = weight - wl;
    if (wl < pass->minWeight || wr < pass->minWeight) return;
    for (int c = 0; c < shape->classes; c++) right[c] = node[c] - left[c];
    double proxy = -wr * impurity(shape, right, wr) - wl * impurity(shape, left, wl);
    if (proxy > pass->proxy) {
        pass->proxy = proxy;
        pass->leftRows = leftRows;
        pass->lastLeft = before;
        pass->firstRight = after;
    }
}

// Gini: the sum of c^2 / l and c^2 / r over the classes is the proxy plus the weight.
APUS_INLINE int may_win_gini(double squaresLeft, double squaresRight, double wl, double weight, double proxy) {
    double wr = weight - wl;
    double bound = proxy + weight - 1e-12 * weight;
    return squaresLeft * wr + squaresRight * wl > bound * (wl * wr);
}

static void scan_gini(const ApusForestShape *shape, const uint32_t *keys, long n, const uint32_t *close,
                      const float *lows, const float *highs, const uint32_t *node, double weight, long nodeRows,
                      const uint32_t *start, double startWeight, long startRows, uint32_t *scratch,
                      ApusForestPass *pass) {
    int bits = shape->payloadBits, classes = shape->classes;
    uint32_t *left = scratch, *right = scratch + classes;
    int64_t squaresLeft = 0, squaresRight = 0;
    for (int c = 0; c < classes; c++) {
        left[c] = start ? start[c] : 0;
        int64_t r = node[c] - left[c];
        squaresLeft += (int64_t)left[c] * left[c];
        squaresRight += r * r;
    }
    int64_t wl = (int64_t)startWeight;
    long cuts = pass->mayEndBeforeMissing ? n : n - 1;
    uint32_t key = n > 0 ? keys[0] : 0;
    for (long i = 0; i < cuts; i++) {
        uint32_t code = class_of(shape, key);
        int64_t w = weight_of(shape, key), l = left[code], r = (int64_t)node[code] - l;
        squaresLeft += w * (2 * l + w);
        squaresRight -= w * (2 * r - w);
        left[code] = (uint32_t)(l + w);
        wl += w;
        uint32_t before = key >> bits;
        key = i + 1 < n ? keys[i + 1] : UINT32_MAX;
        if (!may_win_gini((double)squaresLeft, (double)squaresRight, (double)wl, weight, pass->proxy)) continue;
        uint32_t after = UINT32_MAX;
        if (i + 1 < n) {
            after = key >> bits;
            if (is_tied(before, after, close, lows, highs)) continue;
        }
        try_classes(shape, pass, left, node, right, (double)wl, weight, startRows + i + 1, nodeRows, before, after);
    }
}

// Entropy: with f(x) = x log2 x the proxy is the sum over the classes of f(l) - f(wl) + f(r) - f(wr).
static void scan_entropy(const ApusForestShape *shape, const uint32_t *keys, long n, const uint32_t *close,
                         const float *lows, const float *highs, const uint32_t *node, double weight, long nodeRows,
                         const uint32_t *start, double startWeight, long startRows, uint32_t *scratch,
                         ApusForestPass *pass) {
    int bits = shape->payloadBits, classes = shape->classes;
    const double *table = shape->table;
    uint32_t *left = scratch, *right = scratch + classes;
    double termsLeft = 0, termsRight = 0;
    for (int c = 0; c < classes; c++) {
        left[c] = start ? start[c] : 0;
        termsLeft += table[left[c]];
        termsRight += table[node[c] - left[c]];
    }
    uint32_t wl = (uint32_t)startWeight, all = (uint32_t)weight;
    // Each sum is rounded once for each row, and none of its terms exceeds the weight times its logarithm.
    double tolerance = (8 * (double)n + 64) * 2.3e-16 * (table[all] + weight);
    long cuts = pass->mayEndBeforeMissing ? n : n - 1;
    uint32_t key = n > 0 ? keys[0] : 0;
    for (long i = 0; i < cuts; i++) {
        uint32_t code = class_of(shape, key), w = weight_of(shape, key), l = left[code], r = node[code] - l;
        termsLeft += table[l + w] - table[l];
        termsRight += table[r - w] - table[r];
        left[code] = l + w;
        wl += w;
        uint32_t before = key >> bits;
        key = i + 1 < n ? keys[i + 1] : UINT32_MAX;
        if (termsLeft - table[wl] + termsRight - table[all - wl] + tolerance < pass->proxy) continue;
        uint32_t after = UINT32_MAX;
        if (i + 1 < n) {
            after = key >> bits;
            if (is_tied(before, after, close, lows, highs)) continue;
        }
        try_classes(shape, pass, left, node, right, wl, weight, startRows + i + 1, nodeRows, before, after);
    }
}

void apus_forest_scan(const ApusForestShape *shape, const uint32_t *keys, long n, const uint32_t *close,
                      const float *lows, const float *highs, const uint32_t *node, double nodeWeight, long nodeRows,
                      const uint32_t *start, double startWeight, long startRows, uint32_t *scratch,
                      ApusForestPass *pass) {
    if (shape->criterion == 0 && shape->classes == 2) {
        scan_two(shape, keys, n, close, lows, highs, node[1], nodeWeight, nodeRows, start ? start[1] : 0,
                 (uint32_t)startWeight, startRows, pass);
    } else if (shape->criterion == 0) {
        scan_gini(shape, keys, n, close, lows, highs, node, nodeWeight, nodeRows, start, startWeight, startRows,
                  scratch, pass);
    } else {
        scan_entropy(shape, keys, n, close, lows, highs, node, nodeWeight, nodeRows, start, startWeight, startRows,
                     scratch, pass);
    }
}

// MARK: Counts

void apus_forest_count8(const uint8_t *ranks, long stride, const ApusForestShape *shape, const uint32_t *words, long n,
                        uint64_t *counts) {
    int bits = shape->payloadBits, classBits = shape->classBits;
    uint32_t classMask = (1u << classBits) - 1;
    if (bits == classBits) {
        for (long i = 0; i < n; i++) {
            uint32_t word = words[i];
            uint32_t rank = ranks[(long)(word >> bits) * stride];
            counts[rank << classBits | (word & classMask)] += (uint64_t)1 << 32 | 1;
        }
    } else {
        uint32_t weightMask = (1u << bits) - 1;
        for (long i = 0; i < n; i++) {
            uint32_t word = words[i];
            uint32_t rank = ranks[(long)(word >> bits) * stride];
            uint32_t weight = (word & weightMask) >> classBits;
            counts[rank << classBits | (word & classMask)] += (uint64_t)1 << 32 | weight;
        }
    }
}

// Two classes by Gini.
static void scan_counts_of_two(const uint64_t *counts, long levels, const uint32_t *close, const float *lows,
                               const float *highs, double ones, double weight, long nodeRows, uint32_t startOnes,
                               uint32_t startWeight, long startRows, ApusForestPass *pass) {
    double bound = bound_of_two(pass->proxy, ones, weight);
    uint32_t wl = startWeight, l1 = startOnes;
    long leftRows = startRows, before = -1;
    for (long level = 0; level < levels; level++) {
        uint64_t zero = counts[2 * level], one = counts[2 * level + 1];
        uint64_t both = zero + one;
        if (both == 0) continue;
        double l = (int32_t)wl, d = (int32_t)l1 * weight - ones * l;
        if (d * d > bound * (l * (weight - l)) && before >= 0 &&
            !is_tied((uint32_t)before, (uint32_t)level, close, lows, highs))
            try_two(pass, &bound, wl, l1, leftRows, nodeRows, ones, weight, (uint32_t)before, (uint32_t)level);
        wl += (uint32_t)both;
        l1 += (uint32_t)one;
        leftRows += (long)(both >> 32);
        before = level;
    }
    if (pass->mayEndBeforeMissing && before >= 0)
        try_two(pass, &bound, wl, l1, leftRows, nodeRows, ones, weight, (uint32_t)before, UINT32_MAX);
}

// Whether a candidate's sums may give a better proxy.
APUS_INLINE int may_win(const ApusForestShape *shape, const uint32_t *left, const uint32_t *node, uint32_t wl,
                        double weight, double proxy) {
    int classes = shape->classes;
    if (shape->criterion == 0) {
        int64_t squaresLeft = 0, squaresRight = 0;
        for (int c = 0; c < classes; c++) {
            int64_t l = left[c], r = (int64_t)node[c] - l;
            squaresLeft += l * l;
            squaresRight += r * r;
        }
        return may_win_gini((double)squaresLeft, (double)squaresRight, wl, weight, proxy);
    }
    const double *table = shape->table;
    uint32_t all = (uint32_t)weight;
    double terms = 0;
    for (int c = 0; c < classes; c++) terms += table[left[c]] + table[node[c] - left[c]];
    double tolerance = (8 * (double)classes + 64) * 2.3e-16 * (table[all] + weight);
    return terms - table[wl] - table[all - wl] + tolerance >= proxy;
}

APUS_CLONES
static void scan_counts_of_classes(const ApusForestShape *shape, const uint64_t *counts, long levels,
                                   const uint32_t *close, const float *lows, const float *highs, const uint32_t *node,
                                   double weight, long nodeRows, const uint32_t *start, double startWeight,
                                   long startRows, uint32_t *scratch, ApusForestPass *pass) {
    int classes = shape->classes, classBits = shape->classBits;
    uint32_t *left = scratch, *right = scratch + classes;
    for (int c = 0; c < classes; c++) left[c] = start ? start[c] : 0;
    uint32_t wl = (uint32_t)startWeight;
    long leftRows = startRows, before = -1;
    for (long level = 0; level < levels; level++) {
        const uint64_t *here = counts + (level << classBits);
        uint64_t sum = 0;
        for (int c = 0; c < classes; c++) sum += here[c];
        if (sum == 0) continue;
        if (before >= 0 && may_win(shape, left, node, wl, weight, pass->proxy) &&
            !is_tied((uint32_t)before, (uint32_t)level, close, lows, highs))
            try_classes(shape, pass, left, node, right, wl, weight, leftRows, nodeRows, (uint32_t)before,
                        (uint32_t)level);
        for (int c = 0; c < classes; c++) left[c] += (uint32_t)here[c];
        wl += (uint32_t)sum;
        leftRows += (long)(sum >> 32);
        before = level;
    }
    if (pass->mayEndBeforeMissing && before >= 0)
        try_classes(shape, pass, left, node, right, wl, weight, leftRows, nodeRows, (uint32_t)before, UINT32_MAX);
}

void apus_forest_scan_counts(const ApusForestShape *shape, const uint64_t *counts, long levels, const uint32_t *close,
                             const float *lows, const float *highs, const uint32_t *node, double nodeWeight,
                             long nodeRows, const uint32_t *start, double startWeight, long startRows,
                             uint32_t *scratch, ApusForestPass *pass) {
    if (shape->criterion == 0 && shape->classes == 2) {
        scan_counts_of_two(counts, levels, close, lows, highs, node[1], nodeWeight, nodeRows, start ? start[1] : 0,
                           (uint32_t)startWeight, startRows, pass);
    } else {
        scan_counts_of_classes(shape, counts, levels, close, lows, highs, node, nodeWeight, nodeRows, start,
                               startWeight, startRows, scratch, pass);
    }
}

// MARK: Screening

#define APUS_SCREEN_BITS 11

// How much a cut with the given sums is worth; the proxy grows with it.
APUS_INLINE double worth(double l, double p, double ones, double weight) {
    double d = p * weight - ones * l, sides = l * (weight - l);
    return sides > 0 ? d * d / sides : 0;
}

// Counts in ranges of ranks, about 16 keys in each. What a cut within a range is worth is convex in the two classes'
// sums, so that it is at most what it would be if all zeros or all ones of the range came first. Ranges where that cannot
// beat the best cut between ranges are left unsorted.
APUS_CLONES
void apus_forest_screen(const ApusForestShape *shape, const uint32_t *keys, uint32_t *spare, uint32_t *second, long n,
                        uint32_t low, uint32_t high, double ones, double weight, uint64_t *counts,
                        ApusForestPass *pass) {
    int bits = shape->payloadBits;
    uint32_t hasWeights = bits != shape->classBits, mask = ((1u << bits) - 1) >> 1;
    low = low >> bits << bits;
    int shift = bits, wanted = 1;
    while (wanted < APUS_SCREEN_BITS && (n >> (wanted + 4)) > 0) wanted++;
    while ((high - low) >> shift >> wanted) shift++;
    long ranges = (long)((high - low) >> shift) + 1;
    memset(counts, 0, (size_t)ranges * sizeof(uint64_t));
    for (long i = 0; i < n; i++) {
        uint32_t key = keys[i];
        uint64_t w = hasWeights ? key >> 1 & mask : 1;
        counts[(key - low) >> shift] += w << 32 | (w & (0u - (uint64_t)(key & 1)));
    }
    double lefts[1 << APUS_SCREEN_BITS], firsts[1 << APUS_SCREEN_BITS];
    double zerosHere[1 << APUS_SCREEN_BITS], onesHere[1 << APUS_SCREEN_BITS];
    uint8_t isAlive[1 << APUS_SCREEN_BITS];
    uint64_t sum = 0;
    for (long b = 0; b < ranges; b++) {
        lefts[b] = (int32_t)(sum >> 32);
        firsts[b] = (int32_t)sum;
        onesHere[b] = (int32_t)counts[b];
        zerosHere[b] = (int32_t)(counts[b] >> 32) - (int32_t)counts[b];
        sum += counts[b];
    }
    double best = 0;
    for (long b = 0; b < ranges; b++) {
        double value = worth(lefts[b], firsts[b], ones, weight);
        best = value > best ? value : best;
    }
    // The proxy of the best cut between ranges, less than any rounding could take off.
    double reach = 2 * (best / weight - ones + ones * ones / weight) - 1e-12 * weight;
    double bound = bound_of_two(reach > pass->proxy ? reach : pass->proxy, ones, weight);
    long alive = 0;
    for (long b = 0; b < ranges; b++) {
        double here = worth(lefts[b], firsts[b], ones, weight);
        double zeros = worth(lefts[b] + zerosHere[b], firsts[b], ones, weight);
        double first = worth(lefts[b] + onesHere[b], firsts[b] + onesHere[b], ones, weight);
        // Divided values are a rounding away from the compared products.
        double limit = bound - 1e-12 * (bound < 0 ? -bound : bound);
        isAlive[b] = (here >= limit) | (zeros >= limit) | (first >= limit);
        alive += isAlive[b];
    }
    if (alive == 0) return;
    long kept = 0;
    uint32_t least = UINT32_MAX, most = 0;
    for (long i = 0; i < n; i++) {
        uint32_t key = keys[i];
        spare[kept] = key;
        kept += isAlive[(key - low) >> shift];
    }
    for (long i = 0; i < kept; i++) {
        least = spare[i] < least ? spare[i] : least;
        most = spare[i] > most ? spare[i] : most;
    }
    if (kept == 0) return;
    apus_forest_sort(spare, second, kept, bits, least, most);
    bound = bound_of_two(pass->proxy, ones, weight);
    uint32_t range = UINT32_MAX, wl = 0, l1 = 0, before = UINT32_MAX, cut = UINT32_MAX;
    for (long i = 0; i < kept; i++) {
        uint32_t key = spare[i], here = (key - low) >> shift, rank = key >> bits;
        if (here != range) {
            // The rank before a range that follows one left unsorted is found only if it is needed.
            range = here;
            wl = (uint32_t)lefts[here];
            l1 = (uint32_t)firsts[here];
            before = UINT32_MAX;
        }
        if (rank != before && wl > 0) {
            double l = (int32_t)wl, d = (int32_t)l1 * weight - ones * l;
            if (d * d > bound * (l * (weight - l))) {
                double proxy = proxy_of_two(l1, wl, ones, weight);
                if (proxy > pass->proxy) {
                    pass->proxy = proxy;
                    cut = rank;
                    bound = bound_of_two(proxy, ones, weight);
                }
            }
        }
        uint32_t w = hasWeights ? key >> 1 & mask : 1;
        wl += w;
        l1 += w & (0u - (key & 1));
        before = rank;
    }
    if (cut == UINT32_MAX) return;
    uint32_t last = 0, limit = cut << bits;
    long rows = 0;
    for (long i = 0; i < n; i++) {
        uint32_t key = keys[i] < limit ? keys[i] : 0;
        last = key > last ? key : last;
        rows += keys[i] < limit ? 1 : 0;
    }
    pass->leftRows = rows;
    pass->lastLeft = last >> bits;
    pass->firstRight = cut;
}

// MARK: Nodes

#define APUS_DIVIDE                                                                                            \
    int bits = shape->payloadBits;                                                                             \
    long low = 0, high = 0;                                                                                    \
    int classes = shape->classes;                                                                              \
    memset(left, 0, (size_t)classes * sizeof(uint32_t));                                                       \
    uint32_t isTwo = classes == 2, weight = 0, ones = 0;                                                       \
    for (long i = 0; i < n; i++) {                                                                             \
        uint32_t word = words[i];                                                                              \
        uint32_t rank = ranks[(long)(word >> bits) * stride];                                                  \
        uint32_t isLeft = (rank < cut) | ((rank == missing) & (uint32_t)missingIsLeft);                        \
        words[low] = word;                                                                                     \
        spare[high] = word;                                                                                    \
        low += isLeft;                                                                                         \
        high += 1 - isLeft;                                                                                    \
        uint32_t w = weight_of(shape, word) & (0u - isLeft);                                                   \
        if (isTwo) {                                                                                           \
            weight += w;                                                                                       \
            ones += w & (0u - (word & 1));                                                                     \
        } else {                                                                                               \
            left[class_of(shape, word)] += w;                                                                  \
        }                                                                                                      \
    }                                                                                                          \
    if (isTwo) {                                                                                               \
        left[0] = weight - ones;                                                                               \
        left[1] = ones;                                                                                        \
    }                                                                                                          \
    memcpy(words + low, spare, (size_t)high * sizeof(uint32_t));                                               \
    return low;

long apus_forest_divide32(const uint32_t *ranks, long stride, const ApusForestShape *shape, uint32_t *words,
                          uint32_t *spare, long n, uint32_t cut, uint32_t missing, int missingIsLeft, uint32_t *left) {
    APUS_DIVIDE
}

long apus_forest_divide8(const uint8_t *ranks, long stride, const ApusForestShape *shape, uint32_t *words,
                         uint32_t *spare, long n, uint32_t cut, uint32_t missing, int missingIsLeft, uint32_t *left) {
    APUS_DIVIDE
}

void apus_forest_sums(const ApusForestShape *shape, const uint32_t *words, long n, uint32_t *sums) {
    memset(sums, 0, (size_t)shape->classes * sizeof(uint32_t));
    if (shape->classes == 2) {
        uint32_t all = 0, ones = 0;
        for (long i = 0; i < n; i++) {
            uint32_t w = weight_of(shape, words[i]);
            all += w;
            ones += w & (0u - (words[i] & 1));
        }
        sums[0] = all - ones;
        sums[1] = ones;
    } else {
        for (long i = 0; i < n; i++) sums[class_of(shape, words[i])] += weight_of(shape, words[i]);
    }
}

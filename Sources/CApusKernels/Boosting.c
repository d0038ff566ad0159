#include "CApusBoosting.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif
#define APUS_INLINE static inline __attribute__((always_inline))

typedef double Bin __attribute__((vector_size(32)));

// How many rows ahead of their use bins are asked for, about the time that main memory takes; and for how many rows
// gradients are fetched together, so that the processor waits for many of them at once.
enum { ahead = 16, together = 256 };

APUS_INLINE void add_row(const uint8_t *bins, const float *pair, long features, Bin *out) {
    Bin row = {pair[0], pair[1], 1, 0};
    long j = 0;
    for (; j + 4 <= features; j += 4) {
        out[j * 256 + bins[j]] += row;
        out[(j + 1) * 256 + bins[j + 1]] += row;
        out[(j + 2) * 256 + bins[j + 2]] += row;
        out[(j + 3) * 256 + bins[j + 3]] += row;
    }
    for (; j < features; j++) out[j * 256 + bins[j]] += row;
}

APUS_CLONES
void apus_boosting_histogram(const uint8_t *bins, long stride, const uint32_t *list, long count, const float *pairs,
                             long features, double *histogram) {
    Bin *out = (Bin *)histogram;
    if (!list) {
        for (long i = 0; i < count; i++) add_row(bins + i * stride, pairs + 2 * i, features, out);
        return;
    }
    uint64_t fetched[together];
    for (long start = 0; start < count; start += together) {
        const uint32_t *rows = list + start;
        long size = count - start < together ? count - start : together;
        for (long i = 0; i < size; i++) memcpy(fetched + i, pairs + 2 * (long)rows[i], sizeof *fetched);
        long last = count - start - 1;
        for (long i = 0; i < size; i++) {
            const uint8_t *later = bins + (long)rows[i + ahead < last ? i + ahead : last] * stride;
            __builtin_prefetch(later);
            __builtin_prefetch(later + features - 1);
            float pair[2];
            memcpy(pair, fetched + i, sizeof pair);
            add_row(bins + (long)rows[i] * stride, pair, features, out);
        }
    }
}

APUS_CLONES
void apus_boosting_subtract(double *parent, const double *child, long bins) {
    Bin *from = (Bin *)parent;
    const Bin *less = (const Bin *)child;
    for (long b = 0; b < bins; b++) from[b] -= less[b];
}

// MARK: Splits

// Both sides' sums are kept, because one side is added up and the other is what it leaves: they round differently.
typedef struct {
    double left[256], leftHessian[256], right[256], rightHessian[256], count[256], gain[256];
    int32_t bin[256];
} Candidates;

// The gains of the candidates, then the first greatest one above what is known.
APUS_INLINE int choose(Candidates *c, long found, const apus_boosting_node *node, apus_boosting_split *best) {
    double lower = node->lower, upper = node->upper;
    double l2 = node->l2;
    double loss = node->gradient * node->value;
    int monotonic = node->monotonic;
    for (long k = 0; k < found; k++) {
        double left = -c->left[k] / (c->leftHessian[k] + l2 + 1e-15);
        double right = -c->right[k] / (c->rightHessian[k] + l2 + 1e-15);
        left = left < lower ? lower : (left > upper ? upper : left);
        right = right < lower ? lower : (right > upper ? upper : right);
        double gain = (loss - c->left[k] * left) - c->right[k] * right;
        int forbidden = (monotonic > 0 && left > right) || (monotonic < 0 && left < right);
        c->gain[k] = forbidden ? -1 : gain;
    }
    double least = best->gain > 0 ? best->gain : 0;
    long place = -1;
    for (long k = 0; k < found; k++) {
        if (c->gain[k] > least) {
            least = c->gain[k];
            place = k;
        }
    }
    if (place < 0) return 0;
    best->gain = least;
    best->gradient = c->left[place];
    best->hessian = c->leftHessian[place];
    best->count = c->count[place];
    best->bin = c->bin[place];
    return 1;
}

APUS_CLONES
int apus_boosting_scan_up(const double *histogram, long end, const apus_boosting_node *node,
                          apus_boosting_split *best) {
    const Bin *bins = (const Bin *)histogram;
    Candidates candidates;
    Bin left = {0};
    long found = 0;
    for (long b = 0; b < end; b++) {
        left += bins[b];
        if (left[2] < node->leastCount) continue;
        if (node->count - left[2] < node->leastCount) break;
        if (left[1] < node->leastHessian) continue;
        if (node->hessian - left[1] < node->leastHessian) break;
        candidates.left[found] = left[0];
        candidates.leftHessian[found] = left[1];
        candidates.right[found] = node->gradient - left[0];
        candidates.rightHessian[found] = node->hessian - left[1];
        candidates.count[found] = left[2];
        candidates.bin[found] = (int32_t)b;
        found++;
    }
    return choose(&candidates, found, node, best);
}

APUS_CLONES
int apus_boosting_scan_down(const double *histogram, long end, const apus_boosting_node *node,
                            apus_boosting_split *best) {
    const Bin *bins = (const Bin *)histogram;
    Candidates candidates;
    Bin right = {0};
    long found = 0;
    for (long b = end; b > 0; b--) {
        right += bins[b];
        if (right[2] < node->leastCount) continue;
        if (node->count - right[2] < node->leastCount) break;
        if (right[1] < node->leastHessian) continue;
        if (node->hessian - right[1] < node->leastHessian) break;
        candidates.left[found] = node->gradient - right[0];
        candidates.leftHessian[found] = node->hessian - right[1];
        candidates.right[found] = right[0];
        candidates.rightHessian[found] = right[1];
        candidates.count[found] = node->count - right[2];
        candidates.bin[found] = (int32_t)(b - 1);
        found++;
    }
    return choose(&candidates, found, node, best);
}

long apus_boosting_partition(const uint8_t *column, const uint32_t *list, long count, const uint8_t *goesLeft,
                             uint32_t *left, uint32_t *right) {
    long taken = 0;
    for (long i = 0; i < count; i++) {
        uint32_t row = list[i];
        long isLeft = goesLeft[column[row]];
        left[taken] = row;
        right[i - taken] = row;
        taken += isLeft;
    }
    return taken;
}

// MARK: Bins

APUS_CLONES
void apus_boosting_bin(const double *x, long step, long count, const double *thresholds, uint8_t missing, uint8_t *out,
                       long stride) {
    for (long i = 0; i < count; i++) {
        double value = x[i * step];
        long place = 0;
        place += thresholds[place + 127] < value ? 128 : 0;
        place += thresholds[place + 63] < value ? 64 : 0;
        place += thresholds[place + 31] < value ? 32 : 0;
        place += thresholds[place + 15] < value ? 16 : 0;
        place += thresholds[place + 7] < value ? 8 : 0;
        place += thresholds[place + 3] < value ? 4 : 0;
        place += thresholds[place + 1] < value ? 2 : 0;
        place += thresholds[place] < value ? 1 : 0;
        out[i * stride] = value == value ? (uint8_t)place : missing;
    }
}

void apus_boosting_sort(double *values, double *scratch, long count) {
    enum { bits = 11, size = 1 << bits, passes = 6 };
    // Unsigned keys in the order of the numbers: negative ones are turned round, the others put above them.
    uint64_t *from = (uint64_t *)values, *to = (uint64_t *)scratch;
    static const uint64_t top = 1ull << 63;
    uint32_t counts[passes][size];
    memset(counts, 0, sizeof counts);
    for (long i = 0; i < count; i++) {
        uint64_t key;
        memcpy(&key, values + i, 8);
        key ^= key & top ? ~0ull : top;
        memcpy(from + i, &key, 8);
        for (int p = 0; p < passes; p++) counts[p][key >> (p * bits) & (size - 1)]++;
    }
    for (int p = 0; p < passes; p++) {
        uint64_t first;
        memcpy(&first, from, 8);
        if (counts[p][first >> (p * bits) & (size - 1)] == count) continue;
        uint32_t sum = 0;
        for (int k = 0; k < size; k++) {
            uint32_t here = counts[p][k];
            counts[p][k] = sum;
            sum += here;
        }
        for (long i = 0; i < count; i++) {
            uint64_t key = from[i];
            to[counts[p][key >> (p * bits) & (size - 1)]++] = key;
        }
        uint64_t *other = from;
        from = to;
        to = other;
    }
    for (long i = 0; i < count; i++) {
        uint64_t key = from[i];
        key ^= key & top ? top : ~0ull;
        memcpy(values + i, &key, 8);
    }
}

// MARK: Gradients

// exp(x) to within one unit in the last place, without branches; beyond ±708 it is that of ±708.
//
// The reduction and the polynomial are those of Sun's fdlibm (e_exp.c).
APUS_INLINE double exponential(double x) {
    x = x < -708 ? -708 : x;
    x = x > 708 ? 708 : x;
    double shifted = x * 1.44269504088896338700 + 6755399441055744.0;
    double n = shifted - 6755399441055744.0;
    double high = x - n * 6.93147180369123816490e-01;
    double low = n * 1.90821492927058770002e-10;
    double r = high - low;
    double t = r * r;
    double p = t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06;
    p = t * p + 6.61375632143793436117e-05;
    p = t * p - 2.77777777770155933842e-03;
    p = t * p + 1.66666666666666019037e-01;
    double c = r - t * p;
    double fraction = 1 - ((low - (r * c) / (2 - c)) - high);
    uint64_t whole, bits;
    memcpy(&whole, &shifted, 8);
    memcpy(&bits, &fraction, 8);
    bits += whole << 52;
    memcpy(&fraction, &bits, 8);
    return fraction;
}

// Runs `gradient` and `hessian`, expressions of a row's r (raw), t (target) and e, over all rows.
#define APUS_ROWS(exponent, gradient, hessian)                                     \
    if (weights) {                                                                 \
        for (long i = 0; i < count; i++) {                                         \
            double r = raw[i], t = y[i], e = exponent;                             \
            (void)e;                                                               \
            pairs[2 * i] = (float)(weights[i] * (gradient));                       \
            pairs[2 * i + 1] = (float)(weights[i] * (hessian));                    \
        }                                                                          \
    } else {                                                                       \
        for (long i = 0; i < count; i++) {                                         \
            double r = raw[i], t = y[i], e = exponent;                             \
            (void)e;                                                               \
            pairs[2 * i] = (float)(gradient);                                      \
            pairs[2 * i + 1] = (float)(hessian);                                   \
        }                                                                          \
    }

APUS_CLONES
void apus_boosting_logistic(const double *raw, const double *y, const double *weights, long count, float *pairs) {
    APUS_ROWS(exponential(r > -37 ? -r : r), r > -37 ? ((1 - t) - t * e) / (1 + e) : e - t,
              r > -37 ? e / ((1 + e) * (1 + e)) : e)
}

APUS_CLONES
void apus_boosting_squared(const double *raw, const double *y, const double *weights, long count, float *pairs) {
    APUS_ROWS(0, r - t, 1.0)
}

APUS_CLONES
void apus_boosting_pinball(const double *raw, const double *y, const double *weights, long count, double quantile,
                           float *pairs) {
    double above = 1 - quantile;
    APUS_ROWS(0, t >= r ? -quantile : above, 1.0)
}

APUS_CLONES
void apus_boosting_absolute(const double *raw, const double *y, const double *weights, long count, float *pairs) {
    APUS_ROWS(0, r > t ? 1.0 : -1.0, 1.0)
}

APUS_CLONES
void apus_boosting_poisson(const double *raw, const double *y, const double *weights, long count, float *pairs) {
    APUS_ROWS(exponential(r), e - t, e)
}

APUS_CLONES
void apus_boosting_gamma(const double *raw, const double *y, const double *weights, long count, float *pairs) {
    APUS_ROWS(exponential(-r), 1 - t * e, t * e)
}

APUS_CLONES
void apus_boosting_softmax(const double *raw, const double *y, const double *weights, long count, long total,
                           long classes, double *scratch, float *pairs) {
    double greatest[256], sum[256];
    for (long i = 0; i < count; i++) {
        greatest[i] = raw[i];
        sum[i] = 0;
    }
    for (long k = 1; k < classes; k++) {
        const double *scores = raw + k * total;
        for (long i = 0; i < count; i++) greatest[i] = greatest[i] < scores[i] ? scores[i] : greatest[i];
    }
    for (long k = 0; k < classes; k++) {
        const double *scores = raw + k * total;
        double *part = scratch + k * 256;
        for (long i = 0; i < count; i++) {
            part[i] = exponential(scores[i] - greatest[i]);
            sum[i] += part[i];
        }
    }
    for (long k = 0; k < classes; k++) {
        const double *part = scratch + k * 256;
        float *out = pairs + 2 * k * total;
        for (long i = 0; i < count; i++) {
            double p = part[i] / sum[i];
            double weight = weights ? weights[i] : 1;
            out[2 * i] = (float)((p - (y[i] == (double)k ? 1.0 : 0.0)) * weight);
            out[2 * i + 1] = (float)((p * (1 - p)) * weight);
        }
    }
}

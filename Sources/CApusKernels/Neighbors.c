#include "Neighbors.h"

#if defined(__x86_64__) && defined(__linux__)
#define APUS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define APUS_CLONES
#endif
#define APUS_INLINE static inline __attribute__((always_inline))

// Distances in double precision are rounded operation by operation; only the first look is contracted.
#pragma STDC FP_CONTRACT OFF

// MARK: Order

APUS_INLINE void swap(double *values, int32_t *places, long i, long j) {
    double value = values[i];
    values[i] = values[j];
    values[j] = value;
    int32_t place = places[i];
    places[i] = places[j];
    places[j] = place;
}

static void sift(double *values, int32_t *places, long root, long end) {
    for (;;) {
        long child = root * 2 + 1, greatest = root;
        if (child < end && values[greatest] < values[child]) greatest = child;
        if (child + 1 < end && values[greatest] < values[child + 1]) greatest = child + 1;
        if (greatest == root) return;
        swap(values, places, root, greatest);
        root = greatest;
    }
}

static void heapSort(double *values, int32_t *places, long count) {
    for (long start = (count - 2) / 2; start >= 0; start--) sift(values, places, start, count);
    for (long end = count - 1; end > 0; end--) {
        swap(values, places, 0, end);
        sift(values, places, 0, end);
    }
}

static void introSort(double *values, int32_t *places, long count, long depth) {
    while (count > 15) {
        if (depth <= 0) {
            heapSort(values, places, count);
            return;
        }
        depth--;
        long middle = count / 2, last = count - 1;
        if (values[0] > values[last]) swap(values, places, 0, last);
        if (values[last] > values[middle]) {
            swap(values, places, last, middle);
            if (values[0] > values[last]) swap(values, places, 0, last);
        }
        double pivot = values[last];
        long i = 1, j = count - 2;
        for (;;) {
            while (i <= j && values[i] < pivot) i++;
            while (i <= j && values[j] > pivot) j--;
            if (i >= j) break;
            swap(values, places, i, j);
            i++;
            j--;
        }
        swap(values, places, i, last);
        introSort(values, places, i, depth);
        values += i + 1;
        places += i + 1;
        count -= i + 1;
    }
    for (long i = 1; i < count; i++) {
        double value = values[i];
        int32_t place = places[i];
        long j = i;
        while (j > 0 && values[j - 1] > value) {
            values[j] = values[j - 1];
            places[j] = places[j - 1];
            j--;
        }
        values[j] = value;
        places[j] = place;
    }
}

static long log2Floor(long count) {
    long result = 0;
    while (count > 1) {
        count >>= 1;
        result++;
    }
    return result;
}

void apus_neighbors_sort(double *values, int32_t *places, long count) {
    introSort(values, places, count, 2 * log2Floor(count));
}

// A column of rows, compared by value and then by place.
typedef struct {
    const double *values;
    long width;
} Column;

APUS_INLINE int before(Column column, int32_t a, int32_t b) {
    double x = column.values[(long)a * column.width], y = column.values[(long)b * column.width];
    return x == y ? a < b : x < y;
}

APUS_INLINE void exchange(int32_t *a, int32_t *b) {
    int32_t value = *a;
    *a = *b;
    *b = value;
}

static void adjustHeap(Column column, int32_t *first, long hole, long count, int32_t value) {
    long top = hole, child = hole;
    while (child < (count - 1) / 2) {
        child = 2 * (child + 1);
        if (before(column, first[child], first[child - 1])) child--;
        first[hole] = first[child];
        hole = child;
    }
    if ((count & 1) == 0 && child == (count - 2) / 2) {
        child = 2 * (child + 1);
        first[hole] = first[child - 1];
        hole = child - 1;
    }
    while (hole > top && before(column, first[(hole - 1) / 2], value)) {
        first[hole] = first[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    first[hole] = value;
}

static void heapSelect(Column column, int32_t *first, int32_t *middle, int32_t *last) {
    long count = middle - first;
    for (long parent = (count - 2) / 2; count >= 2 && parent >= 0; parent--)
        adjustHeap(column, first, parent, count, first[parent]);
    for (int32_t *i = middle; i < last; i++) {
        if (!before(column, *i, *first)) continue;
        int32_t value = *i;
        *i = *first;
        adjustHeap(column, first, 0, count, value);
    }
}

static void medianToFirst(Column column, int32_t *result, int32_t *a, int32_t *b, int32_t *c) {
    int32_t *median;
    if (before(column, *a, *b)) median = before(column, *b, *c) ? b : before(column, *a, *c) ? c : a;
    else median = before(column, *a, *c) ? a : before(column, *b, *c) ? c : b;
    exchange(result, median);
}

void apus_neighbors_select(const double *rows, long width, long column, int32_t *places, long nth, long count) {
    if (count <= 0 || nth < 0 || nth >= count) return;
    Column by = {rows + column, width};
    int32_t *first = places, *last = places + count, *target = places + nth;
    for (long depth = 2 * log2Floor(count); last - first > 3; depth--) {
        if (depth == 0) {
            heapSelect(by, first, target + 1, last);
            exchange(first, target);
            return;
        }
        medianToFirst(by, first, first + 1, first + (last - first) / 2, last - 1);
        int32_t pivot = *first, *low = first + 1, *high = last;
        for (;;) {
            while (before(by, *low, pivot)) low++;
            high--;
            while (before(by, pivot, *high)) high--;
            if (!(low < high)) break;
            exchange(low, high);
            low++;
        }
        if (low <= target) first = low;
        else last = low;
    }
    for (int32_t *i = first + 1; i < last; i++) {
        int32_t value = *i, *hole = i;
        while (hole > first && before(by, value, hole[-1])) {
            *hole = hole[-1];
            hole--;
        }
        *hole = value;
    }
}

// MARK: Distances

typedef float Lanes __attribute__((vector_size(64), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(64), aligned(4)));

// Rows in a chunk of panels that stays in the second-level cache while all queries pass.
enum { chunkBytes = 192 * 1024 };

APUS_INLINE double squaredDistance(const double *x, const double *y, long width) {
    double sum = 0;
    for (long q = 0; q < width; q++) {
        double difference = x[q] - y[q];
        sum += difference * difference;
    }
    return sum;
}

APUS_INLINE double chainedProduct(const double *x, const double *y, long width) {
    double sum = 0;
    for (long q = 0; q < width; q++) sum = __builtin_fma(x[q], y[q], sum);
    return sum;
}

APUS_INLINE double cosineDistance(const double *x, const double *y, long width) {
    double distance = 1 - chainedProduct(x, y, width);
    return distance < 0 ? 0 : distance > 2 ? 2 : distance;
}

APUS_INLINE double exactDistance(const ApusNeighborRows *rows, const double *x, long row) {
    const double *y = rows->rows + row * rows->width;
    return rows->isCosine ? cosineDistance(x, y, rows->width) : squaredDistance(x, y, rows->width);
}

// The least single-precision number that is at least `value`.
APUS_INLINE float roundedUp(double value) {
    float result = (float)value;
    return (double)result < value ? __builtin_nextafterf(result, __builtin_inff()) : result;
}

// A macro, because what a clone passes in wide registers must not be an argument of a function for other processors.
#define any(mask) (__builtin_reduce_or(mask) != 0)

// A bit for each lane of a mask.
typedef _Bool Bits __attribute__((ext_vector_type(16)));
#define bitsOf(mask, result)                            \
    do {                                                \
        Bits lanes = __builtin_convertvector(mask, Bits); \
        __builtin_memcpy(&(result), &lanes, 2);         \
    } while (0)

// Whether any of six first looks is within its limit.
#define anyWithin(sums, limits)                                                                                      \
    any((sums[0] <= limits[0]) | (sums[1] <= limits[1]) | (sums[2] <= limits[2]) | (sums[3] <= limits[3]) |          \
        (sums[4] <= limits[4]) | (sums[5] <= limits[5]))

// The first look at one panel for six queries.
APUS_INLINE void look(const float *panel, const float *lower, const float *factors, long width, Lanes *sums) {
#pragma STDC FP_CONTRACT ON
    Lanes start = *(const Lanes *)lower;
    Lanes s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start;
    for (long q = 0; q < width; q++) {
        Lanes rows = *(const Lanes *)(panel + q * 16);
        const float *f = factors + q * apusNeighborGroup;
        s0 += rows * f[0];
        s1 += rows * f[1];
        s2 += rows * f[2];
        s3 += rows * f[3];
        s4 += rows * f[4];
        s5 += rows * f[5];
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
    sums[4] = s4;
    sums[5] = s5;
}

APUS_INLINE long least(long a, long b) { return a < b ? a : b; }

APUS_CLONES
void apus_neighbors_nearest(const ApusNeighborRows *rows, const double *queries, const double *queryNorms, long count,
                            const float *factors, const double *shifts, double unit, long k, double *distances,
                            int32_t *places, double *rounded, int32_t *roundedPlaces) {
    long width = rows->width, panels = (rows->count + 15) / 16;
    long step = chunkBytes / (width * 64);
    if (step < 4) step = 4;
    // A little above 1: distances in the reference's arithmetic may be that much greater than the exact ones.
    double margin = unit * (1 + 1e-7);
    for (long chunk = 0; chunk < panels; chunk += step) {
        long end = least(chunk + step, panels);
        for (long first = 0; first < count; first += apusNeighborGroup) {
            long members = least(apusNeighborGroup, count - first);
            const float *groupFactors = factors + first * width;
            float limits[apusNeighborGroup];
            for (long t = 0; t < apusNeighborGroup; t++) {
                limits[t] = t < members ? roundedUp(distances[(first + t) * k] * margin + shifts[first + t])
                                        : -__builtin_inff();
            }
            for (long panel = chunk; panel < end; panel++) {
                Lanes sums[apusNeighborGroup];
                look(rows->panels + panel * width * 16, rows->lower + panel * 16, groupFactors, width, sums);
                if (__builtin_expect(!anyWithin(sums, limits), 1)) continue;
                for (long t = 0; t < members; t++) {
                    if (!any(sums[t] <= limits[t])) continue;
                    float firstLook[16];
                    *(Lanes *)firstLook = sums[t];
                    long query = first + t;
                    const double *x = queries + query * width;
                    long lanes = least(16, rows->count - panel * 16);
                    for (long lane = 0; lane < lanes; lane++) {
                        if (!(firstLook[lane] <= limits[t])) continue;
                        long row = panel * 16 + lane;
                        double distance = exactDistance(rows, x, row);
                        apus_neighbors_push(distances + query * k, places + query * k, k, distance, (int32_t)row);
                        if (rounded) {
                            double product = chainedProduct(x, rows->rows + row * width, width);
                            double other = (queryNorms[query] + -2 * product) + rows->norms[row];
                            apus_neighbors_push(rounded + query * k, roundedPlaces + query * k, k,
                                                other > 0 ? other : 0, (int32_t)row);
                        }
                        limits[t] = roundedUp(distances[query * k] * margin + shifts[query]);
                    }
                }
            }
        }
    }
}

APUS_CLONES
void apus_neighbors_within(const ApusNeighborRows *rows, const double *queries, long count, const float *factors,
                           const double *shifts, double unit, double radius, long first, long last, long capacity,
                           int32_t *found, double *distances, long *counts) {
    long width = rows->width;
    float limits[apusNeighborGroup];
    for (long t = 0; t < apusNeighborGroup; t++) {
        limits[t] = t < count ? roundedUp(radius * unit * (1 + 1e-7) + shifts[t]) : -__builtin_inff();
        counts[t] = 0;
    }
    for (long panel = first; panel < last; panel++) {
        Lanes sums[apusNeighborGroup];
        look(rows->panels + panel * width * 16, rows->lower + panel * 16, factors, width, sums);
        if (__builtin_expect(!anyWithin(sums, limits), 1)) continue;
        for (long t = 0; t < count; t++) {
            if (!any(sums[t] <= limits[t])) continue;
            float firstLook[16];
            *(Lanes *)firstLook = sums[t];
            long lanes = least(16, rows->count - panel * 16);
            for (long lane = 0; lane < lanes; lane++) {
                if (!(firstLook[lane] <= limits[t])) continue;
                double distance = exactDistance(rows, queries + t * width, panel * 16 + lane);
                if (!(distance <= radius) || counts[t] >= capacity) continue;
                found[t * capacity + counts[t]] = (int32_t)(panel * 16 + lane);
                distances[t * capacity + counts[t]] = distance;
                counts[t]++;
            }
        }
    }
}

APUS_CLONES
int apus_neighbors_masks(const ApusNeighborRows *rows, const double *queries, const float *factors, const float *limits,
                         const float *sures, const float *slack, double radius, long first, long last,
                         uint16_t *masks) {
    long width = rows->width;
    uint32_t found = 0;
    for (long panel = first; panel < last; panel++, masks += apusNeighborGroup) {
        Lanes sums[apusNeighborGroup];
        look(rows->panels + panel * width * 16, rows->lower + panel * 16, factors, width, sums);
        if (!anyWithin(sums, limits)) {
            for (long t = 0; t < apusNeighborGroup; t++) masks[t] = 0;
            continue;
        }
        Lanes least = *(const Lanes *)(slack + panel * 16);
        for (long t = 0; t < apusNeighborGroup; t++) {
            uint16_t passed, certain;
            bitsOf(sums[t] <= limits[t], passed);
            bitsOf(sums[t] <= sures[t] - least, certain);
            uint32_t bits = passed & certain;
            for (uint32_t open = passed & ~certain; open; open &= open - 1) {
                long lane = __builtin_ctz(open);
                double distance = exactDistance(rows, queries + t * width, panel * 16 + lane);
                bits |= (uint32_t)(distance <= radius) << lane;
            }
            masks[t] = (uint16_t)bits;
            found |= bits;
        }
    }
    return found != 0;
}

typedef double Wide __attribute__((vector_size(64), aligned(8)));
typedef int64_t WideMask __attribute__((vector_size(64), aligned(8)));

APUS_CLONES
void apus_neighbors_distances(const double *panel, const double *queries, long count, long width, int kind,
                              double *distances) {
    const WideMask magnitude = (WideMask){0} + INT64_MAX;
    for (long t = 0; t < count; t++) {
        const double *x = queries + t * width;
        Wide sum = {0};
        if (kind == 0) {
            for (long q = 0; q < width; q++) {
                Wide difference = x[q] - *(const Wide *)(panel + q * 8);
                sum += difference * difference;
            }
        } else if (kind == 1) {
            for (long q = 0; q < width; q++) {
                Wide difference = x[q] - *(const Wide *)(panel + q * 8);
                sum += (Wide)((WideMask)difference & magnitude);
            }
        } else {
            for (long q = 0; q < width; q++) {
                Wide difference = x[q] - *(const Wide *)(panel + q * 8);
                Wide size = (Wide)((WideMask)difference & magnitude);
                WideMask isGreater = size > sum;
                sum = (Wide)((isGreater & (WideMask)size) | (~isGreater & (WideMask)sum));
            }
        }
        *(Wide *)(distances + t * 8) = sum;
    }
}

// MARK: Components

int32_t apus_neighbors_root(int32_t *parents, int32_t row) {
    for (;;) {
        int32_t parent = __atomic_load_n(parents + row, __ATOMIC_RELAXED);
        if (parent == row) return row;
        int32_t above = __atomic_load_n(parents + parent, __ATOMIC_RELAXED);
        // Half of the path is enough; another thread's shorter one is as good.
        if (above != parent)
            __atomic_compare_exchange_n(parents + row, &parent, above, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
        row = above;
    }
}

void apus_neighbors_unite(int32_t *parents, int32_t a, int32_t b) {
    for (;;) {
        a = apus_neighbors_root(parents, a);
        b = apus_neighbors_root(parents, b);
        if (a == b) return;
        if (a < b) {
            int32_t other = a;
            a = b;
            b = other;
        }
        int32_t expected = a;
        if (__atomic_compare_exchange_n(parents + a, &expected, b, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return;
    }
}

// Inner loops of the search for neighbours: heaps of candidates, and rows against panels of rows.
#ifndef APUS_NEIGHBORS_H
#define APUS_NEIGHBORS_H

#include <stdint.h>

// Takes `value` into a max-heap of `size` candidates if it is less than the greatest of them, which it replaces. Of equal
// children the left one moves up: this decides which of equally distant rows stay.
static inline void apus_neighbors_push(double *values, int32_t *places, long size, double value, int32_t place) {
    if (!(value < values[0])) return;
    long hole = 0;
    for (;;) {
        long child = 2 * hole + 1;
        if (child >= size) break;
        if (child + 1 < size && values[child] < values[child + 1]) child++;
        if (!(value < values[child])) break;
        values[hole] = values[child];
        places[hole] = places[child];
        hole = child;
    }
    values[hole] = value;
    places[hole] = place;
}

// Sorts `count` candidates by value: the two-way introsort whose order of equal values the reference shows.
void apus_neighbors_sort(double *values, int32_t *places, long count);

// Moves the row that would be at `nth` if all were sorted by the value in `column`, and then by place, to `nth`, smaller
// ones before it: libstdc++'s nth_element, whose order of the others is that of the reference's trees.
void apus_neighbors_select(const double *rows, long width, long column, int32_t *places, long nth, long count);

// Rows that are searched. A panel holds 16 of them side by side in single precision, moved and scaled to lie around 0.
typedef struct {
    long count;           // rows
    long width;           // columns
    const double *rows;   // count × width
    const float *panels;  // panels × width × 16
    const float *lower;   // panels × 16: what each row adds to its bounds; infinite past the end
    const double *norms;  // count squared norms for distances in the reference's arithmetic; NULL without
    int isCosine;         // distances are 1 - x·y instead of ‖x - y‖²
} ApusNeighborRows;

// How many queries share a step: `factors` hold width × this many numbers for each group of queries.
enum { apusNeighborGroup = 6 };

// The k nearest rows of each query, as heaps.
//
// A first look in single precision passes every row whose distance could be less than the greatest in the heap; such a
// row's distance is then computed in double precision. Rows are visited in ascending order, so the heaps are those of a
// plain loop over all distances.
//
// queries: count × width; factors: groups × width × 6, what multiplies the panels; shifts: count, so that a row can be
// nearer than `d` only if its first look is at most d * unit + shift; queryNorms: count, or NULL as `norms`;
// distances, places: count × k heaps; rounded, roundedPlaces: the same in the reference's arithmetic, or NULL.
void apus_neighbors_nearest(const ApusNeighborRows *rows, const double *queries, const double *queryNorms, long count,
                            const float *factors, const double *shifts, double unit, long k, double *distances,
                            int32_t *places, double *rounded, int32_t *roundedPlaces);

// The rows among panels `first` to `last` - 1 within `radius` (a squared distance, or one of cosine) of each of at most 6
// queries, ascending.
//
// found: 6 × capacity places; distances: the same; counts: 6; capacity: at least the rows of the panels.
void apus_neighbors_within(const ApusNeighborRows *rows, const double *queries, long count, const float *factors,
                           const double *shifts, double unit, double radius, long first, long last, long capacity,
                           int32_t *found, double *distances, long *counts);

// For 6 queries and each panel from `first` to `last` - 1, a bit for each row of the panel that lies within `radius` of
// the query. Whether there is any.
//
// limits, sures: 6; a first look above the query's limit is certain to be outside, one of at most its entry in `sures`
// minus the row's in `slack` (panels × 16) is certain to be inside; masks: 6 for each panel.
int apus_neighbors_masks(const ApusNeighborRows *rows, const double *queries, const float *factors, const float *limits,
                         const float *sures, const float *slack, double radius, long first, long last, uint16_t *masks);

// The reduced distances of queries to 8 rows side by side, each summed in column order: squared Euclidean (kind 0),
// Manhattan (1) or Chebyshev (2).
//
// panel: width × 8; queries: count × width; distances: count × 8.
void apus_neighbors_distances(const double *panel, const double *queries, long count, long width, int kind,
                              double *distances);

// The component of a row in a forest of parents, each at most its child's index.
int32_t apus_neighbors_root(int32_t *parents, int32_t row);

// Joins the components of two rows; threads may do so at once.
void apus_neighbors_unite(int32_t *parents, int32_t a, int32_t b);

#endif

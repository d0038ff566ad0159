// Elkan's k-means: nearest centres with bounds on distances.
#ifndef APUS_KMEANSELKAN_H
#define APUS_KMEANSELKAN_H

#include <stdint.h>

// What all blocks of rows share: d columns, k centres, half the distances between centres (k × k), and for each centre half
// the distance to the nearest other one.
typedef struct {
    long d;
    long k;
    const double *centres;
    const double *halves;
    const double *nearest;
} apus_elkan_centres;

// Labels rows and sets their bounds: upper, the distance to the centre of the label; lower (rows × k), at most the distance
// to each centre.
void apus_elkan_start(const apus_elkan_centres *c, const double *x, long rows, int32_t *labels, double *upper,
                      double *lower);

// One step: loosens the bounds by how far each centre has moved (shifts, or NULL), and labels the rows anew. Where sums is
// not NULL it and totals receive the weighted sums of the rows and the weights of each cluster; weights may be NULL.
//
// Returns whether a label has changed.
int apus_elkan_step(const apus_elkan_centres *c, const double *x, const double *weights, const double *shifts, long rows,
                    int32_t *labels, double *upper, double *lower, double *sums, double *totals);

#endif

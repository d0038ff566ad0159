// Sums of distances from products.
#ifndef APUS_SILHOUETTE_H
#define APUS_SILHOUETTE_H

// The sum over j < count of sqrt(max(0, products[j] + own + norms[j])). Where a squared distance is so small against the
// norms that little of it is left, *unsure is set to 1.
double apus_distance_sum(const double *products, const double *norms, double own, long count, int *unsure);

#endif

// Candidates for the next centre of k-means++.
#ifndef APUS_KMEANSSEEDING_H
#define APUS_KMEANSSEEDING_H

// For the rows first..<last and each of count candidates the squared distance to the nearest centre if the candidate becomes
// one: out[c * rows + i] = min(closest[i], max(0, x[i] · scaled[c] + own[c] + norms[i])), and in sums[c] their sum in row
// order, each times its weight.
//
// x: rows × d; norms: of each row ‖x‖²; weights and closest: one for each row, or NULL; scaled: count × d, -2 times each
// candidate; own: of each candidate ‖x‖²; space: room for 8 · d numbers.
void apus_kmeans_weigh(const double *x, const double *norms, const double *weights, const double *closest,
                       const double *scaled, const double *own, long rows, long d, long count, long first, long last,
                       double *space, double *out, double *sums);

#endif

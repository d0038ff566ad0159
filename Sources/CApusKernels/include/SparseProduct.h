// Products of a matrix in compressed sparse rows with a dense one.
#ifndef APUS_SPARSEPRODUCT_H
#define APUS_SPARSEPRODUCT_H

#include <stdint.h>

// Writes the rows first..<last of the product into out: out[i] = Σ values[e] · dense[columns[e]] over the entries e of row i,
// added in the order of the entries.
//
// offsets, columns, values: the sparse rows; dense and out: width numbers a row.
void apus_sparse_product(const long *offsets, const int32_t *columns, const double *values, const double *dense,
                         long width, long first, long last, double *out);

#endif

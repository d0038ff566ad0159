// Inner loops of tables: gathering rows, sorting by digits, numbering distinct keys, sums of groups, pairs of joins.
#ifndef APUS_FRAMES_H
#define APUS_FRAMES_H

#include <stdint.h>

// A key and the row it is from.
typedef struct {
    uint64_t key;
    long row;
} apus_pair;

// to[i] = from[rows[i]] for first <= i < last, or `missing` where the row is negative; for 8, 4 and 1 bytes a value.
void apus_gather_8(const uint64_t *from, const long *rows, long first, long last, uint64_t missing,
                   uint64_t *to);
void apus_gather_4(const uint32_t *from, const long *rows, long first, long last, uint32_t missing,
                   uint32_t *to);
void apus_gather_1(const uint8_t *from, const long *rows, long first, long last, uint8_t missing,
                   uint8_t *to);

// Bit i of `to` for first <= i < last, where first is a multiple of 64: bit rows[i] of `from`, or 1 where the row is
// negative. `from` may be null and stands for zeros then.
void apus_gather_bits(const uint64_t *from, const long *rows, long first, long last, uint64_t *to);

// The least and the greatest of n >= 1 keys, as unsigned numbers.
void apus_key_range(const uint64_t *keys, long n, uint64_t *least, uint64_t *greatest);

// How often each digit (keys[i] - least) >> shift occurs in first <= i < last; `counts` has been set to zero.
void apus_digit_counts(const uint64_t *keys, long first, long last, uint64_t least, int shift, long *counts);

// Puts key - least and row of first <= i < last at places[digit]++; `rows` may be null and stands for 0, 1, 2, …
void apus_digit_scatter(const uint64_t *keys, const long *rows, long first, long last, uint64_t least,
                        int shift, long *places, apus_pair *to);

// The same for rows alone.
void apus_digit_scatter_rows(const uint64_t *keys, const long *rows, long first, long last, uint64_t least,
                             int shift, long *places, long *to);

// Sorts pairs by the lowest `bits` bits of their keys and keeps the order of equal ones; `scratch` has room for n, and
// the rows go to `to`.
void apus_sort_pairs(apus_pair *pairs, apus_pair *scratch, long n, int bits, long *to);

// For each string its first 8 bytes as a big-endian number, filled up with zeros.
void apus_text_prefixes(const uint8_t *bytes, const long *ends, long first, long last, uint64_t *keys);

// Puts rows with equal prefixes into the order of the whole strings, keeping the order of equal ones. `rows` is in the
// order of `prefixes`, or in its reverse when `descending`; `scratch` has room for n rows.
void apus_text_ties(const uint8_t *bytes, const long *ends, const uint64_t *prefixes, long *rows,
                    long *scratch, long n, int descending);

// How many of the keys first <= i < last fall in each of 1 << bits parts by their hash; missing ones in none.
void apus_hash_counts(const uint64_t *keys, const uint64_t *missing, long first, long last, int bits,
                      long *counts);

// Puts key and row at places[part]++.
void apus_hash_scatter(const uint64_t *keys, const uint64_t *missing, long first, long last, int bits,
                       long *places, apus_pair *to);

// Numbers the distinct keys of n pairs from 0 in order of appearance and writes the number of each pair's row into
// `codes`. `slots` holds `mask` + 1 places, a power of two of at least 2 n, all of them -1; `distinct` has room for n.
// Returns how many there are.
long apus_hash_codes(const apus_pair *pairs, long n, int32_t *slots, uint64_t mask, uint64_t *distinct,
                        int32_t *codes);

// Sums with compensation (Kahan) and counts of the values of each group; NaN and negative codes are left out.
void apus_group_sums(const double *x, const int32_t *codes, long n, double *sums, double *compensations,
                     long *counts);

// Sums and counts of whole numbers; `missing` may be null. Returns 1 when a sum does not fit.
int apus_group_int_sums(const long *x, const uint64_t *missing, const int32_t *codes, long n, long *sums,
                        long *counts);

// Means and sums of squared differences from them (Welford), and counts.
void apus_group_squares(const double *x, const int32_t *codes, long n, double *means, double *squares,
                        long *counts);

// The rows of the least and the greatest value of each group, the first of them, or -1; both arrays are -1 at first.
void apus_group_extremes(const double *x, const int32_t *codes, long n, long *least, long *greatest);
void apus_group_int_extremes(const long *x, const uint64_t *missing, const int32_t *codes, long n,
                             long *least, long *greatest);

// How often each code occurs.
void apus_code_counts(const int32_t *codes, long first, long last, long *counts);

// The rows of each code one after another, in ascending order: rows[places[code]++] = row.
void apus_code_rows(const int32_t *codes, long n, long *places, long *rows);

// How many rows a join gives for the left rows first <= i < last, where starts[c] ..< starts[c + 1] are the right rows
// of code c. A negative code has no partner.
long apus_join_count(const int32_t *codes, long first, long last, const long *starts, int keeps);

// The left and the right row of each of them, the latter -1 where there is none.
void apus_join_fill(const int32_t *codes, long first, long last, const long *starts, const long *rows,
                    int keeps, long *left, long *right);

// Walks over whole records of delimited text, at most `limit` of them, and returns the offset behind the last one; blank
// lines are passed over. Where the text ends without a line end, the last record is whole only if `isEnd`. `records` is
// set to how many there were, and `unclosed` to whether the text ends inside quotes.
long apus_csv_records(const uint8_t *bytes, long n, uint8_t delimiter, uint8_t quote, int trims, int isEnd, long limit,
                      long *records, int *unclosed);

#endif

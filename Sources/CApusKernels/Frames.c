#include "Frames.h"

#include <string.h>

// MARK: Gathering

void apus_gather_8(const uint64_t *from, const long *rows, long first, long last, uint64_t missing,
                   uint64_t *to) {
    for (long i = first; i < last; i++) to[i] = rows[i] < 0 ? missing : from[rows[i]];
}

void apus_gather_4(const uint32_t *from, const long *rows, long first, long last, uint32_t missing,
                   uint32_t *to) {
    for (long i = first; i < last; i++) to[i] = rows[i] < 0 ? missing : from[rows[i]];
}

void apus_gather_1(const uint8_t *from, const long *rows, long first, long last, uint8_t missing,
                   uint8_t *to) {
    for (long i = first; i < last; i++) to[i] = rows[i] < 0 ? missing : from[rows[i]];
}

void apus_gather_bits(const uint64_t *from, const long *rows, long first, long last, uint64_t *to) {
    for (long start = first; start < last; start += 64) {
        long end = start + 64 < last ? start + 64 : last;
        uint64_t word = 0;
        for (long i = start; i < end; i++) {
            long row = rows[i];
            uint64_t bit = row < 0 ? 1 : from ? from[row >> 6] >> (row & 63) & 1 : 0;
            word |= bit << (i & 63);
        }
        to[start >> 6] = word;
    }
}

// MARK: Sorting

void apus_key_range(const uint64_t *keys, long n, uint64_t *least, uint64_t *greatest) {
    uint64_t low = keys[0], high = keys[0];
    for (long i = 1; i < n; i++) {
        low = keys[i] < low ? keys[i] : low;
        high = keys[i] > high ? keys[i] : high;
    }
    *least = low;
    *greatest = high;
}

void apus_digit_counts(const uint64_t *keys, long first, long last, uint64_t least, int shift,
                       long *counts) {
    for (long i = first; i < last; i++) counts[(keys[i] - least) >> shift]++;
}

void apus_digit_scatter(const uint64_t *keys, const long *rows, long first, long last, uint64_t least,
                        int shift, long *places, apus_pair *to) {
    for (long i = first; i < last; i++) {
        uint64_t key = keys[i] - least;
        to[places[key >> shift]++] = (apus_pair){key, rows ? rows[i] : i};
    }
}

void apus_digit_scatter_rows(const uint64_t *keys, const long *rows, long first, long last, uint64_t least,
                             int shift, long *places, long *to) {
    for (long i = first; i < last; i++) to[places[(keys[i] - least) >> shift]++] = rows ? rows[i] : i;
}

static void insertion_sort(apus_pair *pairs, long n, uint64_t mask) {
    for (long i = 1; i < n; i++) {
        apus_pair pair = pairs[i];
        long j = i;
        while (j > 0 && (pairs[j - 1].key & mask) > (pair.key & mask)) {
            pairs[j] = pairs[j - 1];
            j--;
        }
        pairs[j] = pair;
    }
}

void apus_sort_pairs(apus_pair *pairs, apus_pair *scratch, long n, int bits, long *to) {
    uint64_t mask = bits >= 64 ? ~0ull : (1ull << bits) - 1;
    if (n <= 48) {
        insertion_sort(pairs, n, mask);
    } else {
        // Digits that all keys share are passed over.
        uint64_t differing = 0;
        for (long i = 1; i < n; i++) differing |= pairs[i].key ^ pairs[0].key;
        differing &= mask;
        for (int shift = 0; shift < bits; shift += 8) {
            if ((differing >> shift & 255) == 0) continue;
            long places[256] = {0};
            for (long i = 0; i < n; i++) places[(pairs[i].key & mask) >> shift & 255]++;
            long next = 0;
            for (int digit = 0; digit < 256; digit++) {
                long count = places[digit];
                places[digit] = next;
                next += count;
            }
            for (long i = 0; i < n; i++) scratch[places[(pairs[i].key & mask) >> shift & 255]++] = pairs[i];
            apus_pair *other = pairs;
            pairs = scratch;
            scratch = other;
        }
    }
    for (long i = 0; i < n; i++) to[i] = pairs[i].row;
}

// MARK: Text

static inline long text_start(const long *ends, long row) { return row == 0 ? 0 : ends[row - 1]; }

void apus_text_prefixes(const uint8_t *bytes, const long *ends, long first, long last, uint64_t *keys) {
    for (long row = first; row < last; row++) {
        long start = text_start(ends, row);
        long length = ends[row] - start;
        uint64_t key = 0;
        for (long i = 0; i < 8; i++) key = key << 8 | (i < length ? bytes[start + i] : 0);
        keys[row] = key;
    }
}

// Below, at or above zero as string a comes before, is, or comes after string b.
static int text_order(const uint8_t *bytes, const long *ends, long a, long b) {
    long p = text_start(ends, a), q = text_start(ends, b);
    long m = ends[a] - p, n = ends[b] - q;
    int order = memcmp(bytes + p, bytes + q, m < n ? m : n);
    return order != 0 ? order : (m > n) - (m < n);
}

static void merge_text(const uint8_t *bytes, const long *ends, long *rows, long *scratch, long n,
                       int sign) {
    if (n <= 12) {
        for (long i = 1; i < n; i++) {
            long row = rows[i];
            long j = i;
            while (j > 0 && sign * text_order(bytes, ends, rows[j - 1], row) > 0) {
                rows[j] = rows[j - 1];
                j--;
            }
            rows[j] = row;
        }
        return;
    }
    long half = n / 2;
    merge_text(bytes, ends, rows, scratch, half, sign);
    merge_text(bytes, ends, rows + half, scratch, n - half, sign);
    memcpy(scratch, rows, half * sizeof *rows);
    long i = 0, j = half, k = 0;
    while (i < half && j < n) {
        rows[k++] = sign * text_order(bytes, ends, scratch[i], rows[j]) <= 0 ? scratch[i++] : rows[j++];
    }
    memcpy(rows + k, scratch + i, (half - i) * sizeof *rows);
}

void apus_text_ties(const uint8_t *bytes, const long *ends, const uint64_t *prefixes, long *rows,
                    long *scratch, long n, int descending) {
    int sign = descending ? -1 : 1;
    long start = 0;
    while (start < n) {
        long end = start + 1;
        while (end < n && prefixes[rows[end]] == prefixes[rows[start]]) end++;
        if (end - start > 1) merge_text(bytes, ends, rows + start, scratch, end - start, sign);
        start = end;
    }
}

// MARK: Distinct keys

static inline uint64_t hash(uint64_t key) {
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93ull;
    key ^= key >> 32;
    key *= 0xd6e8feb86659fd93ull;
    key ^= key >> 32;
    return key;
}

static inline int is_missing(const uint64_t *missing, long row) {
    return missing && missing[row >> 6] >> (row & 63) & 1;
}

void apus_hash_counts(const uint64_t *keys, const uint64_t *missing, long first, long last, int bits,
                      long *counts) {
    for (long i = first; i < last; i++) {
        if (!is_missing(missing, i)) counts[hash(keys[i]) >> (63 - bits) >> 1]++;
    }
}

void apus_hash_scatter(const uint64_t *keys, const uint64_t *missing, long first, long last, int bits,
                       long *places, apus_pair *to) {
    for (long i = first; i < last; i++) {
        if (is_missing(missing, i)) continue;
        to[places[hash(keys[i]) >> (63 - bits) >> 1]++] = (apus_pair){keys[i], i};
    }
}

long apus_hash_codes(const apus_pair *pairs, long n, int32_t *slots, uint64_t mask, uint64_t *distinct,
                        int32_t *codes) {
    long count = 0;
    for (long i = 0; i < n; i++) {
        uint64_t key = pairs[i].key;
        uint64_t slot = hash(key) & mask;
        while (slots[slot] >= 0 && distinct[slots[slot]] != key) slot = (slot + 1) & mask;
        if (slots[slot] < 0) {
            slots[slot] = (int32_t)count;
            distinct[count++] = key;
        }
        codes[pairs[i].row] = slots[slot];
    }
    return count;
}

// MARK: Groups

void apus_group_sums(const double *x, const int32_t *codes, long n, double *sums, double *compensations,
                     long *counts) {
    for (long i = 0; i < n; i++) {
        int32_t code = codes[i];
        double value = x[i];
        if (code < 0 || value != value) continue;
        counts[code]++;
        double y = value - compensations[code];
        double t = sums[code] + y;
        double lost = t - sums[code] - y;
        // Behind an infinite sum nothing is lost.
        compensations[code] = lost == lost ? lost : 0;
        sums[code] = t;
    }
}

int apus_group_int_sums(const long *x, const uint64_t *missing, const int32_t *codes, long n, long *sums,
                        long *counts) {
    int overflows = 0;
    for (long i = 0; i < n; i++) {
        int32_t code = codes[i];
        if (code < 0 || is_missing(missing, i)) continue;
        counts[code]++;
        overflows |= __builtin_add_overflow(sums[code], x[i], &sums[code]);
    }
    return overflows;
}

void apus_group_squares(const double *x, const int32_t *codes, long n, double *means, double *squares,
                        long *counts) {
    for (long i = 0; i < n; i++) {
        int32_t code = codes[i];
        double value = x[i];
        if (code < 0 || value != value) continue;
        double before = means[code];
        means[code] += (value - before) / (double)++counts[code];
        squares[code] += (value - means[code]) * (value - before);
    }
}

void apus_group_extremes(const double *x, const int32_t *codes, long n, long *least, long *greatest) {
    for (long i = 0; i < n; i++) {
        int32_t code = codes[i];
        if (code < 0 || x[i] != x[i]) continue;
        if (least[code] < 0 || x[i] < x[least[code]]) least[code] = i;
        if (greatest[code] < 0 || x[i] > x[greatest[code]]) greatest[code] = i;
    }
}

void apus_group_int_extremes(const long *x, const uint64_t *missing, const int32_t *codes, long n,
                             long *least, long *greatest) {
    for (long i = 0; i < n; i++) {
        int32_t code = codes[i];
        if (code < 0 || is_missing(missing, i)) continue;
        if (least[code] < 0 || x[i] < x[least[code]]) least[code] = i;
        if (greatest[code] < 0 || x[i] > x[greatest[code]]) greatest[code] = i;
    }
}

void apus_code_counts(const int32_t *codes, long first, long last, long *counts) {
    for (long i = first; i < last; i++) {
        if (codes[i] >= 0) counts[codes[i]]++;
    }
}

void apus_code_rows(const int32_t *codes, long n, long *places, long *rows) {
    for (long i = 0; i < n; i++) {
        if (codes[i] >= 0) rows[places[codes[i]]++] = i;
    }
}

// MARK: Joins

long apus_join_count(const int32_t *codes, long first, long last, const long *starts, int keeps) {
    long total = 0;
    for (long i = first; i < last; i++) {
        long count = codes[i] < 0 ? 0 : starts[codes[i] + 1] - starts[codes[i]];
        total += count > 0 ? count : keeps;
    }
    return total;
}

void apus_join_fill(const int32_t *codes, long first, long last, const long *starts, const long *rows,
                    int keeps, long *left, long *right) {
    long at = 0;
    for (long i = first; i < last; i++) {
        long start = codes[i] < 0 ? 0 : starts[codes[i]];
        long end = codes[i] < 0 ? 0 : starts[codes[i] + 1];
        if (start == end && keeps) {
            left[at] = i;
            right[at++] = -1;
        }
        for (long k = start; k < end; k++) {
            left[at] = i;
            right[at++] = rows[k];
        }
    }
}

// MARK: Records

long apus_csv_records(const uint8_t *bytes, long n, uint8_t delimiter, uint8_t quote, int trims, int isEnd, long limit,
                      long *records, int *unclosed) {
    long p = 0, whole = 0, found = 0;
    *unclosed = 0;
    while (p < n && found < limit) {
        if (bytes[p] == '\n' || bytes[p] == '\r') {
            whole = ++p;
            continue;
        }
        int ended = 0;
        while (!ended) {
            // At the beginning of a field.
            while (trims && p < n && (bytes[p] == ' ' || (bytes[p] == '\t' && delimiter != '\t'))) p++;
            if (p < n && bytes[p] == quote) {
                p++;
                for (;;) {
                    const uint8_t *next = p < n ? memchr(bytes + p, quote, (size_t)(n - p)) : 0;
                    if (!next) {
                        *unclosed = 1;
                        *records = found;
                        return whole;
                    }
                    p = next - bytes + 1;
                    // A quote at the very end may be the first of two.
                    if (p == n && !isEnd) {
                        *records = found;
                        return whole;
                    }
                    if (p < n && bytes[p] == quote) {
                        p++;
                        continue;
                    }
                    break;
                }
            }
            while (p < n && bytes[p] != delimiter && bytes[p] != '\n' && bytes[p] != '\r') p++;
            if (p == n) {
                *records = found + (isEnd ? 1 : 0);
                return isEnd ? n : whole;
            }
            if (bytes[p] != delimiter) {
                // Whether a line feed follows a carriage return is not known yet.
                if (bytes[p] == '\r' && p + 1 == n && !isEnd) {
                    *records = found;
                    return whole;
                }
                p += bytes[p] == '\r' && p + 1 < n && bytes[p + 1] == '\n' ? 2 : 1;
                ended = 1;
            } else {
                p++;
            }
        }
        found++;
        whole = p;
    }
    *records = found;
    return whole;
}

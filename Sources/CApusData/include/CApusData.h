// The files of tables/, held inside the program so that it needs nothing beside it.
#ifndef APUS_CAPUSDATA_H
#define APUS_CAPUSDATA_H

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    apus_file_breast_cancer,
    apus_file_diabetes,
    apus_file_diabetes_raw,
    apus_file_digits,
    apus_file_iris,
    apus_file_wine,
    apus_file_sources,
    apus_file_license,
} apus_file;

// Number of bytes of a file.
size_t apus_file_size(apus_file file);

// Writes the bytes of a file to `destination`, which has room for all of them.
void apus_file_copy(apus_file file, uint8_t *destination);

#endif

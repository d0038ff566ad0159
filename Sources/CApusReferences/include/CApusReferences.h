// What the Python tools give for each section of the guide: Tests/Fixtures/guide, held inside the program.
#ifndef APUS_CAPUSREFERENCES_H
#define APUS_CAPUSREFERENCES_H

#include <stddef.h>
#include <stdint.h>

// Number of bytes of the JSON text for a section; 0 where there is none.
size_t apus_reference_size(int section);

// Writes the JSON text for a section to `destination`, which has room for all of it.
void apus_reference_copy(int section, uint8_t *destination);

#endif

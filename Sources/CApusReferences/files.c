#include "CApusReferences.h"

#include <string.h>

static const uint8_t section_1[] = {
#embed "../../Tests/Fixtures/guide/section-1.json"
};
static const uint8_t section_2[] = {
#embed "../../Tests/Fixtures/guide/section-2.json"
};
static const uint8_t section_3[] = {
#embed "../../Tests/Fixtures/guide/section-3.json"
};
static const uint8_t section_4[] = {
#embed "../../Tests/Fixtures/guide/section-4.json"
};
static const uint8_t section_5[] = {
#embed "../../Tests/Fixtures/guide/section-5.json"
};
static const uint8_t section_6[] = {
#embed "../../Tests/Fixtures/guide/section-6.json"
};
static const uint8_t section_7[] = {
#embed "../../Tests/Fixtures/guide/section-7.json"
};
static const uint8_t section_8[] = {
#embed "../../Tests/Fixtures/guide/section-8.json"
};
static const uint8_t section_9[] = {
#embed "../../Tests/Fixtures/guide/section-9.json"
};
static const uint8_t section_10[] = {
#embed "../../Tests/Fixtures/guide/section-10.json"
};
static const uint8_t section_11[] = {
#embed "../../Tests/Fixtures/guide/section-11.json"
};
static const uint8_t section_12[] = {
#embed "../../Tests/Fixtures/guide/section-12.json"
};
static const uint8_t section_13[] = {
#embed "../../Tests/Fixtures/guide/section-13.json"
};
static const uint8_t section_14[] = {
#embed "../../Tests/Fixtures/guide/section-14.json"
};

static const struct {
    const uint8_t *bytes;
    size_t size;
} sections[] = {
    [1] = {section_1, sizeof section_1},
    [2] = {section_2, sizeof section_2},
    [3] = {section_3, sizeof section_3},
    [4] = {section_4, sizeof section_4},
    [5] = {section_5, sizeof section_5},
    [6] = {section_6, sizeof section_6},
    [7] = {section_7, sizeof section_7},
    [8] = {section_8, sizeof section_8},
    [9] = {section_9, sizeof section_9},
    [10] = {section_10, sizeof section_10},
    [11] = {section_11, sizeof section_11},
    [12] = {section_12, sizeof section_12},
    [13] = {section_13, sizeof section_13},
    [14] = {section_14, sizeof section_14},
};

static const int count = sizeof sections / sizeof sections[0];

size_t apus_reference_size(int section) { return section >= 0 && section < count ? sections[section].size : 0; }

void apus_reference_copy(int section, uint8_t *destination) {
    size_t size = apus_reference_size(section);
    if (size) memcpy(destination, sections[section].bytes, size);
}

#include "CApusData.h"

#include <string.h>

static const uint8_t breast_cancer[] = {
#embed "tables/breast-cancer.csv"
};
static const uint8_t diabetes[] = {
#embed "tables/diabetes.csv"
};
static const uint8_t diabetes_raw[] = {
#embed "tables/diabetes-raw.csv"
};
static const uint8_t digits[] = {
#embed "tables/digits.csv"
};
static const uint8_t iris[] = {
#embed "tables/iris.csv"
};
static const uint8_t wine[] = {
#embed "tables/wine.csv"
};
static const uint8_t sources[] = {
#embed "tables/SOURCES.md"
};
static const uint8_t license[] = {
#embed "tables/LICENSE-scikit-learn.txt"
};

static const struct {
    const uint8_t *bytes;
    size_t size;
} files[] = {
    [apus_file_breast_cancer] = {breast_cancer, sizeof breast_cancer},
    [apus_file_diabetes] = {diabetes, sizeof diabetes},
    [apus_file_diabetes_raw] = {diabetes_raw, sizeof diabetes_raw},
    [apus_file_digits] = {digits, sizeof digits},
    [apus_file_iris] = {iris, sizeof iris},
    [apus_file_wine] = {wine, sizeof wine},
    [apus_file_sources] = {sources, sizeof sources},
    [apus_file_license] = {license, sizeof license},
};

size_t apus_file_size(apus_file file) { return files[file].size; }

void apus_file_copy(apus_file file, uint8_t *destination) { memcpy(destination, files[file].bytes, files[file].size); }

// Inner loops that gain from vector instructions beyond the platform's baseline. On x86-64 Linux each is compiled for
// several processors and the right one is chosen when the program starts; elsewhere there is the plain one.
#ifndef APUS_CAPUSKERNELS_H
#define APUS_CAPUSKERNELS_H

#include <stdint.h>

#include "CApusLinear.h"
#include "ApusForest.h"
#include "CApusBoosting.h"
#include "SVM.h"
#include "Neighbors.h"
#include "KMeansElkan.h"
#include "KMeansSeeding.h"
#include "Silhouette.h"
#include "SparseProduct.h"
#include "Frames.h"
#include "TreeShap.h"
#include "MaskedTrees.h"
#include "TreeWalk.h"

// For 16 rows at once the least of norms[j] + row · centres[j] over j < k, the next one, and where the least is.
//
// panel: d × 16, column q of all rows side by side; centres: k × d; norms: k; best, next and label: 16 each.
void apus_kmeans_nearest(const float *panel, const float *centres, const float *norms, long d, long k, float *best,
                         float *next, int32_t *label);

#endif

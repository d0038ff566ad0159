/// Classes as clusters of points around the corners of a hypercube, with features that repeat them, combine them or tell
/// nothing.
///
///     let sample = try makeClassification(nSamples: 1000, weights: [0.9], seed: 42)
///     sample.y.counts    // about 900 and 100
///
/// As scikit-learn's `make_classification` with `random_state=seed`: labels and what is drawn have the same bits;
/// informative and redundant features pass through a matrix product and agree to a relative 1e-12.
///
/// - Parameters:
///   - nSamples: Number of rows, at least 1; default 100.
///   - nFeatures: Number of columns, at least 1; those beyond the following three are noise; default 20.
///   - nInformative: Number of features in which the clusters lie, at least 1; default 2.
///   - nRedundant: Number of features that are random combinations of the informative ones; default 2.
///   - nRepeated: Number of features that repeat an informative or redundant one; default 0.
///   - nClasses: Number of classes, at least 1; default 2.
///   - nClustersPerClass: Number of clusters of a class; there are at most 2^nInformative clusters; default 2.
///   - weights: The share of rows of each class; the last may be left out; nil for equal shares; default nil.
///   - flipY: The part of the rows that get a label by chance, 0 to 1; default 0.01.
///   - classSep: Half the side of the hypercube, above 0; default 1.
///   - hypercube: Whether clusters lie on the corners of a hypercube; else of a random box; default true.
///   - shift: What is added to all features or to each; nil to draw it up to `classSep` either way; default 0.
///   - scale: What all features or each are then multiplied by, above 0; nil to draw it from 1 to 101; default 1.
///   - shuffle: Whether rows and columns are put in random order; default true.
///   - seed: The seed of every draw; default 0.
/// - Returns: The features and the classes.
/// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal, or two of them contradict.
/// - Complexity: O(nSamples · (nFeatures + nInformative²)).
public func makeClassification(
    nSamples: Int = 100, nFeatures: Int = 20, nInformative: Int = 2, nRedundant: Int = 2, nRepeated: Int = 0,
    nClasses: Int = 2, nClustersPerClass: Int = 2, weights: [Double]? = nil, flipY: Double = 0.01, classSep: Double = 1,
    hypercube: Bool = true, shift: OneOrEach? = 0, scale: OneOrEach? = 1, shuffle: Bool = true, seed: UInt32 = 0
) throws -> ClassificationSample {
    var generator = ClassificationGenerator()
    generator.nSamples = nSamples
    generator.nFeatures = nFeatures
    generator.nInformative = nInformative
    generator.nRedundant = nRedundant
    generator.nRepeated = nRepeated
    generator.nClasses = nClasses
    generator.nClustersPerClass = nClustersPerClass
    generator.weights = weights
    generator.flipY = flipY
    generator.classSep = classSep
    generator.hypercube = hypercube
    generator.shift = shift
    generator.scale = scale
    generator.shuffle = shuffle
    return try generator.generate(seed: seed)
}

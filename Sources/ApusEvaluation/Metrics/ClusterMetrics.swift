import ApusCore

/// How far two groupings of the same rows agree beyond chance: 1 for the same groups, about 0 for unrelated ones, at least
/// -0.5. What the groups are called does not matter, and neither does the order of the two.
///
/// - Parameters:
///   - first: n labels, such as true classes.
///   - second: n labels, such as clusters.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
/// - Complexity: O(n + K·L) for K and L groups.
///
/// Source: L. Hubert and P. Arabie, "Comparing partitions", Journal of Classification 2 (1985).
public func adjustedRandScore(_ first: Labels, _ second: Labels) throws -> Double {
    guard first.count == second.count else {
        throw ApusError(
            .shapeMismatch,
            "There are \(first.count) labels in one grouping and \(second.count) in the other; both must group the same "
                + "rows.")
    }
    guard first.count > 0 else {
        throw ApusError(.invalidInput, "There are no labels to compare; at least one row is needed.")
    }
    let (a, b) = (first.compacted, second.compacted)
    var joint: [Int: Int] = [:]
    for (i, j) in zip(a.codes, b.codes) { joint[i * b.classes.count + j, default: 0] += 1 }
    func squares(_ counts: [Int]) -> Int128 { counts.reduce(0) { $0 + Int128($1) * Int128($1) } }

    // Ordered pairs of different rows, by whether each grouping puts them together. Whole numbers: nothing cancels.
    let both = squares(Array(joint.values))
    let rows = Int128(first.count)
    let together = both - rows
    let onlySecond = squares(b.counts) - both
    let onlyFirst = squares(a.counts) - both
    let apart = rows * rows - onlyFirst - onlySecond - both
    if onlyFirst == 0, onlySecond == 0 { return 1 }
    let numerator = together * apart - onlyFirst * onlySecond
    let denominator =
        (together + onlyFirst) * (onlyFirst + apart) + (together + onlySecond) * (onlySecond + apart)
    return 2 * Double(numerator) / Double(denominator)
}

/// How well rows sit in their groups: the mean over rows of (b - a) / max(a, b), where a is the mean distance to the other
/// rows of the own group and b the smallest mean distance to the rows of another group; from -1 to 1. A row that is alone
/// in its group counts 0.
///
/// - Parameters:
///   - x: n × d, one sample a row; distances are Euclidean.
///   - labels: n groups, at least 2 different ones and fewer than n.
///   - sampleSize: How many rows to draw and compare, without replacement; nil for all.
///   - seed: The seed of that draw.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`; `undefined` when there are too few or too many
///   groups.
/// - Complexity: O(n²·d) time over all cores, O(n·d) memory.
///
/// Source: P. Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20 (1987).
public func silhouetteScore(
    _ x: Matrix, _ labels: Labels, sampleSize: Int? = nil, seed: UInt32 = 0
) throws -> Double {
    try labels.check(rows: x.rows)
    var (rows, groups) = (x, labels)
    if let sampleSize {
        guard (2...max(2, x.rows)).contains(sampleSize), x.rows >= 2 else {
            throw ApusError(
                .invalidParameter,
                "sampleSize is \(sampleSize), but it must be from 2 to the number of rows, \(x.rows).")
        }
        var random = RandomState(seed: seed)
        let drawn = Array(random.permutation(x.rows).prefix(sampleSize))
        (rows, groups) = (x.selecting(rows: drawn), labels.selecting(rows: drawn))
    }
    let samples = try silhouetteSamples(rows, groups)
    return pairwiseSum(samples.indices) { samples[$0] } / Double(samples.count)
}

/// How well each row sits in its group: (b - a) / max(a, b), where a is its mean distance to the other rows of its group
/// and b the smallest mean distance to the rows of another group; from -1 to 1, and 0 for a row that is alone in its group.
///
/// - Parameters:
///   - x: n × d, one sample a row; distances are Euclidean.
///   - labels: n groups, at least 2 different ones and fewer than n.
/// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`; `undefined` when there are too few or too many
///   groups.
/// - Complexity: O(n²·d) time over all cores, O(n·d) memory.
public func silhouetteSamples(_ x: Matrix, _ labels: Labels) throws -> [Double] {
    try x.checkUsable()
    try labels.check(rows: x.rows)
    let groups = labels.compacted
    let count = groups.classes.count
    guard count >= 2, count < x.rows else {
        throw ApusError(
            .undefined,
            "Silhouettes are not defined for \(count) group\(count == 1 ? "" : "s") of \(x.rows) rows; there must be "
                + "at least 2 groups and fewer than rows.")
    }
    let samples = SilhouetteKernel.samples(x, codes: groups.codes, sizes: groups.counts)
    guard samples.allSatisfy(\.isFinite) else {
        throw ApusError(.numericalFailure, "The squared distances between rows overflow; scale the columns down.")
    }
    return samples
}

import ApusCore

extension DataFrame {
    /// Random rows, the same that pandas' `sample` draws with `random_state=seed`.
    ///
    /// - Parameters:
    ///   - count: How many; without replacement at most as many as there are.
    ///   - replacement: Whether a row can be drawn again.
    ///   - weights: A column with the weights of the rows, which need not add up to 1; missing ones count as 0. All the
    ///     same when nil.
    ///   - seed: What decides on the rows.
    /// - Throws: `ApusError` with code `invalidParameter` when there are not that many rows to draw, `invalidInput` when
    ///   weights are negative, infinite or too few above zero, and `unknownName`.
    public func sample(
        _ count: Int, replacement: Bool = false, weights: String? = nil, seed: UInt32 = 0
    ) throws -> DataFrame {
        guard count >= 0, count == 0 || rowCount > 0, replacement || count <= rowCount else {
            throw ApusError(
                .invalidParameter,
                "\(count) rows cannot be drawn out of \(rowCount)\(replacement ? "" : " without replacement"); draw fewer"
                    + (rowCount > 0 && !replacement ? ", or with replacement." : "."))
        }
        guard count > 0 else { return picking([]) }
        var random = RandomState(seed: seed)
        guard let weights else {
            return picking(
                replacement
                    ? random.choice(rowCount, count: count)
                    : random.choiceWithoutReplacement(rowCount, count: count))
        }
        let raw = try self[weights].numbers().map { $0.isNaN ? 0 : $0 }
        if let row = raw.firstIndex(where: { $0 < 0 || $0.isInfinite }) {
            throw ApusError(
                .invalidInput, "The weight \(raw[row]) in row \(row) is negative or infinite; weights are neither.")
        }
        let total = ColumnKernel.pairwise(raw)
        let possible = raw.count { $0 > 0 }
        guard total > 0, total.isFinite, replacement || possible >= count else {
            throw ApusError(
                .invalidInput,
                "Column “\(weights)” has \(possible) weights above zero, and \(count) different rows are to be drawn; "
                    + "draw fewer.")
        }
        let shares = raw.map { $0 / total }
        return picking(
            replacement
                ? random.choice(probabilities: shares, count: count)
                : random.choiceWithoutReplacement(probabilities: shares, count: count))
    }

    /// A share of the rows, at random, the same that pandas' `sample(frac=)` draws.
    ///
    /// - Parameters:
    ///   - fraction: The share, at least 0, and at most 1 without replacement; the number of rows is rounded, halves to
    ///     the even one.
    ///   - replacement: Whether a row can be drawn again.
    ///   - seed: What decides on the rows.
    /// - Throws: `ApusError` with code `invalidParameter`.
    public func sample(fraction: Double, replacement: Bool = false, seed: UInt32 = 0) throws -> DataFrame {
        guard fraction >= 0, fraction * Double(rowCount) < 1e15 else {
            throw ApusError(.invalidParameter, "The share of rows is \(fraction), but it must be at least 0; give one.")
        }
        return try sample(
            Int((fraction * Double(rowCount)).rounded(.toNearestOrEven)), replacement: replacement, seed: seed)
    }

    /// The rows in two parts at random, with `fraction` of them, rounded, in the first.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when the share is not within 0 and 1.
    public func randomSplit(by fraction: Double, seed: UInt32 = 0) throws -> (DataFrame, DataFrame) {
        guard fraction >= 0, fraction <= 1 else {
            throw ApusError(.invalidParameter, "The share of rows is \(fraction); it must be within 0 and 1.")
        }
        var random = RandomState(seed: seed)
        let order = random.permutation(rowCount)
        let first = Int((fraction * Double(rowCount)).rounded(.toNearestOrEven))
        return (picking(Array(order[..<first])), picking(Array(order[first...])))
    }
}

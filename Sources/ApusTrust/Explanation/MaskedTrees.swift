import ApusCore

/// Trees that are asked about coalitions of features without making the rows: for models whose answers are what their trees
/// add up to.
struct MaskedTrees: Sendable {
    private let ensemble: TreeEnsemble
    private let background: Background
    /// The rows of the background as the trees compare them.
    private let others: Matrix

    /// The most coalitions that are walked at a time: their sums stay in the cache.
    private static let most = 1536

    init(_ ensemble: TreeEnsemble, background: Background) {
        self.ensemble = ensemble
        self.background = background
        others = Self.compared(background.rows, by: ensemble)
    }

    private static func compared(_ x: Matrix, by ensemble: TreeEnsemble) -> Matrix {
        let codes = ensemble.encoded(x)
        guard ensemble.isSingle else { return codes }
        return Matrix(rows: codes.rows, columns: codes.columns, values: codes.values.map { Double(Float($0)) })
    }

    /// What the model says of a row for each coalition, on average over the background: coalitions × outputs.
    ///
    /// - Parameters:
    ///   - row: d numbers.
    ///   - count: How many coalitions there are.
    ///   - features: The columns of the features that coalitions are made of; other columns come from the background.
    ///   - contains: Whether coalition `i` has the feature at place `k` of `features`.
    func outputs(
        _ row: [Double], coalitions count: Int, of features: [[Int]], _ contains: @Sendable (Int, Int) -> Bool
    ) -> Matrix {
        let known = Self.compared(Matrix(rows: 1, columns: row.count, values: row), by: ensemble).values
        var places = [Int32](repeating: -1, count: row.count)
        for (place, columns) in features.enumerated() {
            for column in columns { places[column] = Int32(place) }
        }
        // Parts of one size, of whole words.
        let parts = max(1, (count + Self.most - 1) / Self.most)
        let size = ((count + parts - 1) / parts + 63) / 64 * 64
        let blocks = Parallel.blocks(of: count, size: max(64, size))
        let sums = Parallel.map(blocks.count) { [places] block in
            let start = blocks[block].lowerBound
            let coalitions = MaskedTreeKernel.Coalitions(count: blocks[block].count, features: features.count) {
                contains(start + $0, $1)
            }
            return MaskedTreeKernel.means(
                ensemble.trees, known, others: others, weights: background.weights, features: places,
                coalitions: coalitions, outputs: ensemble.width)
        }
        var values: [Double] = []
        values.reserveCapacity(count * ensemble.outputNames.count)
        for (k, sum) in sums.lazy.joined().enumerated() {
            let value = sum + ensemble.offsets[k % ensemble.width]
            if ensemble.isMirrored { values.append(1 - value) }
            values.append(value)
        }
        return Matrix(rows: count, columns: ensemble.outputNames.count, values: values)
    }
}

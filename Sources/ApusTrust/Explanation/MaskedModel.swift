import ApusCore

/// A model that is asked about coalitions of features: those that are in it come from a row, the others from the background.
struct MaskedModel: Sendable {
    let function: ModelFunction
    let background: Background
    /// The columns of each feature, which are known or not known together.
    let groups: [[Int]]
    let featureNames: [String]
    /// What the model says of the background: one number an output.
    let base: [Double]
    /// The model as trees, if it is nothing else: they are asked without making rows.
    private let trees: MaskedTrees?

    /// The most numbers of rows that the model is asked about at a time.
    private static let most = 1 << 19

    init(_ function: ModelFunction, background: Background, groups: [[Int]]?, featureNames: [String]?) throws {
        try checkBackground(background.rows, features: function.featureCount)
        let groups = groups ?? (0..<function.featureCount).map { [$0] }
        guard groups.flatMap(\.self).sorted() == Array(0..<function.featureCount) else {
            throw ApusError(
                .invalidParameter,
                "The groups must name each of the \(function.featureCount) columns exactly once.")
        }
        self.function = function
        self.background = background
        self.groups = groups
        self.featureNames = try checkedNames(featureNames, count: groups.count)
        trees = function.trees.map { MaskedTrees($0, background: background) }
        let outputs = try function(background.rows)
        base = (0..<outputs.columns).map { k in
            background.weights.indices.reduce(0) { $0 + background.weights[$1] * outputs[$1, k] }
        }
    }

    /// The features of a row that differ from some row of the background; the others have no effect.
    func varying(_ row: [Double]) -> [Int] {
        groups.indices.filter { feature in
            groups[feature].contains { column in
                (0..<background.rows.rows).contains { k in
                    let value = background.rows[k, column]
                    return value != row[column] && !(value.isNaN && row[column].isNaN)
                }
            }
        }
    }

    /// What the model says of a row for each coalition, on average over the background: coalitions × outputs.
    ///
    /// - Parameters:
    ///   - row: d numbers.
    ///   - count: How many coalitions there are.
    ///   - features: The features that coalitions are made of; the others come from the background.
    ///   - contains: Whether coalition `i` has the feature at place `k` of `features`.
    func outputs(
        _ row: [Double], coalitions count: Int, of features: [Int], _ contains: @Sendable (Int, Int) -> Bool
    ) throws -> Matrix {
        if let trees {
            return trees.outputs(row, coalitions: count, of: features.map { groups[$0] }, contains)
        }
        let (m, d) = (background.rows.rows, function.featureCount)
        let width = base.count
        let blocks = Parallel.blocks(of: count, size: max(1, MaskedModel.most / (m * max(1, d))))
        let parts = try Parallel.tryMap(blocks.count) { block -> [Double] in
            let coalitions = blocks[block]
            let x = Matrix(rows: coalitions.count * m, columns: d) { values in
                for (place, coalition) in coalitions.enumerated() {
                    let start = place * m * d
                    values.replaceSubrange(start..<start + m * d, with: background.rows.values)
                    for k in features.indices where contains(coalition, k) {
                        for column in groups[features[k]] {
                            for i in 0..<m { values[start + i * d + column] = row[column] }
                        }
                    }
                }
            }
            let answers = try function(x)
            var means = [Double](repeating: 0, count: coalitions.count * width)
            for place in 0..<coalitions.count {
                for i in 0..<m {
                    for k in 0..<width {
                        means[place * width + k] += background.weights[i] * answers.values[(place * m + i) * width + k]
                    }
                }
            }
            return means
        }
        return Matrix(rows: count, columns: width, values: parts.flatMap(\.self))
    }

    /// An explanation from the values of each row, each outputs × features.
    func explanation(_ values: [[Double]], outputs: Matrix, method: String) throws -> Explanation {
        try Explanation(
            featureNames: featureNames, outputNames: function.outputNames, unit: function.unit, method: method,
            bases: sameRows(base, rows: outputs.rows), outputs: outputs, values: values.flatMap(\.self))
    }
}

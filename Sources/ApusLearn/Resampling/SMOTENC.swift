import ApusCore

/// SMOTE for rows with categories beside numbers: new rows take their categories from their neighbours.
///
/// Categories are written as numbers, one column each. To find neighbours, two different categories count as far apart as
/// the median of the standard deviations of the class's numeric columns. The numbers of a new row lie between a row and one
/// of its neighbours, as in `SMOTE`; each category is the one most frequent among the neighbours of the row, one of them at
/// random where several are. For the same seed the rows are imbalanced-learn's.
///
/// Source: N. V. Chawla et al., "SMOTE: synthetic minority over-sampling technique" (2002), section 6.1.
public struct SMOTENC: Resampler {
    /// `smotenc`.
    public static let catalogName = "smotenc"
    /// New rows have no weights.
    public static let traits = EstimatorTraits(usesWeights: false)

    /// The columns that hold categories, counted from 0: some, but not all.
    public var categoricalFeatures: ColumnIndices
    /// Which classes get rows, and how many; default: all but the largest, up to its size.
    public var samplingStrategy: SamplingStrategy
    /// How many neighbours a row has, at least 1; default 5.
    public var kNeighbors: Int
    /// The seed; default 0. Every class begins with it anew.
    public var seed: UInt32

    /// A resampler for rows with the given columns of categories.
    public init(
        categoricalFeatures: ColumnIndices, samplingStrategy: SamplingStrategy = .auto, kNeighbors: Int = 5,
        seed: UInt32 = 0
    ) {
        self.categoricalFeatures = categoricalFeatures
        self.samplingStrategy = samplingStrategy
        self.kNeighbors = kNeighbors
        self.seed = seed
    }

    /// A resampler that does not know yet which columns hold categories; `fitResample` asks for them.
    public init() { self.init(categoricalFeatures: []) }

    /// Every parameter with its legal values.
    public static let parameters: [Parameter<SMOTENC>] = [
        Parameter(
            "categoricalFeatures", \.categoricalFeatures, .optional(.text),
            "The columns that hold categories, counted from 0, such as 0,3."),
        Parameter(
            "samplingStrategy", \.samplingStrategy, SamplingStrategy.legalValues,
            "Which classes get new rows, and how many."),
        Parameter("kNeighbors", \.kNeighbors, .atLeast(1), "How many neighbours a row has."),
        Parameter("seed", \.seed, .seed, "The seed of the random generator."),
    ]

    /// The rows and new ones for small classes.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `invalidInput`, also when a class has no more rows than
    ///   `kNeighbors`, or when all columns hold categories or none does.
    /// - Complexity: O(m²·d) for a class of m rows.
    public func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled {
        try check(x, y)
        try categoricalFeatures.check(columns: x.columns, of: "categoricalFeatures")
        let columns = MixedColumns(x, categorical: categoricalFeatures.indices)
        guard !columns.categorical.isEmpty, !columns.continuous.isEmpty else {
            throw ApusError(
                .invalidParameter,
                columns.categorical.isEmpty
                    ? "categoricalFeatures is empty, but SMOTENC needs columns of categories; name them or use SMOTE."
                    : "categoricalFeatures names every column, but SMOTENC needs numbers too; use random over-sampling."
            )
        }
        let targets = try samplingStrategy.targets(y, .over)
        var result = try SyntheticRows(x, y, adding: targets)
        for target in targets where target.rows > 0 {
            let members = y.rows(of: target.code)
            try checkMembers(
                members.count, of: y.classes.names[target.code], parameter: "kNeighbors", neighbors: kNeighbors)
            let own = x.selecting(rows: members)
            let distance = columns.medianDeviation(own)
            let encoded = NeighborSearch.Rows.sparse(
                try columns.encoded(own, level: distance / 2.0.squareRoot()))
            let neighbors = try NeighborColumns(of: encoded, among: encoded, kNeighbors)
            let draws = SyntheticDraws(target.rows, queries: own.rows, width: kNeighbors, seed: seed)
            var rows = Matrix(rows: target.rows, columns: x.columns)
            for place in 0..<target.rows {
                let (start, step) = (draws.queries[place], draws.steps[place])
                let end = neighbors.place(start, draws.columns[place])
                for j in columns.continuous {
                    rows[place, j] = own[start, j] + step * (own[end, j] - own[start, j])
                }
            }
            var random = RandomState(seed: seed)
            // Where numbers do not vary, levels are told apart as they are.
            let weight = distance == 0 ? 1 : distance / 2.0.squareRoot()
            for feature in columns.categorical.indices {
                let levels = columns.mostFrequent(
                    feature, of: own, draws.queries, neighbors, weight: weight, random: &random)
                for place in 0..<target.rows { rows[place, columns.categorical[feature]] = levels[place] }
            }
            result.add(target.code, rows: rows.values, repeating: nil)
        }
        return try result.finished()
    }
}

/// Columns of numbers and columns of categories, and how rows of both are compared.
private struct MixedColumns {
    /// The columns of numbers, ascending.
    let continuous: [Int]
    /// The columns of categories, ascending.
    let categorical: [Int]
    /// The categories of each of them, ascending.
    let levels: [[Double]]
    private let places: [[Double: Int]]

    init(_ x: Matrix, categorical: [Int]) {
        self.categorical = categorical
        let isCategorical = Set(categorical)
        continuous = (0..<x.columns).filter { !isCategorical.contains($0) }
        levels = categorical.map { Set(x.column($0)).sorted() }
        places = levels.map { Dictionary(uniqueKeysWithValues: zip($0, 0...)) }
    }

    /// The median over the numeric columns of the standard deviation (ddof 0): two passes with a correction for rounding,
    /// zeros counted all at once, as in scikit-learn's statistics of sparse columns.
    func medianDeviation(_ x: Matrix) -> Double {
        let n = Double(x.rows)
        let deviations = continuous.map { j in
            let column = x.column(j).filter { $0 != 0 }
            let mean = column.reduce(0, +) / n
            var (correction, variance) = (0.0, 0.0)
            for value in column {
                let distance = value - mean
                correction += distance
                variance += distance * distance
            }
            let zeros = n - Double(column.count)
            if zeros > 0 {
                correction -= zeros * mean
                variance += zeros * (mean * mean)
            }
            return max(0, (variance - correction * correction / n) / n).squareRoot()
        }.sorted()
        let middle = deviations.count / 2
        return deviations.count % 2 == 1 ? deviations[middle] : (deviations[middle - 1] + deviations[middle]) / 2
    }

    /// The numbers, then a column for each category, which is `level` or 0.
    func encoded(_ x: Matrix, level: Double) throws -> SparseMatrix {
        var offsets = [0]
        var columns: [Int32] = []
        var values: [Double] = []
        for row in 0..<x.rows {
            for (place, j) in continuous.enumerated() where x[row, j] != 0 {
                columns.append(Int32(truncatingIfNeeded: place))
                values.append(x[row, j])
            }
            var first = continuous.count
            for (feature, j) in categorical.enumerated() {
                columns.append(Int32(truncatingIfNeeded: first + (places[feature][x[row, j]] ?? 0)))
                values.append(level)
                first += levels[feature].count
            }
            offsets.append(values.count)
        }
        let width = continuous.count + levels.reduce(0) { $0 + $1.count }
        return try SparseMatrix(
            rows: x.rows, columns: width, rowOffsets: offsets, columnIndices: columns, values: values)
    }

    /// For each query the category most frequent among its neighbours, ties drawn.
    ///
    /// - Parameter weight: What a category counts, so that sums differ only where the reference's do.
    func mostFrequent(
        _ feature: Int, of x: Matrix, _ queries: [Int], _ neighbors: NeighborColumns, weight: Double,
        random: inout RandomState
    ) -> [Double] {
        let column = x.column(categorical[feature]).map { places[feature][$0] ?? 0 }
        var sums = [0.0]
        for _ in 0..<neighbors.width { sums.append(sums[sums.count - 1] + weight) }
        // Every (query, category) pair that could be taken, in order; the order of a shuffle then decides.
        var candidates: [(query: Int, level: Int)] = []
        var counts = [Int](repeating: 0, count: levels[feature].count)
        for (place, query) in queries.enumerated() {
            for level in counts.indices { counts[level] = 0 }
            for k in 0..<neighbors.width { counts[column[neighbors.place(query, k)]] += 1 }
            let most = sums[counts.max() ?? 0]
            for level in counts.indices where (sums[counts[level]] - most).magnitude <= 1e-8 + 1e-5 * most {
                candidates.append((place, level))
            }
        }
        var taken = [Double?](repeating: nil, count: queries.count)
        for candidate in random.permutation(candidates.count) {
            let (place, level) = candidates[candidate]
            if taken[place] == nil { taken[place] = levels[feature][level] }
        }
        return taken.map { $0 ?? levels[feature][0] }
    }
}

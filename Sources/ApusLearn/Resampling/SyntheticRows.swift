import ApusCore

/// The rows that were there, followed by those that a resampler makes up: what all of them write into.
struct SyntheticRows {
    private var values: [Double]
    private var codes: [Int]
    private var sources: [Int?]
    private let y: Labels
    private let columns: Int
    private var remarks: [String] = []

    /// Begins with the given rows.
    ///
    /// - Parameter added: How many rows will be added at most.
    /// - Throws: `ApusError` with code `invalidInput` when they would not fit into memory.
    init(_ x: Matrix, _ y: Labels, adding targets: [SamplingStrategy.Target]) throws {
        let added = targets.reduce(0.0) { $0 + Double($1.rows) }
        // A row and what is drawn and kept to make it.
        try Memory.check(
            (Double(x.rows) + added) * (Double(x.columns) * 8 + 56),
            "Resampling to \(Int(min(Double(x.rows) + added, 1e18))) rows", "ask for fewer rows in samplingStrategy")
        let rows = x.rows + Int(added)
        self.y = y
        columns = x.columns
        values = []
        values.reserveCapacity(rows * x.columns)
        values.append(contentsOf: x.values)
        codes = []
        codes.reserveCapacity(rows)
        codes.append(contentsOf: y.codes)
        sources = []
        sources.reserveCapacity(rows)
        sources.append(contentsOf: (0..<x.rows).map { Optional($0) })
    }

    /// Adds rows of a class, on the way from `start` to `end`: start + step · (end - start).
    ///
    /// - Parameters:
    ///   - code: The class.
    ///   - starts: The places in `start` of the rows to begin at.
    ///   - ends: The places in `end` of the rows to go towards.
    ///   - steps: How far to go, 0 to 1.
    ///   - shares: What the way is multiplied by beforehand; nil leaves it.
    mutating func add(
        _ code: Int, from starts: [Int], of start: Matrix, to ends: [Int], of end: Matrix, steps: [Double],
        shares: [Double]? = nil
    ) {
        let width = columns
        let (from, to) = (start.values, end.values)
        for place in starts.indices {
            let (a, b, step) = (starts[place] * width, ends[place] * width, steps[place])
            if let shares {
                let share = shares[place]
                for j in 0..<width { values.append(from[a + j] + step * ((to[b + j] - from[a + j]) * share)) }
            } else {
                for j in 0..<width { values.append(from[a + j] + step * (to[b + j] - from[a + j])) }
            }
        }
        label(code, starts.count, nil)
    }

    /// Adds finished rows of a class.
    ///
    /// - Parameter known: The rows that they repeat; nil for new ones.
    mutating func add(_ code: Int, rows: [Double], repeating known: [Int]?) {
        values.append(contentsOf: rows)
        label(code, rows.count / columns, known)
    }

    private mutating func label(_ code: Int, _ count: Int, _ known: [Int]?) {
        codes.append(contentsOf: repeatElement(code, count: count))
        if let known {
            sources.append(contentsOf: known.map { Optional($0) })
        } else {
            sources.append(contentsOf: repeatElement(nil, count: count))
        }
    }

    /// Adds a sentence for people.
    mutating func remark(_ text: String) { remarks.append(text) }

    /// All rows.
    consuming func finished() throws -> Resampled {
        let labels = try Labels(codes: codes, classes: y.classes)
        return Resampled(
            x: Matrix(rows: codes.count, columns: columns, values: values), y: labels, sources: sources,
            remarks: remarks)
    }
}

/// The neighbours of rows among rows, as an imbalanced-learn sampler sees them: one more than asked for is searched, and
/// the first of each list is left out, whatever it is. Mostly that is the row itself.
struct NeighborColumns {
    /// How many neighbours each row has.
    let width: Int
    private let places: [Int32]

    /// The neighbours of `queries` among `rows`.
    ///
    /// - Parameter neighbors: How many; there must be more rows than that.
    /// - Throws: `ApusError` with code `invalidParameter` or `numericalFailure`.
    init(of queries: NeighborSearch.Rows, among rows: NeighborSearch.Rows, _ neighbors: Int) throws {
        try checkCancellation()
        width = neighbors
        let search = try NeighborSearch(rows, neighbors: neighbors + 1, settings: NeighborSearch.Settings())
        places = try search.nearest(queries, neighbors + 1).places
    }

    /// Neighbour `column` of a query.
    func place(_ query: Int, _ column: Int) -> Int { Int(places[query * (width + 1) + column + 1]) }
}

extension Resampler {
    /// Throws unless a class has more rows than neighbours are searched.
    func checkMembers(_ count: Int, of name: String, parameter: String, neighbors: Int) throws {
        guard count <= neighbors else { return }
        let remedy =
            count > 1 ? "lower \(parameter) to \(count - 1) at most" : "use random over-sampling, which needs none"
        throw ApusError(
            .invalidInput,
            "Class \(name) has only \(count) row\(count == 1 ? "" : "s"), but \(parameter) is \(neighbors) and a row is "
                + "no neighbour of itself; \(remedy), or take more rows of the class.")
    }

    /// Throws unless there are more rows than neighbours are searched.
    func checkRows(_ count: Int, parameter: String, neighbors: Int) throws {
        guard count <= neighbors else { return }
        throw ApusError(
            .invalidParameter,
            "\(parameter) is \(neighbors), but a row of \(count) has only \(count - 1) others; lower it or take more rows."
        )
    }
}

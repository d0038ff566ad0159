import ApusCore

extension NeighborSearch {
    /// Puts rows and settings into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(.string(algorithm.rawValue), as: "usedAlgorithm")
        settings.encode(into: &archive)
        switch rows {
        case .dense(let x): archive.store(x, as: "rows")
        case .sparse(let x):
            archive.store(x.rowOffsets, as: "rowOffsets")
            archive.store(x.columnIndices, as: "columnIndices")
            archive.store(x.values, as: "values")
            archive.store(.int(x.columns), as: "columns")
        }
    }

    /// Takes rows and settings out of an archive, and prepares the search anew.
    init(from archive: ModelArchive) throws {
        var settings = try Settings(from: archive)
        let algorithm = settings.algorithm
        guard let used = NeighborAlgorithm(parameterValue: try archive.attribute("usedAlgorithm")), used != .auto else {
            throw archive.damaged("the kind of search is unknown")
        }
        let rows: Rows
        if archive.tensors["rows"] != nil {
            rows = .dense(try archive.matrix("rows"))
        } else {
            do {
                rows = .sparse(
                    try SparseMatrix(
                        rows: max(0, archive.ints("rowOffsets").count - 1),
                        columns: archive.int("columns", in: 1...Int(Int32.max)),
                        rowOffsets: archive.ints("rowOffsets"), columnIndices: archive.int32s("columnIndices"),
                        values: archive.doubles("values")))
            } catch let error as ApusError where error.code == .shapeMismatch {
                throw archive.damaged("the sparse rows do not fit together")
            }
        }
        guard rows.count > 0, rows.columns > 0 else { throw archive.damaged("there are no rows to search") }
        // What `auto` was decided to be is kept: it depended on the number of neighbours.
        settings.algorithm = used
        do {
            let made = try NeighborSearch(rows, neighbors: nil, settings: settings)
            settings.algorithm = algorithm
            self.init(made, settings: settings)
        } catch let error as ApusError where error.code != .unreadableModel {
            throw archive.damaged("the search cannot be made: \(error.message)")
        }
    }
}

extension NeighborSearch.Settings {
    /// Puts the settings into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(algorithm.parameterValue, as: "algorithm")
        archive.store(.int(leafSize), as: "leafSize")
        archive.store(metric.parameterValue, as: "metric")
        archive.store(.double(p), as: "p")
    }

    /// Takes settings out of an archive.
    init(from archive: ModelArchive) throws {
        guard let algorithm = NeighborAlgorithm(parameterValue: try archive.attribute("algorithm")),
            let metric = NeighborMetric(parameterValue: try archive.attribute("metric"))
        else { throw archive.damaged("the kind of search is unknown") }
        self.init(
            algorithm: algorithm, leafSize: try archive.int("leafSize", in: 1...Int.max), metric: metric,
            p: try archive.double("p"))
        guard p > 0 else { throw archive.damaged("the power of the metric is not positive") }
    }
}

import ApusCore

/// Changes how many rows each class has: adds rows to small classes or takes rows from large ones.
///
///     let more = try SMOTE(kNeighbors: 5).fitResample(x, y)
///     more.x.rows              // the rows of x, then the new ones
///     more.y.counts            // as many of each class as of the largest
///
/// A resampler is for training rows alone: what is judged or predicted keeps its classes as they are. In a pipeline, such
/// as `SMOTE().then(SVC())`, it works while the pipeline is fitted and nothing of it is left in the fitted model.
public protocol Resampler: Estimator {
    /// The rows with other numbers of each class.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels, of at least two classes.
    /// - Returns: The new rows, their labels, and where each comes from.
    /// - Throws: `ApusError` for illegal parameters or data; `CancellationError` when the task is cancelled.
    func fitResample(_ x: Matrix, _ y: Labels) throws -> Resampled
}

/// Rows after resampling.
public struct Resampled: Sendable, Equatable {
    /// The rows.
    public let x: Matrix
    /// Their labels, with the classes of the labels that went in.
    public let y: Labels
    /// For each row the row it was before; nil where it is new.
    public let sources: [Int?]
    /// What did not come out as one may expect, in sentences; mostly none.
    public let remarks: [String]

    init(x: Matrix, y: Labels, sources: [Int?], remarks: [String] = []) {
        self.x = x
        self.y = y
        self.sources = sources
        self.remarks = remarks
    }

    /// Some of the rows, in the given order; a row may occur several times.
    init(selecting rows: [Int], of x: Matrix, _ y: Labels) {
        self.init(x: x.selecting(rows: rows), y: y.selecting(rows: rows), sources: rows)
    }

    /// Sample weights for the rows after resampling: those of the rows that they were.
    ///
    /// - Parameter weights: A weight for each row that went in.
    /// - Throws: `ApusError` with code `invalidInput` when there are new rows, for which no weight is known.
    public func carried(_ weights: [Double]) throws -> [Double] {
        try sources.map { source in
            guard let source else {
                throw ApusError(
                    .invalidInput,
                    "There are sample weights, but rows that a resampler made up have none; leave out the weights or the "
                        + "resampler.")
            }
            return weights[source]
        }
    }
}

extension Resampler {
    /// Throws unless parameters, rows and labels can be used.
    func check(_ x: Matrix, _ y: Labels) throws {
        try validateParameters()
        try x.checkUsable(allowsNaN: Self.traits.allowsMissing)
        try y.check(rows: x.rows, minimumClasses: 2)
    }
}

import ApusCore
import ApusFrame

extension DataFrame {
    /// A frame of synthetic data, as `apus data make` writes it: features `x0`, `x1`, … and the target `y`, or `y0`,
    /// `y1`, … when there are several.
    ///
    /// - Parameters:
    ///   - x: The features, one row for each sample.
    ///   - target: What belongs to the rows; it has the role of the target.
    /// - Throws: `ApusError` with code `shapeMismatch` when there is not a target for each row.
    public init(generated x: Matrix, _ target: GeneratedTarget) throws {
        try self.init(matrix: x)
        let columns: [Column]
        switch target {
        case .labels(let labels): columns = [Column("y", of: labels)]
        case .numbers(let numbers) where numbers.columns == 1: columns = [Column("y", numbers.column(0))]
        case .numbers(let numbers): columns = (0..<numbers.columns).map { Column("y\($0)", numbers.column($0)) }
        }
        for column in columns {
            guard column.count == x.rows else {
                throw ApusError(
                    .shapeMismatch,
                    "There are \(column.count) targets for \(x.rows) rows of features; give one for each row.")
            }
            try append(column: column)
        }
        try assign(.target, to: columns.map(\.name))
    }
}

extension Column {
    /// The classes of rows as whole numbers, truth values or text, whichever they are.
    fileprivate init(_ name: String, of labels: Labels) {
        if let integers = labels.integers {
            self.init(name, integers)
        } else if let booleans = labels.booleans {
            self.init(name, booleans)
        } else {
            self.init(name, labels.strings)
        }
    }
}

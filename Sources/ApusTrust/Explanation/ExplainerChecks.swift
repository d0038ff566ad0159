import ApusCore

/// The names of `count` features: those given, or x0, x1, ….
func checkedNames(_ names: [String]?, count: Int) throws -> [String] {
    guard let names else { return (0..<count).map { "x\($0)" } }
    guard names.count == count else {
        throw ApusError(.shapeMismatch, "There are \(names.count) names for \(count) features.")
    }
    return names
}

/// Throws for a background that is empty or has other columns than the model.
func checkBackground(_ background: Matrix, features: Int) throws {
    guard background.columns == features else {
        throw ApusError(
            .shapeMismatch,
            "The background has \(background.columns) columns, but the model takes \(features); use rows that are "
                + "prepared like the model's own.")
    }
    guard background.rows > 0 else {
        throw ApusError(.invalidInput, "The background has no rows; give at least one.")
    }
}

/// The mean of at least one number.
func meanOf(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The same values for each of some rows.
func sameRows(_ values: [Double], rows: Int) -> Matrix {
    var all: [Double] = []
    all.reserveCapacity(rows * values.count)
    for _ in 0..<rows { all.append(contentsOf: values) }
    return Matrix(rows: rows, columns: values.count, values: all)
}

extension SparseMatrix {
    /// Throws unless the matrix has at least one row and one column and every stored element is a finite number.
    ///
    /// - Parameter name: What the matrix is called in the message, such as `x`.
    /// - Throws: `ApusError` with code `invalidInput`, naming the first offending row and column.
    public func checkUsable(as name: String = "x") throws {
        guard rows > 0 else {
            throw ApusError(.invalidInput, "\(name) has no rows; at least one sample is needed.")
        }
        guard columns > 0 else {
            throw ApusError(.invalidInput, "\(name) has no columns; at least one feature is needed.")
        }
        guard columns <= Int(Int32.max) else {
            throw ApusError(.invalidInput, "\(name) has \(columns) columns; there may be \(Int32.max) at most.")
        }
        guard !FiniteKernel.allFinite(values), let place = values.firstIndex(where: { !$0.isFinite }) else { return }
        let remedy = values[place].isNaN ? "impute the missing values first" : "replace infinite values first"
        throw complaint(at: place, name, remedy)
    }

    /// Throws unless the matrix has the number of columns that a model was fitted on.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch`.
    public func checkColumns(_ expected: Int, of model: String) throws {
        guard columns == expected else {
            throw ApusError(
                .shapeMismatch,
                "\(model) was fitted on \(expected) feature\(expected == 1 ? "" : "s"), but x has \(columns); "
                    + "pass the same columns as in fit.")
        }
    }

    /// Throws when a stored element is below 0, for a model that counts.
    ///
    /// - Throws: `ApusError` with code `invalidInput`, naming the first offending row and column.
    public func checkNotNegative(for model: String) throws {
        guard let place = values.firstIndex(where: { $0 < 0 }) else { return }
        throw complaint(at: place, "x", "\(model) counts, so nothing may be negative")
    }

    private func complaint(at place: Int, _ name: String, _ remedy: String) -> ApusError {
        let row = (rowOffsets.firstIndex { $0 > place } ?? rows) - 1
        return ApusError(
            .invalidInput, "\(name) holds \(values[place]) in row \(row), column \(columnIndices[place]); \(remedy).")
    }
}

import ApusFrame

extension InferenceRequest {
    /// The rows that the tensors stand for.
    ///
    /// Either each column is a tensor by its name, of the shape [n] or [n, 1]; or one tensor of any other name holds all
    /// columns in the model's order, of the shape [n, columns], or [columns] for one row.
    ///
    /// - Returns: The rows, and for each row the values of the columns that only the monitor looks at, if any were sent.
    /// - Throws: `RequestFailure`, naming the field.
    func rows(for columns: InputColumns, maxRows: Int) throws -> (rows: [[Cell]], watched: [[Cell]]) {
        if inputs.count == 1, columns.placeIfKnown(of: inputs[0].name) == nil {
            return (try table(inputs[0], columns, maxRows), [])
        }
        var places = [Int?](repeating: nil, count: columns.count + columns.watchedCount)
        for (place, input) in inputs.enumerated() {
            let field = "inputs[\(place)]"
            guard let column = try columns.place(of: input.name, field: "\(field).name") else { continue }
            guard places[column] == nil else {
                throw RequestFailure(
                    400, "duplicateField", "The input “\(input.name.prefix(100))” is given twice; send it once.",
                    field: "\(field).name")
            }
            places[column] = place
        }
        let watched = Array(places[columns.count...])
        let chosen = try places.prefix(columns.count).enumerated().map { column, place in
            guard let place else {
                throw RequestFailure.unusable(
                    "missingField",
                    "There is no input “\(columns.name(at: column))”; send each of \(columns.names).", field: "inputs")
            }
            return place
        }
        let count = inputs[chosen.first ?? 0].shape[0]
        try check(count, maxRows)
        for place in chosen + watched.compactMap(\.self) {
            let shape = inputs[place].shape
            guard shape == [count] || shape == [count, 1] else {
                throw RequestFailure.unusable(
                    "wrongShape", "The shape is \(shape); a column of \(count) rows has [\(count)] or [\(count), 1].",
                    field: "inputs[\(place)].shape")
            }
        }
        var rows = [[Cell]](repeating: [], count: count)
        for row in 0..<count {
            rows[row].reserveCapacity(columns.count)
            for (column, place) in chosen.enumerated() {
                let cell = inputs[place].cells[row]
                try columns.check(cell, at: column, field: "inputs[\(place)].data[\(row)]")
                rows[row].append(cell)
            }
        }
        guard watched.contains(where: { $0 != nil }) else { return (rows, []) }
        let others = try (0..<count).map { row in
            try watched.enumerated().map { column, place -> Cell in
                guard let place else { return .missing }
                let cell = inputs[place].cells[row]
                try columns.check(cell, at: columns.count + column, field: "inputs[\(place)].data[\(row)]")
                return cell
            }
        }
        return (rows, others)
    }

    private func table(_ input: Input, _ columns: InputColumns, _ maxRows: Int) throws -> [[Cell]] {
        let width = columns.count
        guard input.shape.last == width, input.shape.count <= 2 else {
            // One tensor of another width is more often a column with a wrong name than a table.
            _ = try columns.place(of: input.name, field: "inputs[0].name")
            throw RequestFailure.unusable(
                "wrongShape",
                "The shape is \(input.shape); send [rows, \(width)] for all of \(columns.names), or one input for each.",
                field: "inputs[0].shape")
        }
        let count = input.shape.count == 2 ? input.shape[0] : 1
        try check(count, maxRows)
        var rows: [[Cell]] = []
        rows.reserveCapacity(count)
        for row in 0..<count {
            let start = row * width
            for column in 0..<width {
                try columns.check(
                    input.cells[start + column], at: column, field: "inputs[0].data[\(start + column)]")
            }
            rows.append(Array(input.cells[start..<start + width]))
        }
        return rows
    }

    private func check(_ count: Int, _ maxRows: Int) throws {
        guard count > 0 else {
            throw RequestFailure.unusable("emptyData", "The inputs have no rows; send at least one.", field: "inputs")
        }
        guard count <= maxRows else {
            throw RequestFailure(
                413, "tooManyRows", "The inputs have more than \(maxRows) rows; send them in several requests.",
                field: "inputs")
        }
    }
}

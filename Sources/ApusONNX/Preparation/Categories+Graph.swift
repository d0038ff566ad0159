#if ONNX
import ApusCore
import ApusLearn

extension Graph {
    /// What stands in a table for the category of each row: n × the columns of the table.
    ///
    /// - Parameters:
    ///   - column: The values of one feature, n × 1.
    ///   - categories: The categories, NaN last if it is one.
    ///   - table: A row for what is no category, then one for each category.
    fileprivate mutating func lookUp(_ column: GraphValue, _ categories: [Double], in table: Matrix) -> GraphValue {
        var isCategory = node("Equal", [column, row(categories)])
        if categories.last?.isNaN == true {
            // NaN equals nothing.
            let isLast = constant(Onnx_TensorProto(categories.map(\.isNaN)))
            let isMissing = node("And", [node("IsNaN", [column]), isLast])
            isCategory = node("Or", [isCategory, isMissing])
        }
        let places = Matrix(column: categories.indices.map { Double($0 + 1) })
        let found = product(numbers(isCategory), constant(places))
        return node("Gather", [constant(table), reshape(cast(found, .int64), [-1])], ["axis": .int(0)])
    }
}

extension OneHotEncoder.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        guard handleUnknown != .error else {
            throw Refusal.part(
                "a one-hot-encoder that refuses unknown categories",
                "set handleUnknown to ignore or infrequentIfExist and train the model again")
        }
        return graph.sideBySide(
            (0..<featureCount).compactMap { feature in
                let kept = (0..<table.groupCounts[feature]).filter { $0 != dropped[feature] }
                guard !kept.isEmpty else { return nil }
                let sharesColumn = handleUnknown == .infrequentIfExist && table.hasRare[feature]
                let places = table.starts[feature]..<table.starts[feature] + table.counts[feature]
                let groups = [sharesColumn ? table.groupCounts[feature] - 1 : -1] + table.groups[places]
                let marks = Matrix(
                    rows: groups.count, columns: kept.count,
                    values: groups.flatMap { group in kept.map { $0 == group ? 1 : 0 } })
                return graph.lookUp(graph.columns([feature], of: x), categories(of: feature), in: marks)
            })
    }
}

extension OrdinalEncoder.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        guard let unknownValue else {
            throw Refusal.part(
                "an ordinal-encoder that refuses unknown categories",
                "set handleUnknown to useEncodedValue and train the model again")
        }
        let known = (0..<featureCount).map { categories(of: $0) }
        return graph.sideBySide(
            try known.enumerated().map { feature, categories in
                // What the encoder itself makes of each category.
                let asked = Matrix(
                    rows: categories.count, columns: featureCount,
                    values: categories.flatMap { category in
                        known.enumerated().map { $0 == feature ? category : $1[0] }
                    })
                let numbers = [unknownValue] + (try transform(asked).column(feature))
                return graph.lookUp(graph.columns([feature], of: x), categories, in: Matrix(column: numbers))
            })
    }
}

extension TargetEncoder.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.sideBySide(
            (0..<featureCount).map { feature in
                let (categories, encodings) = (categories(of: feature), encodings(of: feature))
                let table = Matrix(
                    rows: categories.count + 1, columns: targetMeans.count,
                    values: targetMeans + categories.indices.flatMap { place in encodings.map { $0[place] } })
                return graph.lookUp(graph.columns([feature], of: x), categories, in: table)
            })
    }
}
#endif

#if ONNX
import ApusCore
import ApusLearn

extension SimpleImputer.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        var parts: [GraphValue] = []
        if !keptFeatures.isEmpty {
            let kept = graph.columns(keptFeatures, of: x)
            parts.append(graph.choose(graph.node("IsNaN", [kept]), graph.row(fills), else: kept))
        }
        if !indicatedFeatures.isEmpty {
            parts.append(graph.numbers(graph.node("IsNaN", [graph.columns(indicatedFeatures, of: x)])))
        }
        return graph.sideBySide(parts)
    }
}

extension VarianceThreshold.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue { graph.columns(keptFeatures, of: x) }
}

extension SelectionModel: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue { graph.columns(keptFeatures, of: x) }
}

extension PCA.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let centre = try BLAS.product(components, means)
        let coordinates = graph.subtract(
            graph.product(x, graph.constant(components.transposed)), graph.row(centre))
        guard whiten else { return coordinates }
        let scales = explainedVariance.map { max($0.squareRoot(), Double.ulpOfOne) }
        return graph.divide(coordinates, graph.row(scales))
    }
}

extension TruncatedSVD.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        graph.product(x, graph.constant(components.transposed))
    }
}

extension PolynomialFeatures.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        // A degree at a time: each product is a feature times a product of the degree below, found by its place behind
        // a column of ones.
        var known = graph.add(graph.multiply(graph.columns([0], of: x), graph.constant(0.0)), graph.constant(1.0))
        var start = 0
        while start < features.count {
            let block = features.indices[start...].prefix { features[$0] < 0 || Int(sources[$0]) < start }
            let products = graph.multiply(
                graph.columns(block.map { Int(sources[$0]) + 1 }, of: known),
                graph.columns(block.map { max(0, Int(features[$0])) }, of: x))
            known = graph.sideBySide([known, products])
            start += block.count
        }
        return graph.columns(features.indices.map { features[$0] < 0 ? 0 : $0 + 1 }, of: known)
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
                return kept.isEmpty ? nil : columns(of: feature, kept, x, in: &graph)
            })
    }

    /// The zeros and ones of a feature, a column for each group of categories that is kept.
    private func columns(of feature: Int, _ kept: [Int], _ x: GraphValue, in graph: inout Graph) -> GraphValue {
        let places = table.starts[feature]..<table.starts[feature] + table.counts[feature]
        let column = graph.columns([feature], of: x)
        let groups = graph.constant(
            Matrix(rows: places.count, columns: kept.count) { out in
                for (row, place) in places.enumerated() {
                    for (k, group) in kept.enumerated() where table.groups[place] == group {
                        out[row * kept.count + k] = 1
                    }
                }
            })
        var isCategory = graph.node("Equal", [column, graph.row(places.map { table.values[$0] })])
        if let last = places.last, table.values[last].isNaN {
            // NaN is the last category and equals nothing.
            let isLast = graph.constant(Onnx_TensorProto(places.map { $0 == last }))
            let isMissing = graph.node("And", [graph.node("IsNaN", [column]), isLast])
            isCategory = graph.node("Or", [isCategory, isMissing])
        }
        let marks = graph.numbers(isCategory)
        let found = graph.product(marks, groups)
        guard handleUnknown == .infrequentIfExist, table.hasRare[feature] else { return found }
        let isUnknown = graph.subtract(graph.constant(1.0), graph.sum(marks, axis: 1))
        let rare = graph.row(kept.map { $0 == table.groupCounts[feature] - 1 ? 1 : 0 })
        return graph.add(found, graph.multiply(isUnknown, rare))
    }
}
#endif

#if ONNX
import ApusCore
import ApusLearn
import Foundation

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

extension MissingIndicator.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        guard !refusesNew else {
            throw Refusal.part(
                "a missing-indicator that refuses missing values where there were none in training",
                "set errorOnNew to false and train the model again")
        }
        return graph.numbers(graph.node("IsNaN", [graph.columns(indicatedFeatures, of: x)]))
    }
}

extension FunctionTransformer.Model: GraphTransformer {
    func rows(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let one = graph.constant(1.0)
        switch function {
        case .identity: return x
        case .log: return graph.node("Log", [x])
        case .log1p: return graph.node("Log", [graph.add(one, x)])
        case .log10: return graph.divide(graph.node("Log", [x]), graph.constant(log(10.0)))
        case .exp: return graph.exp(x)
        case .expm1: return graph.subtract(graph.exp(x), one)
        case .sqrt: return graph.node("Sqrt", [x])
        case .square: return graph.multiply(x, x)
        case .cbrt:
            let size = graph.node("Pow", [graph.node("Abs", [x]), graph.constant(1.0 / 3)])
            return graph.multiply(graph.node("Sign", [x]), size)
        case .abs: return graph.node("Abs", [x])
        case .reciprocal: return graph.divide(one, x)
        case .negative: return graph.node("Neg", [x])
        }
    }
}
#endif

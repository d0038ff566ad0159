#if ONNX
import ApusCore
import ApusLearn

extension SupportVectors {
    /// Adds the kernel values of each row with each support vector: n × vectors.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for kernel values that were given.
    func kernelValues(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        if isSingle {
            graph.remark =
                "The model was trained on so many rows that Apus computes its kernel in 32 bits, where the graph keeps 64: "
                + "probabilities and numbers agree to about five digits."
        }
        switch kernel {
        case .linear: return products(x, vectors, in: &graph)
        case .poly:
            return graph.node("Pow", [scaledProducts(x, in: &graph), graph.constant(Double(degree))])
        case .sigmoid: return graph.node("Tanh", [scaledProducts(x, in: &graph)])
        case .rbf: return graph.exp(graph.multiply(graph.constant(-gamma), squaredDistances(x, in: &graph)))
        case .precomputed:
            throw Refusal.part(
                "the kernel precomputed", "choose linear, poly, rbf or sigmoid and train the model again")
        }
    }

    private func products(_ x: GraphValue, _ vectors: Matrix, in graph: inout Graph) -> GraphValue {
        graph.product(x, graph.constant(vectors.transposed))
    }

    private func scaledProducts(_ x: GraphValue, in graph: inout Graph) -> GraphValue {
        let scaled = graph.multiply(graph.constant(gamma), products(x, vectors, in: &graph))
        return graph.add(scaled, graph.constant(coef0))
    }

    /// ‖x‖² + ‖z‖² - 2 x · z, around the mean of the vectors so that little cancels.
    private func squaredDistances(_ x: GraphValue, in graph: inout Graph) -> GraphValue {
        let (n, d) = (vectors.rows, vectors.columns)
        let centre = (0..<d).map { j in (0..<n).reduce(0) { $0 + vectors[$1, j] } / Double(max(1, n)) }
        let centred = Matrix(rows: n, columns: d) { out in
            for k in out.indices { out[k] = vectors.values[k] - centre[k % d] }
        }
        let norms = (0..<n).map { centred.row($0).reduce(0) { $0 + $1 * $1 } }
        let rows = graph.subtract(x, graph.row(centre))
        let own = graph.sum(graph.multiply(rows, rows), axis: 1)
        let sums = graph.add(own, graph.row(norms))
        let twice = graph.multiply(graph.constant(2.0), products(rows, centred, in: &graph))
        return graph.node("Max", [graph.subtract(sums, twice), graph.constant(0.0)])
    }
}

extension SupportVectorSumModel where Self: GraphRegressor {
    func numbers(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let values = try sum.vectors.kernelValues(x, in: &graph)
        return graph.linear(values, sum.vectors.coefficients, [sum.intercept])
    }
}

extension SVR.Model: GraphRegressor {}
extension NuSVR.Model: GraphRegressor {}

extension SupportVectorClassifierModel where Self: GraphClassifier {
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        try vote.answers(x, in: &graph)
    }
}

extension SVC.Model: GraphClassifier {}
extension NuSVC.Model: GraphClassifier {}

extension SupportVectorVote {
    /// The pairs of classes that duel.
    private var pairs: [(first: Int, second: Int)] {
        (0..<classes.count).flatMap { i in (i + 1..<max(i + 1, classes.count)).map { (i, $0) } }
    }

    /// Adds the class that wins most duels, decision values and, where there are calibrations, probabilities.
    func answers(_ x: GraphValue, in graph: inout Graph) throws -> ClassifierAnswers {
        let duels = try duelValues(x, in: &graph)
        let probabilities = calibrations.isEmpty ? nil : probabilities(duels, in: &graph)
        if classes.count == 2 {
            let isSecond = graph.node("Not", [graph.isGreater(duels, than: graph.constant(0.0))])
            return ClassifierAnswers(
                codes: graph.code(isSecond), scores: graph.node("Neg", [duels]), scoreWidth: 1,
                probabilities: probabilities)
        }
        let decisions = oneAgainstRest(duels, in: &graph)
        let isOneAgainstOne = decisionFunctionShape == .ovo
        let wins = graph.numbers(graph.isGreater(duels, than: graph.constant(0.0)))
        return ClassifierAnswers(
            codes: graph.greatest(breakTies ? decisions : votes(wins, in: &graph)),
            scores: isOneAgainstOne ? duels : decisions,
            scoreWidth: isOneAgainstOne ? pairs.count : classes.count, probabilities: probabilities)
    }

    /// The values of all duels, positive for the first class of each: n × pairs.
    private func duelValues(_ x: GraphValue, in graph: inout Graph) throws -> GraphValue {
        let owners = vectors.counts.enumerated().flatMap { [Int](repeating: $0, count: $1) }
        // With two classes a positive sum speaks for the second.
        let sign = classes.count == 2 ? -1.0 : 1.0
        let weights = Matrix(rows: pairs.count, columns: owners.count) { out in
            for (pair, (i, j)) in pairs.enumerated() {
                for (k, owner) in owners.enumerated() where owner == i || owner == j {
                    out[pair * owners.count + k] = sign * vectors.coefficients[owner == i ? j - 1 : i, k]
                }
            }
        }
        return graph.linear(try vectors.kernelValues(x, in: &graph), weights, intercepts.map { sign * $0 })
    }

    /// 1 for the first class of each pair and -1 for the second: pairs × classes.
    private var sides: Matrix {
        Matrix(rows: pairs.count, columns: classes.count) { out in
            for (pair, (i, j)) in pairs.enumerated() {
                out[pair * classes.count + i] = 1
                out[pair * classes.count + j] = -1
            }
        }
    }

    /// How many duels each class wins, given 1 where the first of a pair does and 0 where the second does.
    private func votes(_ wins: GraphValue, in graph: inout Graph) -> GraphValue {
        let asSecond = (0..<classes.count).map { k in Double(pairs.count { $0.second == k }) }
        return graph.add(graph.product(wins, graph.constant(sides)), graph.row(asSecond))
    }

    /// Votes and, behind the point, how clear they were.
    private func oneAgainstRest(_ duels: GraphValue, in graph: inout Graph) -> GraphValue {
        let losses = graph.numbers(graph.node("Less", [duels, graph.constant(0.0)]))
        let wins = graph.subtract(graph.constant(1.0), losses)
        let confidences = graph.product(duels, graph.constant(sides))
        let size = graph.add(graph.node("Abs", [confidences]), graph.constant(1.0))
        let share = graph.divide(confidences, graph.multiply(graph.constant(3.0), size))
        return graph.add(votes(wins, in: &graph), share)
    }

    // MARK: Probabilities

    /// The probabilities of the classes by coupling those of the duels.
    private func probabilities(_ duels: GraphValue, in graph: inout Graph) -> GraphValue {
        let slopes = graph.row(calibrations.map { -$0.a })
        let offsets = graph.row(calibrations.map { -$0.b })
        let shares = graph.logistic(graph.add(graph.multiply(duels, slopes), offsets))
        let kept = graph.limited(shares, from: 1e-7, to: 1 - 1e-7)
        return PairwiseCouplingGraph(classes: classes.count).probabilities(kept, pairs: pairs, in: &graph)
    }
}
#endif

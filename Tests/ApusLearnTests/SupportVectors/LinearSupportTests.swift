import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

private func gaussians(_ rows: Int, _ columns: Int, seed: UInt32) -> Matrix {
    var random = RandomState(seed: seed)
    return Matrix(rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
}

/// Classes that follow the first two columns, and some noise.
private func classes(_ x: Matrix, _ count: Int) -> Labels {
    Labels(
        (0..<x.rows).map { i in
            let score = x[i, 0] + 0.5 * x[i, 1] + 0.3 * x[i, x.columns - 1]
            return score < -0.4 ? 0 : (score < 0.6 || count == 2 ? 1 : 2)
        })
}

@Suite(.serialized) struct LinearSVCTests {
    private static let kinds: [LinearSVC] = [
        LinearSVC(), LinearSVC(dual: .dual), LinearSVC(loss: .hinge), LinearSVC(penalty: .l1),
        LinearSVC(multiClass: .crammerSinger), LinearSVC(fitIntercept: false, classWeight: .balanced),
    ]

    @Test(arguments: kinds) func keepsTheContract(_ kind: LinearSVC) throws {
        let x = gaussians(60, 4, seed: 1)
        let y = classes(x, 3)
        var random = RandomState(seed: 2)
        let weights = random.uniform(count: 60)
        let model = try kind.fit(x, y, weights: weights)
        #expect(!model.givesProbabilities)
        let error = #expect(throws: ApusError.self) { try model.predictProba(x) }
        #expect(error?.code == .unavailable)
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try kind.fit(x, y, weights: weights) == model)
        }
        let plain = try kind.fit(x, y)
        let unit = try kind.fit(x, y, weights: [Double](repeating: 1, count: 60))
        #expect(try unit.predict(x) == plain.predict(x))
        let sparse = try kind.fit(SparseMatrix(x), y)
        #expect(try sparse.predict(x) == plain.predict(x))

        for bad in [
            Matrix(rows: 0, columns: 2), Matrix(rows: 3, columns: 0), Matrix(repeating: .nan, rows: 3, columns: 2),
            Matrix(repeating: .infinity, rows: 3, columns: 2),
        ] {
            #expect(throws: ApusError.self) { try kind.fit(bad, Labels(Array(0..<bad.rows))) }
            #expect(throws: ApusError.self) { try model.predict(bad) }
        }
        #expect(throws: ApusError.self) { try kind.fit(x, Labels([0, 1])) }
        #expect(throws: ApusError.self) { try kind.fit(x, Labels([Int](repeating: 3, count: 60))) }
        for bad in [[1.0], [Double](repeating: 0, count: 60), [Double](repeating: -1, count: 60)] {
            #expect(throws: ApusError.self) { try kind.fit(x, y, weights: bad) }
        }
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        #expect(LinearSVC.parameters.allSatisfy { $0.help.hasSuffix(".") })
    }

    /// `½‖w‖² + C Σ sᵢ loss` with the intercept among the coefficients.
    private func objective(_ model: LinearSVC.Model, _ x: Matrix, _ y: Labels, _ weights: [Double], squared: Bool)
        throws
        -> Double
    {
        let scores = try model.decisionFunction(x).values
        let losses = zip(zip(scores, y.codes), weights).map { pair, weight in
            let missing = max(0, 1 - pair.0 * (pair.1 == 1 ? 1 : -1))
            return weight * (squared ? missing * missing : missing)
        }
        let w = model.coefficients.values + model.intercepts
        return 0.5 * w.reduce(0) { $0 + $1 * $1 } + losses.reduce(0, +)
    }

    @Test(arguments: [(900, 8), (40, 200), (5000, 40)])
    func allSolversEndAtTheSameOptimum(_ rows: Int, _ columns: Int) throws {
        let x = gaussians(rows, columns, seed: 3)
        let y = classes(x, 2)
        var random = RandomState(seed: 4)
        let weights = random.uniform(count: rows).map { $0 * 0.02 }
        let tight = LinearSVC(tol: 1e-8, maxIter: 100_000)
        func fit(_ change: (inout LinearSVC) -> Void, sparse: Bool) throws -> LinearSVC.Model {
            var kind = tight
            change(&kind)
            return sparse ? try kind.fit(SparseMatrix(x), y, weights: weights) : try kind.fit(x, y, weights: weights)
        }
        let models = try [
            fit({ $0.dual = .dual }, sparse: false), fit({ $0.dual = .primal }, sparse: false),
            fit({ $0.dual = .dual }, sparse: true), fit({ $0.dual = .primal }, sparse: true),
            fit(
                {
                    $0.seed = 5; $0.dual = .dual
                }, sparse: true),
        ]
        #expect(models.allSatisfy { $0.converged })
        let best = try objective(models[0], x, y, weights, squared: true)
        for model in models {
            expectClose(model.coefficients, models[0].coefficients, relative: 1e-5, absolute: 1e-6)
            expectClose(try objective(model, x, y, weights, squared: true), best, relative: 1e-8)
        }
        let hinge = try fit({ $0.loss = .hinge }, sparse: false)
        let reached = try objective(hinge, x, y, weights, squared: false)
        var probe = RandomState(seed: 6)
        for _ in 0..<20 {
            // No step away from the minimum makes it smaller.
            let moved = hinge.coefficients.values.map { $0 + 1e-3 * probe.gaussian() }
            let scores = try BLAS.product(x, moved)
            let loss = scores.indices.reduce(0.0) { sum, i in
                sum + weights[i] * max(0, 1 - (scores[i] + hinge.intercepts[0]) * (y.codes[i] == 1 ? 1 : -1))
            }
            let square = (moved + hinge.intercepts).reduce(0) { $0 + $1 * $1 }
            #expect(0.5 * square + loss >= reached * (1 - 1e-9))
        }
    }

    @Test func aStrongPenaltyLeavesFewCoefficients() throws {
        let x = gaussians(300, 20, seed: 7)
        let y = classes(x, 2)
        let model = try LinearSVC(penalty: .l1, c: 0.01).fit(x, y)
        let kept = model.coefficients.values.indices.filter { model.coefficients.values[$0] != 0 }
        #expect(kept.contains(0) && kept.count < 10)
    }

    @Test func parametersThatDoNotGoTogetherAreRefused() throws {
        let x = gaussians(20, 2, seed: 8)
        let y = classes(x, 2)
        let wrong = [
            LinearSVC(penalty: .l1, loss: .hinge), LinearSVC(penalty: .l1, dual: .dual),
            LinearSVC(loss: .hinge, dual: .primal), LinearSVC(tol: 0), LinearSVC(c: 0), LinearSVC(c: .nan),
            LinearSVC(interceptScaling: 0), LinearSVC(maxIter: -1), LinearSVC(classWeight: .values(["7": 2])),
        ]
        for kind in wrong {
            let error = #expect(throws: ApusError.self) { try kind.fit(x, y) }
            #expect(error?.code == .invalidParameter)
        }
        var kind = LinearSVC()
        try LinearSVC.parameter(named: "dual").set(text: "false", in: &kind)
        try LinearSVC.parameter(named: "multi_class").set(text: "crammer_singer", in: &kind)
        #expect(kind.dual == .primal && kind.multiClass == .crammerSinger)
    }

    @Test func stoppingEarlyIsAFactOfTheModel() throws {
        let x = gaussians(200, 3, seed: 9)
        let short = try LinearSVC(loss: .hinge, maxIter: 1).fit(x, classes(x, 2))
        #expect(!short.converged && short.iterations == 1)
        let none = try LinearSVC(maxIter: 0).fit(x, classes(x, 2))
        #expect(!none.converged && none.coefficients.values.allSatisfy { $0 == 0 })
    }

    @Test(arguments: kinds) func oddDataAreNoTrap(_ kind: LinearSVC) throws {
        let y = Labels([0, 1, 2, 0])
        _ = try kind.fit(Matrix(repeating: 0, rows: 4, columns: 2), y)
        _ = try kind.fit(Matrix(repeating: 3, rows: 4, columns: 2), y)
        let empty = try SparseMatrix(rows: 4, columns: 3, rowOffsets: [0, 0, 0, 0, 0], columnIndices: [], values: [])
        _ = try kind.fit(empty, y)
        _ = try? kind.fit(Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0]), y)
        _ = try? kind.fit(gaussians(4, 2, seed: 1), y, weights: [1, 1, 0, 1])
        let model = try kind.fit(gaussians(2, 2, seed: 1), Labels([0, 1]))
        #expect(throws: ApusError.self) { try model.predict(gaussians(2, 3, seed: 1)) }
    }
}

@Suite(.serialized) struct LinearSVRTests {
    private static let kinds: [LinearSVR] = [
        LinearSVR(), LinearSVR(epsilon: 0.1, loss: .squaredEpsilonInsensitive),
        LinearSVR(epsilon: 0.1, loss: .squaredEpsilonInsensitive, fitIntercept: false, dual: .dual),
    ]

    @Test(arguments: kinds) func keepsTheContract(_ kind: LinearSVR) throws {
        let x = gaussians(80, 4, seed: 1)
        let y = (0..<80).map { x[$0, 0] - 2 * x[$0, 1] + 0.1 * x[$0, 3] }
        var random = RandomState(seed: 2)
        let weights = random.uniform(count: 80)
        let model = try kind.fit(x, y, weights: weights)
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try kind.fit(x, y, weights: weights) == model)
        }
        expectClose(
            try kind.fit(x, y, weights: [Double](repeating: 1, count: 80)).predict(x), try kind.fit(x, y).predict(x),
            relative: 1e-12, absolute: 1e-12)
        for bad in [
            Matrix(rows: 0, columns: 2), Matrix(rows: 3, columns: 0), Matrix(repeating: .nan, rows: 3, columns: 2),
            Matrix(repeating: .infinity, rows: 3, columns: 2),
        ] {
            #expect(throws: ApusError.self) { try kind.fit(bad, [Double](repeating: 1, count: bad.rows)) }
            #expect(throws: ApusError.self) { try model.predict(bad) }
        }
        #expect(throws: ApusError.self) { try kind.fit(x, [1, 2]) }
        #expect(throws: ApusError.self) { try kind.fit(x, [Double](repeating: .nan, count: 80)) }
        for bad in [[1.0], [Double](repeating: 0, count: 80), [Double](repeating: -1, count: 80)] {
            #expect(throws: ApusError.self) { try kind.fit(x, y, weights: bad) }
        }
        _ = try kind.fit(Matrix(repeating: 0, rows: 4, columns: 2), [1, 2, 3, 4])
        _ = try? kind.fit(Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0]), [1, 2, 3, 4])
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
    }

    @Test func bothFormsEndAtTheSameOptimum() throws {
        let x = gaussians(500, 30, seed: 3)
        let noise = gaussians(500, 1, seed: 4)
        let y = (0..<500).map { x[$0, 0] - 2 * x[$0, 1] + noise[$0, 0] }
        let kind = LinearSVR(epsilon: 0.2, tol: 1e-9, c: 0.1, loss: .squaredEpsilonInsensitive, maxIter: 100_000)
        var dual = kind
        dual.dual = .dual
        let models = [try kind.fit(x, y), try dual.fit(x, y), try dual.fit(SparseMatrix(x), y)]
        for model in models {
            #expect(model.converged)
            expectClose(model.coefficients, models[0].coefficients, relative: 1e-5, absolute: 1e-6)
        }
    }

    @Test func parametersThatDoNotGoTogetherAreRefused() throws {
        let x = gaussians(20, 2, seed: 8)
        for kind in [LinearSVR(dual: .primal), LinearSVR(epsilon: -1), LinearSVR(tol: 0), LinearSVR(c: .infinity)] {
            let error = #expect(throws: ApusError.self) { try kind.fit(x, x.column(0)) }
            #expect(error?.code == .invalidParameter)
        }
    }
}

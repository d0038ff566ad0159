import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

/// The solver for many rows against the sequential one.
@Suite(.serialized) struct SupportVectorBlocksTests {
    private let x = SupportVectorData.noisy.0.selecting(rows: Array(0..<600))
    private let y = SupportVectorData.noisy.1.selecting(rows: Array(0..<600))
    private let targets = Array(SupportVectorData.targets.1[..<600])

    @Test(arguments: [
        SVC(), SVC(c: 100), SVC(kernel: .linear), SVC(kernel: .poly, coef0: 1), SVC(kernel: .sigmoid, gamma: 0.1),
        SVC(gamma: 1000), SVC(tol: 1e-6), SVC(classWeight: .balanced),
    ])
    func classifiesAsWellAsTheSequentialSolver(estimator: SVC) throws {
        var (slow, fast) = (estimator, estimator)
        (slow.solver, fast.solver) = (.sequential, .blocks)
        (slow.decisionFunctionShape, fast.decisionFunctionShape) = (.ovo, .ovo)
        let weights = (0..<600).map { [1, 0.5, 2, 0][$0 % 4] }
        for weights in [nil, weights] {
            let reference = try slow.fit(x, y, weights: weights)
            let model = try fast.fit(x, y, weights: weights)
            #expect(model.converged)
            if estimator.kernel == .rbf {
                for (own, other) in zip(objectives(model), objectives(reference)) {
                    #expect(own >= other - max(0.1 * estimator.tol, 1e-9 * abs(other)))
                }
            }
            expectClose(model.dualObjectives, reference.dualObjectives, relative: 3e-5, absolute: 1e-2)
            // Both are within the tolerance of the optimum.
            let decisions = try model.decisionFunction(x)
            let others = try reference.decisionFunction(x)
            if estimator.kernel != .sigmoid {
                expectClose(decisions.values, others.values, absolute: 20 * estimator.tol)
            }
            let (labels, otherLabels) = (try model.predict(x), try reference.predict(x))
            for row in 0..<600 where others.row(row).allSatisfy({ abs($0) > 20 * estimator.tol }) {
                #expect(labels.codes[row] == otherLabels.codes[row])
            }
        }
    }

    /// Σα - ½ αᵀQα of each pair of classes, computed in double precision.
    private func objectives(_ model: SVC.Model) -> [Double] {
        let vectors = model.supportVectors
        let starts = model.nSupport.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        let classes = model.nSupport.count
        return (0..<classes).flatMap { i in
            (i + 1..<max(i + 1, classes)).map { j in
                let members =
                    (starts[i]..<starts[i + 1]).map { ($0, model.dualCoef[j - 1, $0]) }
                    + (starts[j]..<starts[j + 1]).map { ($0, model.dualCoef[i, $0]) }
                var sum = 0.0
                for (a, first) in members where first != 0 {
                    sum += abs(first)
                    for (b, second) in members where second != 0 {
                        var square = 0.0
                        for q in 0..<vectors.columns {
                            square += (vectors[a, q] - vectors[b, q]) * (vectors[a, q] - vectors[b, q])
                        }
                        sum -= 0.5 * first * second * exp(-model.gamma * square)
                    }
                }
                return sum
            }
        }
    }

    @Test func meetsTheOptimalityConditionsInDoublePrecision() throws {
        let binary = Labels(y.codes.map { $0 > 1 })
        let model = try SVC(c: 3, solver: .blocks).fit(x, binary)
        let decisions = try model.decisionFunction(x).values
        var multipliers = [Double](repeating: 0, count: 600)
        for (row, value) in zip(model.support, model.dualCoef.values) { multipliers[row] = value }
        var (least, most) = (Double.infinity, -Double.infinity)
        for row in 0..<600 {
            let isSecond = binary.codes[row] == 1
            let slope = decisions[row] - (isSecond ? 1 : -1)
            if isSecond ? multipliers[row] < 3 : multipliers[row] < 0 { least = min(least, slope) }
            if isSecond ? multipliers[row] > 0 : multipliers[row] > -3 { most = max(most, slope) }
        }
        #expect(most - least < 1.01e-3)
        expectClose(multipliers.reduce(0, +), 0, absolute: 1e-9)
    }

    @Test func doesNotDependOnThreadsOrMemory() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let binary = Labels(y.codes.map { $0 > 1 })
        for labels in [y, binary] {
            for estimator in [
                SVC(c: 10, solver: .blocks), SVC(kernel: .poly, solver: .blocks), SVC(solver: .sequential),
            ] {
                Parallel.threads = 1
                let reference = try estimator.fit(x, labels)
                let decisions = try reference.decisionFunction(x)
                for (threads, memory) in [(2, 1000.0), (5, 1000.0), (2, 0.2), (1, 0.01)] {
                    Parallel.threads = threads
                    var other = estimator
                    other.cacheSize = memory
                    let model = try other.fit(x, labels)
                    #expect(model == reference)
                    #expect(try model.decisionFunction(x) == decisions)
                }
            }
        }
    }

    @Test func saysTheSameOfARowWhateverIsBesideIt() throws {
        let model = try SVC(solver: .blocks).fit(x, y)
        let decisions = try model.decisionFunction(x)
        for row in [0, 5, 130, 599] {
            #expect(try model.decisionFunction(x.selecting(rows: [row])).values == decisions.row(row))
        }
    }

    @Test func fallsBackToDoublePrecisionForDataOfLargeSpread() throws {
        // One row lies so far out that its squared distances would drown the others in single precision.
        var far = x
        for k in 0..<5 { far[0, k] = 3000 }
        let slow = try SVC(gamma: 2, solver: .sequential).fit(far, y)
        let fast = try SVC(gamma: 2, solver: .blocks).fit(far, y)
        expectClose(
            try fast.decisionFunction(far).values.map { $0.rounded() },
            try slow.decisionFunction(far).values.map { $0.rounded() }, absolute: 1)
        for (own, other) in zip(fast.dualObjectives, slow.dualObjectives) { #expect(own >= other - 1e-3) }
        #expect(!fast.vote.vectors.isSingle)
        #expect(try !SVC(c: 1e4, maxIter: 10, solver: .blocks).fit(x, y).vote.vectors.isSingle)
        #expect(try SVC(solver: .blocks).fit(x, y).vote.vectors.isSingle)
    }

    @Test func takesGivenKernelValues() throws {
        let gamma = try SVC().fit(x, y).gamma
        let gram = Matrix(rows: 600, columns: 600) { values in
            for i in 0..<600 {
                for j in 0..<600 {
                    var square = 0.0
                    for k in 0..<5 { square += (x[i, k] - x[j, k]) * (x[i, k] - x[j, k]) }
                    values[i * 600 + j] = exp(-gamma * square)
                }
            }
        }
        let given = try SVC(kernel: .precomputed, solver: .blocks).fit(gram, y)
        let own = try SVC(solver: .blocks).fit(x, y)
        expectClose(given.dualObjectives, own.dualObjectives, relative: 1e-5)
        expectClose(
            try given.decisionFunction(gram).values.map { $0.rounded() },
            try own.decisionFunction(x).values.map { $0.rounded() }, absolute: 1)
    }

    @Test func calibratesAsTheSequentialSolver() throws {
        let slow = try SVC(probability: true, tol: 1e-5, solver: .sequential, seed: 3).fit(x, y)
        let fast = try SVC(probability: true, tol: 1e-5, solver: .blocks, seed: 3).fit(x, y)
        expectClose(try fast.predictProba(x), try slow.predictProba(x), absolute: 1e-3)
    }

    @Test(arguments: [SVR(), SVR(c: 50, epsilon: 0.01), SVR(kernel: .linear), SVR(kernel: .poly)])
    func regressesAsWellAsTheSequentialSolver(estimator: SVR) throws {
        var (slow, fast) = (estimator, estimator)
        (slow.solver, fast.solver) = (.sequential, .blocks)
        let reference = try slow.fit(x, targets)
        let model = try fast.fit(x, targets)
        #expect(model.converged)
        #expect(model.dualObjective >= reference.dualObjective - max(1e-3, 1e-6 * abs(reference.dualObjective)))
        expectClose(try model.predict(x), try reference.predict(x), absolute: 5e-3)
    }

    @Test(arguments: [0.02, 0.3, 1]) func findsTheSameOutliers(nu: Double) throws {
        let reference = try OneClassSVM(nu: nu, solver: .sequential).fit(x)
        let model = try OneClassSVM(nu: nu, solver: .blocks).fit(x)
        #expect(model.converged)
        #expect(model.dualObjective >= reference.dualObjective - max(1e-3, 1e-6 * abs(reference.dualObjective)))
        expectClose(try model.decisionFunction(x), try reference.decisionFunction(x), absolute: 5e-3)
    }

    @Test func stopsWhenToldTo() throws {
        let model = try SVC(maxIter: 10, solver: .blocks).fit(x, y)
        #expect(!model.converged)
        #expect(model.duelIterations.allSatisfy { $0 <= 10 })
    }
}

import ApusCore
import Testing

@testable import ApusLearn

/// The search that counts classes against the one that adds weights in the reference's order.
@Suite struct TreePackedTests {
    private func grow(
        _ x: Matrix, _ kind: TreeTargets.Kind, weights: [Double]?, _ estimator: DecisionTreeClassifier
    ) throws -> (counted: Tree, plain: Tree) {
        let targets = TreeTargets(kind, weights: weights)
        let total = weights.map { $0.reduce(0, +) } ?? Double(x.rows)
        let builder = estimator.builder(samples: x.rows, features: x.columns, totalWeight: total)
        let search = try #require(targets.search(try TreePackedColumns(x)))
        let plain = TreeTargets(kind, weights: weights, keepsOrder: true).search(try TreeColumns(x), sortsOnce: false)
        return (
            try builder.build(.best(search), seed: estimator.seed),
            try builder.build(.best(plain), seed: estimator.seed)
        )
    }

    private static let estimators = [
        DecisionTreeClassifier(seed: 3), DecisionTreeClassifier(maxFeatures: .sqrt, seed: 4),
        DecisionTreeClassifier(minSamplesLeaf: 7, maxFeatures: .count(3), seed: 5),
        DecisionTreeClassifier(minWeightFractionLeaf: 0.02, maxFeatures: .count(3), maxLeafNodes: 30),
        DecisionTreeClassifier(minImpurityDecrease: 0.002),
    ]

    @Test(
        arguments: [
            (2, nil, 0), (2, nil, 0.1), (2, 6, 0), (2, 6, 0.1), (3, nil, 0), (3, 200, 0.1), (12, 900, 0),
            (12, 900, 0.1),
        ] as [(Int, Int?, Double)])
    func countingGrowsTheTreeThatAddingInOrderGrows(classes: Int, steps: Int?, missing: Double) throws {
        let table = TreeTable(rows: 1200, columns: 6, classes: classes, steps: steps, missing: missing, seed: 17)
        var random = RandomState(seed: 2)
        let counts = random.integers(in: 0..<5, count: table.x.rows).map { Double($0) }
        let codes = table.labels.codes
        for kind in [TreeTargets.Kind.gini(codes: codes, classes: classes), .entropy(codes: codes, classes: classes)] {
            for weights in [nil, counts] {
                for estimator in TreePackedTests.estimators {
                    let (counted, plain) = try grow(table.x, kind, weights: weights, estimator)
                    #expect(counted.nodeCount > 2)
                    #expect(counted == plain)
                }
            }
        }
    }

    @Test func closeValuesCountAsEqual() throws {
        var random = RandomState(seed: 8)
        var x = Matrix(rows: 600, columns: 4, values: random.uniform(count: 2400))
        for row in 0..<600 {
            x[row, 0] = 1 + (x[row, 0] * 9).rounded(.down) * 4e-8
            x[row, 1] = (x[row, 1] * 300).rounded(.down) * 6e-8
            x[row, 2] = (x[row, 2] * 3).rounded(.down) * 4e-8
        }
        let codes = random.integers(in: 0..<2, count: 600)
        for estimator in TreePackedTests.estimators {
            let (counted, plain) = try grow(x, .gini(codes: codes, classes: 2), weights: nil, estimator)
            #expect(counted == plain)
        }
    }

    @Test func narrowAndWideColumnsMix() throws {
        var random = RandomState(seed: 9)
        var x = Matrix(rows: 1800, columns: 6, values: random.uniform(count: 1800 * 6))
        for row in 0..<1800 {
            // All 256 values of a byte.
            x[row, 0] = row < 256 ? Double(row) : (x[row, 0] * 256).rounded(.down)
            x[row, 3] = (x[row, 3] * 40).rounded(.down) / 7 - 3
            x[row, 4] = 5
        }
        let codes = (0..<1800).map { x[$0, 0] + 90 * x[$0, 1] + 60 * x[$0, 5] > 170 ? 1 : 0 }
        for estimator in TreePackedTests.estimators {
            let (counted, plain) = try grow(x, .gini(codes: codes, classes: 2), weights: nil, estimator)
            #expect(counted.nodeCount > 2)
            #expect(counted == plain)
        }
    }

    @Test func weightsThatAreNotWholeAreLeftToTheOtherSearch() throws {
        let table = TreeTable(rows: 50, columns: 3, classes: 2, seed: 1)
        let columns = try TreePackedColumns(table.x)
        let codes = table.labels.codes
        #expect(TreeTargets(.gini(codes: codes, classes: 2), weights: table.weights).search(columns) == nil)
        let huge = [Double](repeating: 0x1p30, count: 50)
        #expect(TreeTargets(.gini(codes: codes, classes: 2), weights: huge).search(columns) == nil)
        #expect(TreeTargets(.squaredError(table.numbers), weights: nil).search(columns) == nil)
    }

    @Test func forestsWithFractionalWeightsGrowTheSameTreesAsAlways() throws {
        let table = TreeTable(rows: 200, columns: 9, classes: 3, seed: 12)
        let weights = table.weights
        let forest = RandomForestClassifier(nEstimators: 2, maxFeatures: .count(2), bootstrap: false, seed: 1)
        let model = try forest.fit(table.x, table.labels, weights: weights)
        var random = RandomState(seed: 1)
        for tree in model.trees {
            let single = DecisionTreeClassifier(maxFeatures: .count(2), seed: random.childSeed())
            #expect(try single.fit(table.x, table.labels, weights: weights).tree == tree)
        }
    }
}

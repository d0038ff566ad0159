import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@testable import ApusTrust

/// Trees that are asked about coalitions without making rows answer as when they are asked row by row.
@Suite struct MaskedTreesTests {
    private func table(_ rows: Int, _ columns: Int, seed: UInt32, missing: Double = 0) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(rows: rows, columns: columns) { values in
            for k in values.indices {
                let value = (random.gaussian() * 8).rounded() / 8
                values[k] = random.uniform() < missing ? .nan : value
            }
        }
    }

    private func score(_ x: Matrix) -> [Double] {
        (0..<x.rows).map { row in
            let v = x.row(row).map { $0.isNaN ? 0.3 : $0 }
            return v[0] + v[1] * v[2] - (v[3] > 0 ? v[0] : 0) + 0.2 * v[v.count - 1]
        }
    }

    private func classes(_ x: Matrix, _ count: Int) -> Labels {
        Labels(score(x).map { min(count - 1, max(0, Int(($0 + 2).rounded(.down)))) })
    }

    /// The same model as a function that nothing more is known of.
    private func plain(_ function: ModelFunction) -> ModelFunction {
        ModelFunction(
            featureCount: function.featureCount, outputNames: function.outputNames, unit: function.unit
        ) { try function($0) }
    }

    private func background(_ x: Matrix) throws -> Background {
        try Background(x, weights: (0..<x.rows).map { 1 + Double($0 % 3) })
    }

    private func expectSame(
        _ function: ModelFunction, _ x: Matrix, others: Matrix, groups: [[Int]]? = nil, samples: Int = 300
    ) throws {
        #expect(function.trees != nil)
        #expect(plain(function).trees == nil)
        let rows = try background(others)
        let (own, twin) = (
            try KernelExplainer(function, background: rows, groups: groups, sampleCount: samples, seed: 2).explain(x),
            try KernelExplainer(plain(function), background: rows, groups: groups, sampleCount: samples, seed: 2)
                .explain(x)
        )
        expectClose(own.values, twin.values, relative: 1e-9, absolute: 1e-10)
        #expect(own.gap < 1e-11)
        try expectSameAnswers(function, x, rows, groups)
    }

    /// What both say of coalitions, to the last digits.
    private func expectSameAnswers(
        _ function: ModelFunction, _ x: Matrix, _ rows: Background, _ groups: [[Int]]?
    ) throws {
        let own = try MaskedModel(function, background: rows, groups: groups, featureNames: nil)
        let twin = try MaskedModel(plain(function), background: rows, groups: groups, featureNames: nil)
        for row in 0..<x.rows {
            let features = own.varying(x.row(row))
            var random = RandomState(seed: UInt32(row))
            let masks = (0..<200 * features.count).map { place in
                // From none to all of them.
                random.uniform() * 200 < Double(place / max(1, features.count)) + 0.5
            }
            let answers = try [own, twin].map { model in
                try model.outputs(x.row(row), coalitions: 200, of: features) { masks[$0 * features.count + $1] }
            }
            let scale = answers[1].values.reduce(1) { max($0, $1.magnitude) }
            expectClose(answers[0].values, answers[1].values, absolute: 1e-12 * scale)
        }
    }

    @Test(arguments: [2, 4], [0, 0.15])
    func forestsOfClasses(_ count: Int, _ missing: Double) throws {
        let x = table(250, 9, seed: 1, missing: missing)
        let others = x.selecting(rows: Array(100..<117))
        let rows = x.selecting(rows: Array(0..<3))
        let y = classes(x, count)
        try expectSame(ModelFunction(RandomForestClassifier(nEstimators: 12).fit(x, y)), rows, others: others)
        try expectSame(ModelFunction(DecisionTreeClassifier().fit(x, y)), rows, others: others)
    }

    @Test func treesOfNumbers() throws {
        let x = table(250, 9, seed: 2, missing: 0.1)
        let others = x.selecting(rows: Array(100..<117))
        let rows = x.selecting(rows: Array(0..<3))
        try expectSame(ModelFunction(DecisionTreeRegressor().fit(x, score(x))), rows, others: others)
        try expectSame(ModelFunction(RandomForestRegressor(nEstimators: 12).fit(x, score(x))), rows, others: others)
        try expectSame(
            ModelFunction(HistGradientBoostingRegressor(maxIter: 20).fit(x, score(x))), rows, others: others)
        // A tree without a split.
        let flat = try DecisionTreeRegressor().fit(x, [Double](repeating: 3, count: x.rows))
        try expectSame(ModelFunction(flat), rows, others: others)
    }

    @Test func groupsOfColumns() throws {
        let x = table(250, 9, seed: 3)
        let model = try RandomForestRegressor(nEstimators: 12).fit(x, score(x))
        try expectSame(
            ModelFunction(model), x.selecting(rows: [0, 1]), others: x.selecting(rows: Array(50..<61)),
            groups: [[8, 0], [1], [2, 3, 4], [5], [7, 6]])
    }

    @Test func hundredsOfFeatures() throws {
        let x = table(300, 260, seed: 4)
        let model = try ExtraTreesRegressor(nEstimators: 8).fit(x, score(x))
        try expectSameAnswers(
            ModelFunction(model), x.selecting(rows: [0, 1]), background(x.selecting(rows: Array(50..<58))), nil)
    }

    @Test func rowsOfTheBackgroundAndManyCoalitions() throws {
        let x = table(200, 12, seed: 5)
        let model = try RandomForestRegressor(nEstimators: 5).fit(x, score(x))
        let others = x.selecting(rows: Array(0..<6))
        // Row 0 is one of the background's; all 4,094 coalitions are walked in parts.
        try expectSame(ModelFunction(model), x.selecting(rows: [0, 9]), others: others, samples: 5000)
    }

    @Test func exactAndPermutationValues() throws {
        let x = table(200, 7, seed: 6, missing: 0.1)
        let function = ModelFunction(try RandomForestRegressor(nEstimators: 9).fit(x, score(x)))
        let rows = try background(x.selecting(rows: Array(50..<60)))
        let few = x.selecting(rows: [0, 1, 2])
        let exact = try ExactExplainer(function, background: rows).explain(few)
        expectClose(
            exact.values, try ExactExplainer(plain(function), background: rows).explain(few).values, absolute: 1e-12)
        let permuted = try PermutationExplainer(function, background: rows).explain(few)
        expectClose(
            permuted.values, try PermutationExplainer(plain(function), background: rows).explain(few).values,
            absolute: 1e-12)
    }

    @Test func modelsWithALinkAfterTheSumAreAskedRowByRow() throws {
        let x = table(200, 5, seed: 7)
        let boosted = try HistGradientBoostingClassifier(maxIter: 5).fit(x, classes(x, 2))
        #expect(try ModelFunction(boosted).trees == nil)
        let counts = score(x).map { max(0, $0.rounded()) }
        let poisson = try HistGradientBoostingRegressor(loss: .poisson, maxIter: 5).fit(x, counts)
        #expect(ModelFunction(poisson).trees == nil)
    }

    @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
        let x = table(200, 12, seed: 8)
        let function = ModelFunction(try RandomForestRegressor(nEstimators: 7).fit(x, score(x)))
        let rows = try background(x.selecting(rows: Array(50..<60)))
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        Parallel.threads = 1
        let alone = try KernelExplainer(function, background: rows).explain(x.selecting(rows: [0, 1, 2]))
        Parallel.threads = 3
        let together = try KernelExplainer(function, background: rows).explain(x.selecting(rows: [0, 1, 2]))
        #expect(alone.values == together.values)
    }
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// What boosting promises on any data, without the reference.
@Suite(.serialized) struct HistGradientBoostingTests {
    // MARK: Data

    private static func gaussian(_ rows: Int, _ columns: Int, seed: UInt32 = 1) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(rows: rows, columns: columns, values: random.gaussian(count: rows * columns))
    }

    private static func classes(_ x: Matrix, count: Int = 2) -> Labels {
        Labels((0..<x.rows).map { i in min(count - 1, max(0, Int((x[i, 0] + x[i, 1] * 0.5 + 1).rounded(.down)))) })
    }

    private static func targets(_ x: Matrix) -> [Double] { (0..<x.rows).map { 2 * x[$0, 0] - x[$0, 1] * x[$0, 1] } }

    private static let quick = HistGradientBoostingClassifier(maxIter: 8)
    private static let regressor = HistGradientBoostingRegressor(maxIter: 8)

    // MARK: The contract

    @Test func defaultsAreLegalAndHelpIsWhole() throws {
        try HistGradientBoostingClassifier().validateParameters()
        try HistGradientBoostingRegressor().validateParameters()
        #expect(HistGradientBoostingClassifier.parameters.allSatisfy { $0.help.hasSuffix(".") })
        #expect(HistGradientBoostingRegressor.parameters.allSatisfy { $0.help.hasSuffix(".") })
    }

    @Test func threadsChangeNothing() throws {
        let x = Self.gaussian(700, 9)
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        let models = try [1, 2, 5].map { count in
            Parallel.threads = count
            return (
                try Self.quick.fit(x, Self.classes(x, count: 3)), try Self.regressor.fit(x, Self.targets(x)),
                try Self.quick.fit(x, Self.classes(x, count: 3)).decisionFunction(x)
            )
        }
        #expect(models[0].0 == models[1].0 && models[0].0 == models[2].0)
        #expect(models[0].1 == models[1].1 && models[0].1 == models[2].1)
        #expect(models[0].2 == models[2].2)
    }

    @Test func unitWeightsAreNoWeights() throws {
        let x = Self.gaussian(300, 4)
        let ones = [Double](repeating: 1, count: 300)
        #expect(try Self.quick.fit(x, Self.classes(x)) == Self.quick.fit(x, Self.classes(x), weights: ones))
        for loss in [HistGradientBoostingRegressor.Loss.squaredError, .absoluteError, .quantile] {
            var estimator = Self.regressor
            estimator.loss = loss
            let y = Self.targets(x)
            #expect(try estimator.fit(x, y) == estimator.fit(x, y, weights: ones))
        }
    }

    @Test func scoresOfTrainingRowsAddUpToWhatWasTrained() throws {
        let x = Self.gaussian(200, 3)
        let model = try HistGradientBoostingClassifier(
            maxIter: 6, earlyStopping: true, validationFraction: nil
        ).fit(x, Self.classes(x))
        let labels = Self.classes(x)
        let scores = try model.decisionFunction(x).values
        let loss = zip(scores, labels.codes).map { $1 == 1 ? -$0 : $0 }.reduce(0) { $0 + softplus($1) } / 200
        expectClose(-loss, try #require(model.trainScore.last), relative: 1e-12)
        #expect(model.trainScore.count == 7 && model.validationScore.isEmpty)
    }

    private func softplus(_ x: Double) -> Double { BoostingLoss.binary.mean([x], [0], weights: nil) }

    @Test func stagesEndWithTheWholeModel() throws {
        let x = Self.gaussian(300, 4)
        let model = try Self.quick.fit(x, Self.classes(x, count: 3))
        let stages = try Array(model.stagedPredictProba(x))
        #expect(stages.count == model.iterations)
        #expect(try stages.last == model.predictProba(x))
        #expect(try Array(model.stagedPredict(x)).last == model.predict(x))
        #expect(try Array(model.stagedDecisionFunction(x)).last == model.decisionFunction(x))
        let numbers = try Self.regressor.fit(x, Self.targets(x))
        #expect(try Array(numbers.stagedPredict(x)).last == numbers.predict(x))
    }

    @Test func archivesAreChecked() throws {
        var x = Self.gaussian(160, 4)
        let (y, numbers) = (Self.classes(x, count: 3), Self.targets(x).map { $0 * $0 })
        for i in 0..<160 { x[i, 2] = Double(i % 7) * 3 }
        x[3, 1] = .nan
        var classifier = Self.quick
        classifier.maxIter = 3
        classifier.minSamplesLeaf = 5
        classifier.categoricalFeatures = [2]
        let model = try classifier.fit(x, y)
        #expect(model.trees.categorySets.count > 0)
        try expectArchiveIsChecked(model) { _ = try $0.predictProba(x) }
        let regressor = HistGradientBoostingRegressor(
            loss: .poisson, maxIter: 3, categoricalFeatures: [2], earlyStopping: true)
        try expectArchiveIsChecked(try regressor.fit(x, numbers)) { _ = try $0.predict(x) }
    }

    @Test func refusesWhatItCannotUse() throws {
        let x = Self.gaussian(60, 4)
        let y = Self.classes(x)
        var infinite = x
        infinite[5, 2] = .infinity
        #expect(throws: ApusError.self) { try Self.quick.fit(infinite, y) }
        #expect(throws: ApusError.self) { try Self.quick.fit(Matrix(rows: 0, columns: 4), Labels([Int]())) }
        #expect(throws: ApusError.self) { try Self.quick.fit(Matrix(rows: 60, columns: 0), y) }
        #expect(throws: ApusError.self) { try Self.quick.fit(x, Labels([Int](repeating: 1, count: 60))) }
        #expect(throws: ApusError.self) { try Self.quick.fit(x, y, weights: [1]) }
        #expect(throws: ApusError.self) { try Self.quick.fit(x, y, weights: [Double](repeating: 0, count: 60)) }
        #expect(throws: ApusError.self) { try Self.regressor.fit(x, [1]) }
        #expect(throws: ApusError.self) { try Self.quick.fit(x, y).predict(Self.gaussian(3, 5)) }
        #expect(throws: ApusError.self) { try Self.quick.fit(x, y).predict(infinite) }
        for loss in [HistGradientBoostingRegressor.Loss.poisson, .gamma] {
            var estimator = Self.regressor
            estimator.loss = loss
            #expect(throws: ApusError.self) { try estimator.fit(x, [Double](repeating: -1, count: 60)) }
            #expect(throws: ApusError.self) { try estimator.fit(x, [Double](repeating: 0, count: 60)) }
        }
    }

    @Test func refusesParametersThatDoNotSuitTheData() throws {
        let x = Self.gaussian(60, 4)
        let refused: [(inout HistGradientBoostingClassifier) -> Void] = [
            { $0.categoricalFeatures = [4] }, { $0.monotonicCst = [7: .increasing] },
            { $0.interactionCst = .groups([[0, 9]]) },
            {
                $0.earlyStopping = true; $0.validationFraction = 60
            },
            {
                $0.monotonicCst = [1: .increasing]; $0.categoricalFeatures = [1]
            }, { $0.learningRate = 0 },
            { $0.maxBins = 256 }, { $0.maxFeatures = 0 },
            {
                $0.categoricalFeatures = [0]; $0.maxBins = 50
            },
        ]
        for (k, change) in refused.enumerated() {
            var estimator = Self.quick
            change(&estimator)
            #expect(throws: ApusError.self, "\(k)") { try estimator.fit(x, Self.classes(x)) }
        }
        var monotonic = Self.quick
        monotonic.monotonicCst = [0: .increasing]
        #expect(throws: ApusError.self) { try monotonic.fit(x, Self.classes(x, count: 3)) }
    }

    @Test func parametersComeBackFromText() throws {
        var estimator = HistGradientBoostingRegressor()
        for (name, text) in [
            ("categorical_features", "1,3"), ("monotonic_cst", "0:1,2:-1"), ("interaction_cst", "0,1;2"),
            ("early_stopping", "true"), ("validation_fraction", "none"), ("loss", "absolute_error"),
        ] { try HistGradientBoostingRegressor.parameter(named: name).set(text: text, in: &estimator) }
        #expect(estimator.categoricalFeatures == [1, 3])
        #expect(estimator.monotonicCst == [0: .increasing, 2: .decreasing])
        #expect(estimator.interactionCst == .groups([[0, 1], [2]]))
        #expect(estimator.earlyStopping == .yes && estimator.validationFraction == nil)
        #expect(try HistGradientBoostingRegressor(parameters: estimator.parameterValues) == estimator)
        #expect(throws: ApusError.self) {
            try HistGradientBoostingRegressor.parameter(named: "categoricalFeatures").set(text: "a", in: &estimator)
        }
    }

    // MARK: What the answers are like

    @Test func monotonicAnswersNeverTurn() throws {
        let x = Self.gaussian(500, 3)
        let y = (0..<500).map { x[$0, 0] + 3 * x[$0, 1] * x[$0, 2] }
        let model = try HistGradientBoostingRegressor(
            maxIter: 40, minSamplesLeaf: 5, monotonicCst: [0: .increasing]
        ).fit(x, y)
        for i in 0..<20 {
            let line = Matrix(
                rows: 60, columns: 3, values: (0..<60).flatMap { [Double($0) * 0.1 - 3, x[i, 1], x[i, 2]] })
            let answers = try model.predict(line)
            #expect(zip(answers, answers.dropFirst()).allSatisfy { $0 <= $1 })
        }
    }

    @Test func featuresThatMayNotInteractAddUp() throws {
        let x = Self.gaussian(400, 2)
        let y = (0..<400).map { x[$0, 0] * x[$0, 1] + x[$0, 0] }
        let model = try HistGradientBoostingRegressor(maxIter: 20, interactionCst: .noInteractions).fit(x, y)
        let corners = try model.predict(Matrix([[-1, -1], [1, 1], [-1, 1], [1, -1]]))
        expectClose(corners[0] + corners[1], corners[2] + corners[3], relative: 1e-9, absolute: 1e-12)
    }

    @Test func unknownCategoriesAreMissingOnes() throws {
        var x = Self.gaussian(300, 2)
        for i in 0..<300 { x[i, 0] = i % 11 == 0 ? .nan : Double(i % 5) - 2.5 }
        let y = Labels((0..<300).map { $0 % 5 == 3 || $0 % 11 == 0 })
        let model = try HistGradientBoostingClassifier(maxIter: 10, categoricalFeatures: [0]).fit(x, y)
        let rows = try Matrix([[.nan, 0.3], [99, 0.3], [-1e300, 0.3]])
        let scores = try model.decisionFunction(rows).values
        #expect(scores[0] == scores[1] && scores[0] == scores[2])
        #expect(try model.predict(rows).booleans == [true, true, true])
    }

    @Test func quantilesHoldTheirShare() throws {
        let x = Self.gaussian(2000, 3)
        var random = RandomState(seed: 4)
        let y = random.gaussian(count: 2000).enumerated().map { x[$0, 0] + $1 }
        let model = try HistGradientBoostingRegressor(loss: .quantile, quantile: 0.9).fit(x, y)
        let below = zip(y, try model.predict(x)).count { $0 <= $1 }
        #expect((1750...1900).contains(below))
    }

    @Test(arguments: [1, 2, 3, 39, 40, 41])
    func fewRowsAreEnough(rows: Int) throws {
        let x = Self.gaussian(rows, 2)
        let model = try HistGradientBoostingRegressor(maxIter: 3).fit(x, Self.targets(x))
        #expect(try model.predict(x).allSatisfy(\.isFinite))
        #expect(model.trees.leafCount == (rows < 40 ? 3 : model.trees.leafCount))
    }

    @Test func strangeColumnsDoNoHarm() throws {
        let huge = Double.greatestFiniteMagnitude
        var x = Matrix(rows: 80, columns: 6)
        for i in 0..<80 {
            x[i, 0] = 1
            x[i, 1] = .nan
            x[i, 2] = i % 2 == 0 ? huge : -huge
            x[i, 3] = i % 3 == 0 ? .nan : 5
            x[i, 4] = Double(i / 40)
            x[i, 5] = i % 2 == 0 ? -0.0 : 0
        }
        let y = Labels((0..<80).map { $0 / 40 })
        for categorical in [[], [0, 1, 3, 5]] as [ColumnIndices] {
            let model = try HistGradientBoostingClassifier(maxIter: 20, categoricalFeatures: categorical).fit(x, y)
            #expect(try model.predict(x) == y)
            try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        }
        #expect(throws: ApusError.self) {
            try HistGradientBoostingRegressor().fit(x, (0..<80).map { $0 % 2 == 0 ? huge : -huge })
        }
    }

    @Test func histogramsEqualPlainSums() throws {
        // One iteration without limits but the leaf size: leaf means must be those of the rows that reach them.
        let x = Self.gaussian(5000, 5)
        let y = Self.targets(x)
        let model = try HistGradientBoostingRegressor(learningRate: 1, maxIter: 1).fit(x, y)
        let answers = try model.predict(x)
        for answer in Set(answers) {
            let rows = answers.indices.filter { answers[$0] == answer }
            #expect(rows.count >= 20)
            expectClose(answer, rows.reduce(0) { $0 + y[$1] } / Double(rows.count), relative: 1e-6, absolute: 1e-6)
        }
    }

    @Test func cancellationStopsTraining() async throws {
        let x = Self.gaussian(400, 4)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try HistGradientBoostingRegressor().fit(x, Self.targets(x))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

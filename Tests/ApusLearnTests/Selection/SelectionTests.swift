import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct SelectionTests {
    private func target(_ example: Oracle) throws -> Target {
        try example.bool("classes")
            ? .labels(Labels(try example.ints("y"))) : .numbers(try example.doubles("y"))
    }

    @Test func scoresOfSingleFeaturesAreTheReferences() throws {
        for example in try Oracle("transformers/univariate").array("cases") {
            let x = try example.matrix("x")
            let (tests, mutual, mutual5): (FeatureScores, FeatureScores, FeatureScores)
            var discrete: FeatureScores?
            let score: ScoreFunction
            switch try target(example) {
            case .labels(let y):
                tests = try .fClassif(x, y)
                mutual = try .mutualInfoClassif(x, y)
                mutual5 = try .mutualInfoClassif(x, y, nNeighbors: 5, seed: 7)
                if example.has("mutualDiscrete") {
                    discrete = try .mutualInfoClassif(x, y, discreteFeatures: [0], seed: 3)
                }
                let sizes = Matrix(rows: x.rows, columns: x.columns, values: x.values.map(\.magnitude))
                let chi2 = try FeatureScores.chi2(sizes, y)
                expectClose(chi2.scores, try example.doubles("chi2"), relative: 1e-12, "\(example)")
                expectClose(try #require(chi2.pValues), try example.doubles("chi2P"), relative: 1e-10, "\(example)")
                #expect(try FeatureScores.chi2(SparseMatrix(sizes), y) == chi2)
                score = .fClassif
            case .numbers(let y):
                tests = try .fRegression(x, y)
                mutual = try .mutualInfoRegression(x, y)
                mutual5 = try .mutualInfoRegression(x, y, nNeighbors: 5, seed: 7)
                if example.has("mutualDiscrete") {
                    discrete = try .mutualInfoRegression(x, y, discreteFeatures: [0], seed: 3)
                }
                score = .fRegression
            }
            expectClose(tests.scores, try example.doubles("f"), relative: 1e-9, absolute: 1e-12, "\(example)")
            expectClose(
                try #require(tests.pValues), try example.doubles("fP"), relative: 1e-9, absolute: 1e-300, "\(example)")
            expectClose(mutual.scores, try example.doubles("mutual"), absolute: 1e-12, "\(example)")
            expectClose(mutual5.scores, try example.doubles("mutual5"), absolute: 1e-12, "\(example)")
            if let discrete {
                expectClose(discrete.scores, try example.doubles("mutualDiscrete"), absolute: 1e-12, "\(example)")
            }
            let best = try SelectKBest(k: 2, scoreFunction: score).fit(x, target(example), weights: nil)
            #expect(try best.keptFeatures == example.ints("best"), "\(example)")
            let share = try SelectPercentile(percentile: 50, scoreFunction: score).fit(x, target(example), weights: nil)
            #expect(try share.keptFeatures == example.ints("percent"), "\(example)")
            try expectArchiveIsChecked(best) { _ = try $0.transform(x) }
        }
    }

    @Test func choicesOfModelsAreTheReferences() throws {
        func check<Base: Estimator>(_ example: Oracle, _ base: Base, rfe: RFE<Base>) throws {
            let (x, y) = (try example.matrix("x"), try target(example))
            #expect(try SelectFromModel(base).fit(x, y).keptFeatures == example.ints("mean"), "\(example)")
            let model = try rfe.fit(x, y)
            #expect(try model.ranking == example.ints("rfe"), "\(example)")
            try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        }
        for example in try Oracle("transformers/by-model").array("cases") {
            switch try example.string("name") {
            case "logistic":
                let base = LogisticRegression()
                try check(example, base, rfe: RFE(base, nFeaturesToSelect: 3))
                let (x, y) = (try example.matrix("x"), try target(example))
                let median = try SelectFromModel(base, threshold: .median(0.9)).fit(x, y)
                #expect(try median.keptFeatures == example.ints("scaledMedian"))
                let most = try SelectFromModel(base, threshold: .value(0), maxFeatures: 3).fit(x, y)
                #expect(try most.keptFeatures == example.ints("most"))
                let steps = try RFE(base, nFeaturesToSelect: 0.5, step: 3).fit(x, y)
                #expect(try steps.ranking == example.ints("rfeSteps"))
            case "forest":
                let base = RandomForestClassifier(nEstimators: 10, seed: 1)
                try check(example, base, rfe: RFE(base, nFeaturesToSelect: 3, step: 2))
            case "lasso":
                #expect(
                    try SelectFromModel(Lasso(alpha: 0.5)).fit(example.matrix("x"), target(example)).keptFeatures
                        == example.ints("mean"))
                #expect(
                    try RFE(LinearRegression(), nFeaturesToSelect: 4).fit(example.matrix("x"), target(example)).ranking
                        == example.ints("rfe"))
            default: continue
            }
        }
    }

    @Test func pipelinesHandTheTargetToTheStepsThatNeedIt() throws {
        var random = RandomState(seed: 3)
        let x = Matrix(rows: 90, columns: 6, values: random.gaussian(count: 540))
        let y = Labels((0..<90).map { x[$0, 4] + 0.2 * x[$0, 1] > 0 ? "yes" : "no" })
        let steps = StandardScaler().then(SelectKBest(k: 2)).then(LogisticRegression())
        let model = try steps.fit(x, y)
        #expect(model.first.last.keptFeatures.contains(4))
        #expect(try zip(model.predict(x).strings, y.strings).count { $0 == $1 } > 80)
        #expect(model.first.outputNames(for: ["a", "b", "c", "d", "e", "f"]).contains("e"))
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        let codes = Matrix(rows: 90, columns: 1, values: (0..<90).map { Double($0 % 7) })
        let numbers = (0..<90).map { Double($0 % 7) * 2 + x[$0, 0] * 0.01 }
        let line = try TargetEncoder().then(StandardScaler()).then(LinearRegression()).fit(codes, numbers)
        expectClose(try line.predict(codes), numbers, relative: 0, absolute: 0.1)
        #expect(Pipeline<StandardScaler, SelectKBest>.needsTarget && !Pipeline<StandardScaler, PCA>.needsTarget)
    }

    @Test func whatCannotBeSelectedIsSaid() throws {
        let x = try Matrix([[1, 2], [3, 4], [5, 7]])
        #expect(throws: ApusError.self) { try SelectKBest().fit(x, [1.0, 2, 3]) }
        #expect(throws: ApusError.self) { try SelectKBest(scoreFunction: .fRegression).fit(x, Labels([0, 1, 0])) }
        #expect(throws: ApusError.self) { try SelectKBest().fit(x, Labels([0, 0, 0])) }
        #expect(throws: ApusError.self) { try SelectKBest().fit(Matrix([[.nan], [1]]), Labels([0, 1])) }
        #expect(throws: ApusError.self) {
            try SelectKBest(scoreFunction: .chi2).fit(Matrix([[-1], [1]]), Labels([0, 1]))
        }
        #expect(throws: ApusError.self) { try FeatureScores.mutualInfoRegression(x, [1, 2, 3], nNeighbors: 3) }
        #expect(throws: ApusError.self) { try SelectFromModel(GaussianNB()).fit(x, Labels([0, 1, 0])) }
        #expect(throws: ApusError.self) { try SelectFromModel(Lasso()).fit(x, Labels([0, 1, 0])) }
        #expect(throws: ApusError.self) {
            try SelectFromModel(LinearRegression(), threshold: .value(1e9)).fit(x, [1.0, 2, 3])
        }
        #expect(throws: ApusError.self) { try RFE(LinearRegression()).fit(Matrix([[1], [2]]), [1.0, 2]) }
        #expect(throws: ApusError.self) { try RFE(LinearRegression()).fit(x, [1.0, 2]) }
        let kept = try SelectKBest(k: 1).fit(x, Labels([0, 0, 1]))
        #expect(try kept.inverseTransform(Matrix([[5]])).values.filter { $0 == 5 }.count == 1)
    }
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct ResamplerTests {
    private static let x = {
        var random = RandomState(seed: 3)
        return Matrix(rows: 40, columns: 3, values: random.gaussian(count: 120))
    }()
    private static let y = Labels((0..<40).map { $0 % 5 == 0 ? "rare" : "usual" })

    /// The textbook's way: all distances, sorted; no trees, no heaps.
    @Test func makesTheRowsOfAPlainLoop() throws {
        let (x, y) = (Self.x, Self.y)
        let result = try SMOTE(kNeighbors: 3, seed: 9).fitResample(x, y)
        let own = (0..<40).filter { y.codes[$0] == 0 }
        var random = RandomState(seed: 9)
        let draws = random.integers(in: 0..<own.count * 3, count: 24)
        let steps = random.uniform(count: 24)
        for (place, draw) in draws.enumerated() {
            let start = own[draw / 3]
            func distance(_ row: Int) -> Double {
                (0..<3).reduce(0) { $0 + (x[row, $1] - x[start, $1]) * (x[row, $1] - x[start, $1]) }
            }
            let end = own.filter { $0 != start }.sorted { distance($0) < distance($1) }[draw % 3]
            let expected = (0..<3).map { x[start, $0] + steps[place] * (x[end, $0] - x[start, $0]) }
            #expect(result.x.row(40 + place) == expected)
        }
        #expect(result.y.counts == [32, 32])
        #expect(result.sources.suffix(24).allSatisfy { $0 == nil })
        #expect(result.remarks.isEmpty)
    }

    @Test func keepsClassesThatDoNotOccur() throws {
        let y = try Labels(codes: Self.y.codes.map { $0 + 1 }, classes: .strings(["absent", "rare", "usual"]))
        let result = try SMOTE(kNeighbors: 2).fitResample(Self.x, y)
        #expect(result.y.classes.names == ["absent", "rare", "usual"])
        #expect(result.y.counts == [0, 32, 32])
        #expect(try RandomUnderSampler().fitResample(Self.x, y).y.counts == [0, 8, 8])
    }

    @Test func countsTheNamedClassesOnly() throws {
        let more = try RandomOverSampler(samplingStrategy: .counts(["rare": 11])).fitResample(Self.x, Self.y)
        #expect(more.y.counts == [11, 32])
        let fewer = try RandomUnderSampler(samplingStrategy: .counts(["usual": 0])).fitResample(Self.x, Self.y)
        #expect(fewer.y.counts == [8, 0])
    }

    @Test(arguments: [
        (SamplingStrategy.ratio(0.1), "larger ratio"), (.counts(["rar": 9]), "the classes are rare, usual"),
        (.counts(["rare": 3]), "cannot make it smaller"), (.majority, "to add rows"), (.ratio(1.5), "at most 1"),
        (.counts(["rare": -1]), "samplingStrategy"), (.counts(["rare": 1 << 60]), "memory"),
    ]) func refusesStrategiesThatCannotBe(_ strategy: SamplingStrategy, _ reason: String) throws {
        let error = try #require(throws: ApusError.self) {
            try SMOTE(samplingStrategy: strategy).fitResample(Self.x, Self.y)
        }
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test func refusesWhatTakingAwayCannotDo() {
        for strategy in [SamplingStrategy.minority, .counts(["rare": 9]), .ratio(0.2), .counts(["usual": 33])] {
            #expect(throws: ApusError.self) {
                try RandomUnderSampler(samplingStrategy: strategy).fitResample(Self.x, Self.y)
            }
        }
        for strategy in [SamplingStrategy.minority, .counts(["rare": 3]), .ratio(0.5)] {
            #expect(throws: ApusError.self) { try TomekLinks(samplingStrategy: strategy).fitResample(Self.x, Self.y) }
        }
    }

    @Test func saysWhichClassHasTooFewRows() throws {
        let error = try #require(throws: ApusError.self) { try SMOTE(kNeighbors: 8).fitResample(Self.x, Self.y) }
        #expect(error.message.contains("Class rare has only 8 rows"))
        #expect(error.message.contains("lower kNeighbors to 7"))
        #expect(try SMOTE(kNeighbors: 7).fitResample(Self.x, Self.y).y.counts == [32, 32])
        for resampler: any Resampler in [
            BorderlineSMOTE(mNeighbors: 40), ADASYN(nNeighbors: 40), SMOTE(kNeighbors: .max),
        ] {
            #expect(throws: ApusError.self) { try resampler.fitResample(Self.x, Self.y) }
        }
    }

    @Test func saysWhenNoRowIsAtTheBorder() throws {
        let x = Matrix(rows: 40, columns: 1, values: (0..<40).map { Double($0) + ($0 % 5 == 0 ? 1e4 : 0) })
        let result = try BorderlineSMOTE().fitResample(x, Self.y)
        #expect(result.y == Self.y)
        #expect(result.remarks.first?.contains("Class rare got no rows") == true)
        let error = try #require(throws: ApusError.self) { try ADASYN().fitResample(x, Self.y) }
        #expect(error.message.contains("use SMOTE"))
    }

    @Test func survivesDuplicatesAndHugeValues() throws {
        let same = Matrix(repeating: 2, rows: 40, columns: 3)
        for resampler: any Resampler in [
            SMOTE(), BorderlineSMOTE(), SMOTENC(categoricalFeatures: [1]), RandomOverSampler(), RandomUnderSampler(),
        ] {
            #expect(try resampler.fitResample(same, Self.y).x.values.allSatisfy { $0 == 2 })
        }
        for scale in [1e300, 1e160, 1e-320] {
            let x = Matrix(rows: 40, columns: 3, values: Self.x.values.map { $0 * scale })
            for resampler: any Resampler in [
                SMOTE(), BorderlineSMOTE(), SMOTENC(categoricalFeatures: [1]), ADASYN(), TomekLinks(),
                RandomOverSampler(shrinkage: 1e10),
            ] {
                do {
                    let values = try resampler.fitResample(x, Self.y).x.values
                    let areFinite = values.allSatisfy { $0.isFinite }
                    #expect(areFinite, "\(resampler)")
                } catch is ApusError {}
            }
        }
    }

    @Test func mixedRowsNeedBothKindsOfColumns() {
        for columns: ColumnIndices in [[], [0, 1, 2], [3], [-1]] {
            #expect(throws: ApusError.self) {
                try SMOTENC(categoricalFeatures: columns).fitResample(Self.x, Self.y)
            }
        }
    }

    @Test func strategiesReadBackFromText() throws {
        for (text, strategy) in [
            ("not_majority", SamplingStrategy.notMajority), ("0.5", .ratio(0.5)), ("1", .ratio(1)),
            ("rare:10,usual:40", .counts(["rare": 10, "usual": 40])), ("all", .all),
        ] {
            var resampler = SMOTE()
            try SMOTE.parameter(named: "sampling_strategy").set(text: text, in: &resampler)
            #expect(resampler.samplingStrategy == strategy)
            #expect(try SMOTE(parameters: resampler.parameterValues) == resampler)
        }
        var resampler = SMOTE()
        #expect(throws: ApusError.self) {
            try SMOTE.parameter(named: "sampling_strategy").set(text: "some", in: &resampler)
        }
    }

    @Test func carriesWeightsOfRowsThatWereThere() throws {
        let weights = (0..<40).map { Double($0) }
        let result = try RandomUnderSampler(seed: 1).fitResample(Self.x, Self.y)
        #expect(try result.carried(weights) == result.sources.map { Double($0 ?? -1) })
        let made = try SMOTE(kNeighbors: 2).fitResample(Self.x, Self.y)
        #expect(throws: ApusError.self) { try made.carried(weights) }
    }
}

struct ResamplingPipelineTests {
    private static let x = {
        var random = RandomState(seed: 3)
        return Matrix(rows: 40, columns: 3, values: random.gaussian(count: 120))
    }()
    private static let y = Labels((0..<40).map { $0 % 5 == 0 ? "rare" : "usual" })

    @Test func isTheModelOfTheLastStepFittedOnTheNewRows() throws {
        let more = try SMOTE(seed: 2).fitResample(Self.x, Self.y)
        let plain = try GaussianNB().fit(more.x, more.y)
        let chained = try SMOTE(seed: 2).then(GaussianNB()).fit(Self.x, Self.y)
        #expect(chained == plain)
        #expect(try chained.predict(Self.x).count == 40)
    }

    @Test func standsAnywhereInAChain() throws {
        let (x, y) = (Self.x, Self.y)
        let scaler = try StandardScaler().fit(x)
        let more = try SMOTE().fitResample(scaler.transform(x), y)
        let cleaned = try TomekLinks().fitResample(more.x, more.y)
        let pca = try PCA(nComponents: 2).fit(more.x)
        let last = try GaussianNB().fit(pca.transform(more.x), more.y)

        let between = try StandardScaler().then(SMOTE()).then(PCA(nComponents: 2)).then(GaussianNB()).fit(x, y)
        #expect(try between.predictProba(x) == last.predictProba(pca.transform(scaler.transform(x))))
        let bracketed = try StandardScaler().then(SMOTE().then(PCA(nComponents: 2)).then(GaussianNB())).fit(x, y)
        #expect(try bracketed.predictProba(x) == between.predictProba(x))
        let twice = try StandardScaler().then(SMOTE()).then(TomekLinks()).then(GaussianNB()).fit(x, y)
        #expect(try twice.last == GaussianNB().fit(cleaned.x, cleaned.y))
        let first = try SMOTE().then(TomekLinks()).then(StandardScaler()).then(GaussianNB()).fit(x, y)
        #expect(first.featureCount == 3)
        try expectArchiveIsChecked(between) { _ = try $0.predictProba(x) }
    }

    @Test func namesTheParametersOfItsSteps() throws {
        var chain = StandardScaler().then(SMOTE()).then(SVC())
        typealias Chain = Pipeline<StandardScaler, ResamplingPipeline<SMOTE, SVC>>
        #expect(Chain.stepNames == ["standardScaler", "smote", "svc"])
        try Chain.parameter(named: "smote.k_neighbors").set(text: "3", in: &chain)
        #expect(chain.last.first.kNeighbors == 3)
        #expect(throws: ApusError.self) { try SMOTE(kNeighbors: 0).then(SVC()).fit(Self.x, Self.y) }
    }

    @Test func carriesOrRefusesSampleWeights() throws {
        let weights = (0..<40).map { Double($0 + 1) }
        let kept = try RandomUnderSampler().fitResample(Self.x, Self.y)
        let chained = try RandomUnderSampler().then(GaussianNB()).fit(Self.x, Self.y, weights: weights)
        #expect(try chained == GaussianNB().fit(kept.x, kept.y, weights: kept.carried(weights)))
        #expect(throws: ApusError.self) { try SMOTE().then(GaussianNB()).fit(Self.x, Self.y, weights: weights) }
        #expect(throws: ApusError.self) { try SMOTE().then(GaussianNB()).fit(Self.x, Self.y, weights: [1]) }
    }
}

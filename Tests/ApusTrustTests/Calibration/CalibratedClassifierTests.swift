import ApusCore
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

struct CalibratedClassifierTests {
    private let oracle: Oracle
    private let two: (x: Matrix, y: Labels)
    private let three: (x: Matrix, y: Labels)

    init() throws {
        oracle = try Oracle("calibration/calibrated")
        two = (try oracle.matrix("x2"), Labels(try oracle.ints("y2")))
        three = (try oracle.matrix("x3"), Labels(try oracle.ints("y3")))
    }

    @Test func givesTheProbabilitiesOfTheReference() throws {
        let cases = try oracle.array("cases")
        #expect(cases.count == 30)
        for example in cases {
            if try example.string("estimator") == "ridge" {
                try compare(RidgeClassifier(), example)
            } else {
                try compare(GaussianNB(), example)
            }
        }
    }

    private func compare(_ estimator: some Classifier, _ example: Oracle) throws {
        let (x, y) = try example.int("classes") == 2 ? two : three
        let method = try #require(CalibrationMethod(rawValue: try example.string("method")))
        let calibrated = CalibratedClassifierCV(
            estimator, method: method, cv: 4, ensemble: try example.bool("ensemble"))
        let weights = example.has("weights") ? try example.doubles("weights") : nil
        let model = try calibrated.fit(x, y, weights: weights)
        let first = x.selecting(rows: Array(0..<20))
        let (labels, table) = try model.predictWithProbabilities(first)
        // The reference's optimisers stop earlier, at gradients of 1e-6.
        let tolerance = method == .isotonic ? 1e-10 : method == .temperature ? 1e-6 : 2e-5
        let expected = try example.matrix("probability")
        for (a, b) in zip(table.values, expected.values) { #expect(abs(a - b) <= tolerance, "\(example)") }
        #expect(try labels.integers == example.ints("prediction"), "\(example)")
        for row in 0..<20 { #expect(abs(table.row(row).reduce(0, +) - 1) < 1e-12) }
        #expect(model.estimators.count == (calibrated.ensemble ? 4 : 1))
        try roundTrip(model, first)
    }

    @Test func keepsTheDecisionsOfAFairClassifier() throws {
        var random = RandomState(seed: 6)
        let x = Matrix(rows: 300, columns: 3) { values in
            for row in 0..<300 {
                values[row * 3] = Double(row % 2)
                values[row * 3 + 1] = random.gaussian() + Double(row % 2)
                values[row * 3 + 2] = random.gaussian()
            }
        }
        let y = Labels((0..<300).map { x[$0, 1] + 0.6 * random.gaussian() > 0.5 ? 1 : 0 })
        let reduction = Routed(ExponentiatedGradient(LogisticRegression(), maxIter: 6), sensitiveColumns: [0])
        let thresholds = Routed(ThresholdOptimizer(LogisticRegression()), sensitiveColumns: [0])
        func check(_ estimator: some Classifier) throws {
            let calibrated = CalibratedClassifierCV(estimator, ensemble: false, keepsDecisions: true)
            let model = try calibrated.fit(x, y)
            #expect(try model.predict(x) == estimator.fit(x, y).predict(x))
            // A mixture and thresholds say how often they answer; calibrated they say how often it is so.
            let probabilities = try model.predictProba(x).column(1)
            #expect(Set(probabilities).count > 250)
            let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
            let share = { (rows: ArraySlice<Int>) in Double(rows.count { y.codes[$0] == 1 }) / Double(rows.count) }
            #expect(share(order.prefix(75)) < 0.3 && share(order.suffix(75)) > 0.7)
            let mean = order.suffix(75).reduce(0) { $0 + probabilities[$1] } / 75
            #expect(abs(mean - share(order.suffix(75))) < 0.12)
            #expect(model.keepsDecisions)
            try roundTrip(model, x)
        }
        try check(reduction)
        try check(thresholds)
        #expect(
            try #require(throws: ApusError.self) {
                try CalibratedClassifierCV(GaussianNB(), keepsDecisions: true).fit(x, y)
            }.message.contains("ensemble"))
    }

    private func roundTrip<Model: ClassifierModel>(_ model: Model, _ x: Matrix) throws {
        var archive = ModelArchive()
        model.encode(into: &archive)
        #expect(try Model(from: archive) == model)
        for name in archive.tensors.keys.sorted() {
            var damaged = archive.tensors
            damaged[name] = nil
            #expect(throws: ApusError.self) {
                try Model(from: ModelArchive(tensors: damaged, attributes: archive.attributes)).predict(x)
            }
        }
    }

    @Test func calibratesWhatIsFittedAlready() throws {
        let (x, y) = two
        let split = Split(train: Array(0..<60), test: Array(60..<90))
        let base = try GaussianNB().fit(x.selecting(rows: split.train), y.selecting(rows: split.train))
        let calibrated = CalibratedClassifierCV(GaussianNB(), method: .isotonic)
        let held = (x: x.selecting(rows: split.test), y: y.selecting(rows: split.test))
        let model = try calibrated.calibrate(base, held.x, held.y)
        #expect(try model == calibrated.fit(x, y, splits: [split]))
        let curve = try calibrationCurve(held.y, model.predictProba(held.x).column(1), nBins: 4)
        // What the calibrator was fitted on is calibrated.
        #expect(zip(curve.probTrue, curve.probPred).allSatisfy { abs($0 - $1) < 0.25 })
        #expect(throws: ApusError.self) {
            try calibrated.calibrate(base, held.x, Labels([Int](repeating: 0, count: 30)))
        }
    }

    @Test func neverChangesTheOrderByTemperature() throws {
        let plain = try LogisticRegression().fit(three.x, three.y)
        let model = try CalibratedClassifierCV(LogisticRegression(), method: .temperature, ensemble: false)
            .fit(three.x, three.y)
        #expect(try model.predict(three.x) == plain.predict(three.x))
        #expect(try model.predictProba(three.x) != plain.predictProba(three.x))
    }

    @Test func saysWhatItCannotDo() throws {
        let (x, y) = two
        let few = try Labels(codes: y.codes.indices.map { $0 < 3 ? 0 : 1 }, classes: y.classes)
        let error = try #require(throws: ApusError.self) { try CalibratedClassifierCV(GaussianNB()).fit(x, few) }
        #expect(error.message.contains("Class 0 has 3 rows") && error.message.contains("lower cv to 3"))
        #expect(throws: ApusError.self) {
            try CalibratedClassifierCV(GaussianNB()).fit(x, Labels([Int](repeating: 1, count: 90)))
        }
        #expect(throws: ApusError.self) { try CalibratedClassifierCV(GaussianNB(), cv: 1).fit(x, y) }
        #expect(throws: ApusError.self) { try CalibratedClassifierCV(GaussianNB()).fit(x, y, splits: []) }
        #expect(throws: ApusError.self) {
            try CalibratedClassifierCV(GaussianNB()).fit(x, y, splits: [Split(train: [0, 1, 99], test: [2])])
        }
        #expect(throws: ApusError.self) {
            try CalibratedClassifierCV(GaussianNB(), ensemble: false)
                .fit(x, y, splits: [Split(train: Array(0..<60), test: Array(60..<90))])
        }
        #expect(throws: ApusError.self) {
            try CalibratedClassifierCV(KNeighborsClassifier()).fit(x, y, weights: [Double](repeating: 1, count: 90))
        }
        var estimator = CalibratedClassifierCV(LogisticRegression())
        try type(of: estimator).parameter(named: "estimator.max_iter").set(text: "7", in: &estimator)
        #expect(estimator.estimator.maxIter == 7)
        #expect(throws: ApusError.self) { try CalibratedClassifierCV(LogisticRegression(c: -1)).fit(x, y) }
    }

    @Test func survivesScoresThatAreAllTheSame() throws {
        let flat = Matrix(repeating: 1, rows: 40, columns: 2)
        let y = Labels((0..<40).map { $0 % 4 == 0 })
        for method in CalibrationMethod.allCases {
            let model = try CalibratedClassifierCV(DecisionTreeClassifier(), method: method).fit(flat, y)
            let table = try model.predictProba(flat)
            #expect(table.values.allSatisfy { $0 >= 0 && $0 <= 1 })
            if method != .temperature { #expect(table.column(1).allSatisfy { abs($0 - 0.25) < 0.05 }) }
        }
    }

    @Test func resamplesOnlyTheRowsFittedOn() throws {
        let (x, y) = two
        let chain = CalibratedClassifierCV(SMOTE().then(GaussianNB()), method: .sigmoid, cv: 3)
        let model = try chain.fit(x, y)
        let folds = try StratifiedKFold(nSplits: 3).split(rows: 90, labels: y, groups: nil)
        let direct = try folds.map { fold in
            try SMOTE().then(GaussianNB()).fit(x.selecting(rows: fold.train), y.selecting(rows: fold.train))
        }
        #expect(model.estimators == direct)
    }
}

struct CalibrationCurveTests {
    @Test func hasThePointsOfTheReference() throws {
        let oracle = try Oracle("calibration/curves")
        let (truth, probabilities) = (Labels(try oracle.ints("truth")), try oracle.doubles("probabilities"))
        for example in try oracle.array("cases") {
            let bins = try #require(CalibrationBins(rawValue: try example.string("strategy")))
            let curve = try calibrationCurve(truth, probabilities, nBins: example.int("bins"), strategy: bins)
            expectClose(curve.probTrue, try example.doubles("true"), relative: 1e-14)
            expectClose(curve.probPred, try example.doubles("predicted"), relative: 1e-13)
            #expect(curve.counts.reduce(0, +) == 80)
        }
        #expect(throws: ApusError.self) { try calibrationCurve(truth, probabilities.map { $0 + 1 }) }
        #expect(throws: ApusError.self) { try calibrationCurve(truth, [0.5]) }
        #expect(throws: ApusError.self) { try calibrationCurve(truth, probabilities, nBins: 0) }
        #expect(throws: ApusError.self) { try calibrationCurve(Labels([Int]()), []) }
    }
}

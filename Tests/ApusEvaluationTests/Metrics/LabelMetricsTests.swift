import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct LabelMetricsTests {
    private struct Example {
        let oracle: Oracle
        let truth: Labels
        let prediction: Labels
        let weights: [Double]?
    }

    private func examples() throws -> [Example] {
        try Oracle("metrics/labels").array("cases").map {
            Example(
                oracle: $0, truth: try $0.labels("truth"), prediction: try $0.labels("prediction"),
                weights: try $0.optionalDoubles("weights"))
        }
    }

    @Test func accuraciesAndConfusionMatricesEqualTheReference() throws {
        for example in try examples() {
            let (oracle, truth, prediction, weights) =
                (example.oracle, example.truth, example.prediction, example.weights)
            let matrix = try ConfusionMatrix(truth, prediction, weights: weights)
            expectClose(matrix.counts, try oracle.matrix("confusion"), "\(oracle)")
            expectClose(matrix.normalized(over: .truth), try oracle.matrix("normalized"), "\(oracle)")
            let accuracy = try oracle.double("accuracy")
            expectClose(try accuracyScore(truth, prediction, weights: weights), accuracy, "\(oracle)")
            expectClose(matrix.accuracy, accuracy, "\(oracle)")
            expectClose(
                try balancedAccuracyScore(truth, prediction, weights: weights), try oracle.double("balanced_accuracy"),
                "\(oracle)")
            expectClose(
                try matthewsCorrelation(truth, prediction, weights: weights).get(), try oracle.double("matthews"),
                absolute: 1e-15, "\(oracle)")
        }
    }

    @Test func precisionRecallAndF1EqualTheReference() throws {
        for example in try examples() {
            let (oracle, truth, prediction, weights) =
                (example.oracle, example.truth, example.prediction, example.weights)
            func scores(_ average: Average, _ rule: ZeroDivision) throws -> [Double] {
                try [precisionScore, recallScore, f1Score].map {
                    try $0(truth, prediction, average, weights, rule).value ?? .nan
                }
            }
            let zero = ZeroDivision.value(0)
            let averages: [(String, Average, ZeroDivision)] = [
                ("macro", .macro, .undefined), ("macro", .macro, zero), ("macro_one", .macro, .value(1)),
                ("macro_omitted", .macro, .omitted), ("micro", .micro, zero), ("weighted", .weighted, .undefined),
                ("weighted_one", .weighted, .value(1)), ("weighted_omitted", .weighted, .omitted),
            ]
            for (name, average, rule) in averages {
                expectClose(try scores(average, rule), try oracle.doubles(name), "\(oracle) \(name)")
            }
            if oracle.has("binary") {
                let positive = (try? oracle.int("positive")).map(String.init) ?? (try? oracle.string("positive"))
                expectClose(try scores(.binary(positive: positive), zero), try oracle.doubles("binary"), "\(oracle)")
                expectClose(try scores(.binary(), zero), try oracle.doubles("binary"), "\(oracle), by default")
            }
            let expected = try oracle.object("per_class")
            let classes = try precisionRecallF1(truth, prediction, weights: weights)
            expectClose(classes.map { $0.precision.value ?? 0 }, try expected.doubles("precision"), "\(oracle)")
            expectClose(classes.map { $0.recall.value ?? 0 }, try expected.doubles("recall"), "\(oracle)")
            expectClose(classes.map { $0.f1.value ?? 0 }, try expected.doubles("f1"), "\(oracle)")
            expectClose(classes.map(\.support), try expected.doubles("support"), "\(oracle)")
        }
    }

    @Test func reportsAreTheReferencesToTheLastSpace() throws {
        for example in try examples() {
            let (oracle, truth, prediction, weights) =
                (example.oracle, example.truth, example.prediction, example.weights)
            let report = try ClassificationReport(truth, prediction, weights: weights)
            let texts = try oracle.object("report")
            for digits in texts.keys {
                #expect(try report.text(digits: Int(digits) ?? 2) == texts.string(digits), "\(oracle)")
            }
            let omitted = try ClassificationReport(truth, prediction, weights: weights, zeroDivision: .omitted)
            #expect(try omitted.text() == oracle.string("report_omitted"), "\(oracle)")
            let one = try ClassificationReport(truth, prediction, weights: weights, zeroDivision: .value(1))
            #expect(try one.text() == oracle.string("report_one"), "\(oracle)")
        }
    }

    @Test func whatIsNotDefinedIsNoNumberAndSaysWhy() throws {
        let truth = Labels(["a", "b", "b"])
        let prediction = Labels(["b", "b", "b"])
        let precision = try precisionScore(truth, prediction, average: .binary(positive: "a"))
        #expect(precision.value == nil)
        #expect(precision.note == "The precision is not defined: no row was predicted as “a”.")
        #expect(throws: ApusError.self) { try precision.get() }
        let macro = try precisionScore(truth, prediction, average: .macro)
        #expect(macro.value == 1.0 / 3)
        #expect(macro.note == "The precision is not defined for “a” and counts as 0.")
        let omitted = try precisionScore(truth, prediction, average: .macro, zeroDivision: .omitted)
        #expect(omitted.value == 2.0 / 3 && omitted.note?.contains("left out") == true)
        #expect(try matthewsCorrelation(truth, prediction).note != nil)
        let report = try ClassificationReport(truth, prediction)
        #expect(report.classes[0].precision.value == nil && report.classes[1].precision.note == nil)
    }

    @Test func listsOfClassesMayDiffer() throws {
        let truth = try Labels(codes: [0, 2, 1], classes: .strings(["a", "b", "c", "never"]))
        let prediction = try Labels(codes: [1, 0, 0], classes: .strings(["c", "a", "z"].sorted()))
        let matrix = try ConfusionMatrix(truth, prediction)
        #expect(matrix.classes == .strings(["a", "b", "c"]))
        #expect(matrix.counts.values == [0, 0, 1, 1, 0, 0, 1, 0, 0])
        let shown = try ConfusionMatrix(truth, prediction, classes: .strings(["a", "c", "d"]))
        #expect(shown.counts.values == [0, 1, 0, 1, 0, 0, 0, 0, 0])
    }

    @Test func positiveClassesAreTheReferencesOrTheSecond() throws {
        func f1(_ truth: Labels, _ prediction: Labels, _ positive: String? = nil) throws -> Double? {
            try f1Score(truth, prediction, average: .binary(positive: positive)).value
        }
        #expect(try f1(Labels([true, false, true]), Labels([true, true, true])) == 0.8)
        #expect(try f1(Labels([true, false, true]), Labels([true, true, true]), "false") == 0)
        #expect(try f1(Labels([0, 2, 2]), Labels([2, 2, 2])) == 0.8)
        #expect(try f1(Labels([false]), Labels([false])) == nil)
        let onlyNo = try Labels(codes: [0, 0], classes: .strings(["no", "yes"]))
        #expect(try f1(onlyNo, onlyNo) == nil)
        #expect(throws: ApusError.self) { try f1(Labels(["a", "b"]), Labels(["a", "b"]), "c") }
        #expect(throws: ApusError.self) { try f1(Labels(["a"]), Labels(["a"])) }
        #expect(throws: ApusError.self) { try f1(Labels([1, 2, 3]), Labels([1, 2, 3])) }
    }

    @Test func badInputIsRefused() throws {
        let two = Labels([0, 1])
        #expect(throws: ApusError.self) { try accuracyScore(two, Labels([0])) }
        #expect(throws: ApusError.self) { try accuracyScore(Labels([Int]()), Labels([Int]())) }
        #expect(throws: ApusError.self) { try accuracyScore(two, Labels(["0", "1"])) }
        for weights in [[1.0], [0, 0], [-1, 2], [.nan, 1], [.infinity, 1]] {
            #expect(throws: ApusError.self) { try accuracyScore(two, two, weights: weights) }
            #expect(throws: ApusError.self) { try ConfusionMatrix(two, two, weights: weights) }
        }
        let report = try ClassificationReport(two, two)
        for digits in [-1, 18, .max] { #expect(throws: ApusError.self) { try report.text(digits: digits) } }
        #expect(throws: ApusError.self) { try report.text(names: ["one"]) }
        #expect(try report.text(names: ["ham", "spam"]).contains("spam"))
    }

    @Test(arguments: 0..<20)
    func lawsHoldForRandomLabels(_ seed: UInt32) throws {
        var random = RandomState(seed: seed)
        let classes = 2 + Int(seed) % 4
        let count = 3 + Int(seed) * 3
        let truth = Labels(random.integers(in: 0..<classes, count: count))
        let prediction = Labels(random.integers(in: 0..<classes, count: count))
        let weights = random.uniform(count: count)
        let order = random.permutation(count)

        // The order of rows does not matter, and weights only in proportion.
        let matrix = try ConfusionMatrix(truth, prediction, weights: weights)
        let shuffled = try ConfusionMatrix(
            truth.selecting(rows: order), prediction.selecting(rows: order), weights: order.map { weights[$0] * 4 })
        expectClose(shuffled.counts.values, matrix.counts.values.map { $0 * 4 }, relative: 1e-12)
        // Truth and prediction exchanged: transposed counts, precision and recall exchanged, the same F1.
        let exchanged = try ConfusionMatrix(prediction, truth, weights: weights)
        expectClose(exchanged.counts, matrix.counts.transposed)
        let forward = try precisionRecallF1(truth, prediction)
        let backward = try precisionRecallF1(prediction, truth)
        #expect(forward.map(\.precision.value) == backward.map(\.recall.value))
        #expect(forward.map(\.f1.value) == backward.map(\.f1.value))
        // Micro averages are all the accuracy, and the weighted recall is too.
        let accuracy = try accuracyScore(truth, prediction)
        #expect(try f1Score(truth, prediction, average: .micro).value == accuracy)
        expectClose(try recallScore(truth, prediction, average: .weighted).get(), accuracy)
        // Bounds.
        for score in forward {
            for value in [score.precision.value, score.recall.value, score.f1.value].compactMap({ $0 }) {
                #expect(0...1 ~= value)
            }
        }
        #expect(-1...1 ~= (try matthewsCorrelation(truth, prediction).get()))
        #expect(try accuracyScore(truth, truth) == 1 && balancedAccuracyScore(truth, truth) == 1)
    }
}

import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusTestSupport
import Testing

/// Cross-validation of small models, beside the reference's.
struct CrossValidateTests {
    let oracle: Oracle
    let iris: (x: Matrix, y: Labels)
    let cancer: (x: Matrix, y: Labels)
    let diabetes: (x: Matrix, y: [Double])
    let tree = DecisionTreeClassifier(maxDepth: 3)

    init() throws {
        oracle = try Oracle("validation/small")
        let (flowers, tumours, patients) = (try Datasets.iris(), try Datasets.breastCancer(), try Datasets.diabetes())
        iris = (flowers.x, flowers.y)
        cancer = (tumours.x, tumours.y)
        diabetes = (patients.x, patients.y)
    }

    @Test func scoresEachFoldLikeTheReference() throws {
        #expect(try crossValScore(tree, iris.x, iris.y) == oracle.doubles("iris"))
        let scores = try crossValScore(LinearRegression(), diabetes.x, diabetes.y)
        try #expect(isClose(scores, oracle.doubles("diabetes")))
        let errors = try crossValScore(
            LinearRegression(), diabetes.x, diabetes.y, cv: KFold(nSplits: 3, shuffle: true, seed: 1),
            scoring: Scorer.named("neg_mean_absolute_error"))
        try #expect(isClose(errors, oracle.doubles("diabetes_error")))
    }

    @Test func severalScoresAtOnceAndThoseOfTheTrainingRows() throws {
        let names = ["accuracy", "roc_auc", "f1", "neg_log_loss"]
        let options = ValidationOptions(
            cv: StratifiedKFold(nSplits: 4, shuffle: true, seed: 7), scoring: try names.map(Scorer.named),
            scoresByGroup: Labels((0..<569).map { $0 % 2 == 0 ? "even" : "odd" }), trainScores: true, keepModels: true)
        let result = try crossValidate(tree, cancer.x, cancer.y, options)
        for name in names {
            try #expect(
                isClose(result.testScores(name).compactMap(\.self), oracle.object("cancer").doubles(name)), "\(name)")
            try #expect(
                isClose(result.trainScores(name).compactMap(\.self), oracle.object("cancer_train").doubles(name)),
                "\(name)")
        }
        let mean = try result.mean("f1").get()
        #expect(try abs(mean - oracle.object("cancer").doubles("f1").reduce(0, +) / 4) < 1e-12)
        #expect(try result.standardDeviation("f1").get() > 0)
        for fold in result.folds {
            #expect(
                fold.model?.tree.depth == 3 && fold.fitSeconds > 0 && Set(fold.groupScores.keys) == ["even", "odd"])
        }
        #expect(throws: ApusError.self) { try result.mean("r2") }
    }

    @Test func predictsEachRowByTheModelThatHasNotSeenIt() throws {
        #expect(try crossValPredict(tree, iris.x, iris.y).codes == oracle.ints("predicted"))
        let numbers = try crossValPredict(LinearRegression(), diabetes.x, diabetes.y)
        try #expect(isClose(numbers, oracle.doubles("predicted_numbers")))
        let probabilities = try crossValPredictProba(
            tree, iris.x, iris.y, cv: KFold(nSplits: 5, shuffle: true, seed: 2))
        try #expect(isClose(probabilities.values, oracle.doubles("probabilities")))
        #expect(throws: ApusError.self) { try crossValPredict(tree, iris.x, iris.y, cv: ShuffleSplit(nSplits: 3)) }
        // Unshuffled folds of sorted rows leave whole classes out of training.
        let missing = try crossValPredictProba(tree, iris.x, iris.y, cv: KFold(nSplits: 3))
        #expect(missing.columns == 3 && missing[0, 0] == 0)
    }

    @Test func curvesHaveTheReferencesPoints() throws {
        let grown = try learningCurve(tree, iris.x, iris.y, shuffle: true, seed: 5)
        #expect(try grown.values == oracle.ints("sizes"))
        try #expect(isClose(flat(grown.trainScores), oracle.doubles("train")))
        try #expect(isClose(flat(grown.testScores), oracle.doubles("test")))
        let plain = try learningCurve(LinearRegression(), diabetes.x, diabetes.y)
        #expect(try plain.values == oracle.ints("plain_sizes"))
        try #expect(isClose(flat(plain.testScores), oracle.doubles("plain_test")))
        let deep = try validationCurve(
            DecisionTreeRegressor(), \.maxDepth, [1, 2, 4, 8], diabetes.x, diabetes.y,
            cv: KFold(nSplits: 3, shuffle: true, seed: 1))
        try #expect(isClose(flat(deep.trainScores), oracle.doubles("curve_train")))
        try #expect(isClose(flat(deep.testScores), oracle.doubles("curve_test")))
        #expect(throws: ApusError.self) { try learningCurve(tree, iris.x, iris.y, trainSizes: [.count(121)]) }
        #expect(throws: ApusError.self) { try learningCurve(tree, iris.x, iris.y, trainSizes: []) }
    }

    @Test func shufflesTheLabelsAsTheReferenceDoes() throws {
        let test = try permutationTestScore(tree, iris.x, iris.y, nPermutations: 12, seed: 3)
        try #expect(isClose([test.score], [oracle.double("score")]))
        try #expect(isClose(test.permutationScores, oracle.doubles("permuted")))
        #expect(try test.pValue == oracle.double("p"))
        let grouped = try permutationTestScore(
            tree, iris.x, iris.y, nPermutations: 5, groups: Labels((0..<150).map { $0 % 3 }), seed: 3)
        try #expect(isClose(grouped.permutationScores, oracle.doubles("grouped")))
    }

    @Test func aFoldThatFailsIsReportedAndNotHidden() throws {
        // Only class 0 is left to train on in the last fold.
        let y = Labels([0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
        let x = Matrix(rows: 10, columns: 1, values: (0..<10).map(Double.init))
        let cv = PredefinedSplit(testFold: [0, 0, 0, 0, -1, -1, -1, -1, 1, 1])
        let result = try crossValidate(LogisticRegression(), x, y, ValidationOptions(cv: cv))
        #expect(result.folds[0].failure == nil && result.folds[1].failure != nil)
        #expect(try result.testScores() == [1, nil])
        let mean = try result.mean()
        #expect(mean.value == nil && mean.note?.hasPrefix("Fold 2 has no score") == true)
        #expect(throws: ApusError.self) { try crossValScore(LogisticRegression(), x, y, cv: cv) }
        let alone = PredefinedSplit(testFold: [-1, -1, -1, -1, -1, -1, -1, -1, 1, 1])
        #expect(throws: ApusError.self) {
            try crossValidate(LogisticRegression(), x, y, ValidationOptions(cv: alone))
        }
        #expect(throws: ApusError.self) { try crossValScore(tree, x, y, scoring: Scorer.named("r2")) }
    }

    @Test func isTheSameOnAnyNumberOfThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try crossValScore(tree, iris.x, iris.y) == oracle.doubles("iris"))
        }
    }

    @Test func takesAScoreOfYourOwn() throws {
        let half = Scorer(name: "half", classification: { truth, _, _ in MetricValue(Double(truth.count) / 2) })
        #expect(try crossValScore(tree, iris.x, iris.y, scoring: half) == [15, 15, 15, 15, 15])
    }

    private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, abs($1)) }
    }

    private func flat(_ scores: [[Double?]]) -> [Double] { scores.flatMap { $0.map { $0 ?? .nan } } }
}

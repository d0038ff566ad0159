import ApusCore
import ApusTestSupport
import Synchronization
import Testing

@testable import ApusLearn

@Suite(.serialized) struct ForestTests {
    private static let table = TreeTable(rows: 300, columns: 6, classes: 3, seed: 21)

    // MARK: The contract

    private func isSameOnAnyNumberOfThreads(_ isSame: () throws -> Bool) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try isSame(), "\(threads) threads")
        }
    }

    @Test func classifiersAreTheSameForAnyNumberOfThreads() throws {
        let (x, y) = (Self.table.x, Self.table.labels)
        let forest = try RandomForestClassifier(nEstimators: 12, oobScore: true).fit(x, y)
        let extra = try ExtraTreesClassifier(nEstimators: 12).fit(x, y)
        let probabilities = try forest.predictProba(x)
        try isSameOnAnyNumberOfThreads {
            try RandomForestClassifier(nEstimators: 12, oobScore: true).fit(x, y) == forest
                && ExtraTreesClassifier(nEstimators: 12).fit(x, y) == extra
                && forest.predictProba(x) == probabilities
        }
        for row in 0..<x.rows { #expect(abs(probabilities.row(row).reduce(0, +) - 1) < 1e-12) }
    }

    @Test func regressorsAreTheSameForAnyNumberOfThreads() throws {
        let (x, y) = (Self.table.x, Self.table.numbers)
        let forest = try RandomForestRegressor(nEstimators: 12, oobScore: true).fit(x, y)
        let extra = try ExtraTreesRegressor(nEstimators: 12).fit(x, y)
        let predictions = try (forest.predict(x), extra.predict(x))
        // They have learned something to be the same.
        #expect(Set(predictions.0).count > 50 && Set(predictions.1).count > 50)
        try isSameOnAnyNumberOfThreads {
            try forest.predict(x) == predictions.0 && extra.predict(x) == predictions.1
                && RandomForestRegressor(nEstimators: 12, oobScore: true).fit(x, y) == forest
                && ExtraTreesRegressor(nEstimators: 12).fit(x, y) == extra
        }
    }

    @Test func forestsRefuseBadData() throws {
        let (x, y) = (Self.table.x, Self.table.labels)
        var infinite = x
        infinite[4, 2] = .infinity
        var huge = x
        huge[4, 2] = 1e300
        for bad in [infinite, huge, Matrix(rows: 0, columns: 6, values: []), Matrix(rows: 300, columns: 0, values: [])]
        {
            #expect(throws: ApusError.self) { try RandomForestClassifier(nEstimators: 2).fit(bad, y) }
            #expect(throws: ApusError.self) { try ExtraTreesRegressor(nEstimators: 2).fit(bad, Self.table.numbers) }
        }
        #expect(throws: ApusError.self) { try RandomForestClassifier().fit(x, y.selecting(rows: [0, 1])) }
        #expect(throws: ApusError.self) { try RandomForestRegressor().fit(x, [1, 2]) }
        for weights in [[1.0], [Double](repeating: -1, count: 300), [Double](repeating: 0, count: 300)] {
            #expect(throws: ApusError.self) { try RandomForestClassifier().fit(x, y, weights: weights) }
            #expect(throws: ApusError.self) { try ExtraTreesRegressor().fit(x, Self.table.numbers, weights: weights) }
        }
        let model = try RandomForestClassifier(nEstimators: 2).fit(x, y)
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(throws: ApusError.self) { try model.predict(infinite) }
        #expect(try model.predict(Matrix(rows: 0, columns: 6, values: [])).count == 0)
    }

    @Test func parametersThatDoNotGoTogetherAreRefused() throws {
        let (x, y) = (Self.table.x, Self.table.labels)
        let illegal = [
            RandomForestClassifier(bootstrap: false, oobScore: true),
            RandomForestClassifier(bootstrap: false, maxSamples: .count(3)), RandomForestClassifier(nEstimators: 0),
            RandomForestClassifier(splitter: .random), RandomForestClassifier(maxSamples: .fraction(0)),
            RandomForestClassifier(maxSamples: .fraction(1.5)), RandomForestClassifier(maxSamples: .count(0)),
            RandomForestClassifier(classWeight: .values(["seven": 1])),
        ]
        for estimator in illegal { #expect(throws: ApusError.self) { try estimator.fit(x, y) } }
        #expect(throws: ApusError.self) { try ExtraTreesClassifier(oobScore: true).fit(x, y) }
        for parameter in RandomForestClassifier.parameterDescriptionsForTests {
            #expect(parameter.hasSuffix("."))
        }
    }

    @Test func aForestThatWouldNotFitIntoMemoryIsRefusedWithTheFigure() throws {
        let error = try #require(throws: ApusError.self) {
            try RandomForestClassifier(nEstimators: Int(Int32.max)).fit(Self.table.x, Self.table.labels)
        }
        #expect(error.message.contains("MB of memory"))
    }

    @Test func absoluteErrorRefusesMissingValues() throws {
        var x = Self.table.x
        x[3, 1] = .nan
        #expect(throws: ApusError.self) {
            try RandomForestRegressor(nEstimators: 2, criterion: .absoluteError).fit(x, Self.table.numbers)
        }
        #expect(try RandomForestRegressor(nEstimators: 2).fit(x, Self.table.numbers).predict(x).count == 300)
    }

    @Test func aCancelledForestStopsOnAllThreads() async throws {
        let table = TreeTable(rows: 4000, columns: 10, classes: 3, seed: 3)
        let task = Task {
            try RandomForestClassifier(nEstimators: 100_000).fit(table.x, table.labels) { _ in
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func progressCountsTrees() throws {
        let counts = Mutex<Set<Int>>([])
        _ = try RandomForestClassifier(nEstimators: 7).fit(Self.table.x, Self.table.labels) { update in
            #expect(update.total == 7 && update.stage == "trees")
            counts.withLock { _ = $0.insert(update.completed) }
        }
        #expect(counts.withLock { $0 } == Set(1...7))
    }

    // MARK: The model file

    @Test func modelsComeBackEqualAndDamagedOnesAreRefused() throws {
        let x = Self.table.x.selecting(rows: Array(0..<40))
        let y = Self.table.labels.selecting(rows: Array(0..<40))
        let numbers = Array(Self.table.numbers.prefix(40))
        try expectArchiveIsChecked(
            RandomForestClassifier(nEstimators: 3).fit(x, y)
        ) { _ = try $0.predictProba(x) }
        try expectArchiveIsChecked(
            RandomForestClassifier(nEstimators: 3, oobScore: true).fit(x, y)
        ) {
            _ = try $0.predict(x)
            _ = $0.featureImportances
            _ = try $0.apply(x)
        }
        try expectArchiveIsChecked(ExtraTreesClassifier(nEstimators: 3).fit(x, y)) { _ = try $0.predict(x) }
        try expectArchiveIsChecked(
            RandomForestRegressor(nEstimators: 3, oobScore: true).fit(x, numbers)
        ) { _ = try $0.predict(x) }
        try expectArchiveIsChecked(ExtraTreesRegressor(nEstimators: 3).fit(x, numbers)) { _ = try $0.predict(x) }
    }

    @Test func anArchiveHoldsOneTensorAFieldForAllTrees() throws {
        var archive = ModelArchive()
        try RandomForestClassifier(nEstimators: 9).fit(Self.table.x, Self.table.labels).encode(into: &archive)
        #expect(archive.tensors.count == 10)
    }

    // MARK: What it means

    @Test func unitWeightsChangeNoPrediction() throws {
        let (x, y) = (Self.table.x, Self.table.labels)
        let ones = [Double](repeating: 1, count: x.rows)
        let extra = ExtraTreesClassifier(nEstimators: 5)
        #expect(try extra.fit(x, y, weights: ones).predictProba(x) == extra.fit(x, y).predictProba(x))
    }

    @Test func predictionsAreTheMeansOfTheTrees() throws {
        let x = Self.table.x
        let model = try RandomForestRegressor(nEstimators: 5, maxDepth: 4).fit(x, Self.table.numbers)
        let leaves = try model.apply(x)
        let means = (0..<x.rows).map { row in
            var sum = 0.0
            for (tree, leaf) in zip(model.trees, leaves[row]) { sum += tree.value(leaf).first ?? 0 }
            return sum / 5
        }
        #expect(try model.predict(x) == means)
    }

    @Test func everyRowOutOfNoBagIsNamed() throws {
        let x = Matrix(rows: 3, columns: 1, values: [1, 2, 3])
        let model = try RandomForestRegressor(nEstimators: 1, oobScore: true).fit(x, [1, 2, 3])
        let outOfBag = try #require(model.outOfBag)
        #expect(!outOfBag.unscoredRows.isEmpty)
        for row in outOfBag.unscoredRows { #expect(outOfBag.prediction[row] == 0) }
    }

    @Test func parametersSurviveJSON() throws {
        for samples in [MaxSamples.all, .count(3), .fraction(0.25), .fraction(1)] {
            for weight in [ForestClassWeight.none, .balanced, .balancedSubsample, .values(["a": 2])] {
                let estimator = RandomForestClassifier(classWeight: weight, maxSamples: samples)
                #expect(MaxSamples(parameterValue: samples.parameterValue) == samples)
                #expect(ForestClassWeight(parameterValue: weight.parameterValue) == weight)
                try estimator.validateParameters()
            }
        }
    }
}

extension Estimator {
    fileprivate static var parameterDescriptionsForTests: [String] { parameters.map(\.help) }
}

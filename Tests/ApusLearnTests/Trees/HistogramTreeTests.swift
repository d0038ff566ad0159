import ApusCore
import Testing

@testable import ApusLearn

@Suite struct HistogramTreeTests {
    private func accuracy(_ predicted: Labels, _ labels: Labels) -> Double {
        Double(zip(predicted.codes, labels.codes).count { $0 == $1 }) / Double(labels.count)
    }

    @Test(arguments: [2, 4])
    func histogramTreesAreAlmostAsGoodAsExactOnes(classes: Int) throws {
        let train = TreeTable(rows: 4000, columns: 6, classes: classes, missing: 0.02, seed: 1)
        let test = TreeTable(rows: 4000, columns: 6, classes: classes, missing: 0.02, seed: 2)
        let exact = try RandomForestClassifier(nEstimators: 20, minSamplesLeaf: 5).fit(train.x, train.labels)
        let fast = try RandomForestClassifier(nEstimators: 20, splitter: .histogram, minSamplesLeaf: 5)
            .fit(train.x, train.labels)
        let (best, good) = (
            accuracy(try exact.predict(test.x), test.labels), accuracy(try fast.predict(test.x), test.labels)
        )
        #expect(good > best - 0.01)
        #expect(best > 0.6)
    }

    @Test func aColumnOfFewValuesHasAllItsThresholds() throws {
        let table = TreeTable(rows: 3000, columns: 5, classes: 3, steps: 40, seed: 3)
        for maxFeatures in [MaxFeatures.all, .count(2)] {
            let exact = DecisionTreeClassifier(maxFeatures: maxFeatures, seed: 5)
            var fast = exact
            fast.splitter = .histogram
            #expect(try exact.fit(table.x, table.labels).tree == fast.fit(table.x, table.labels).tree)
        }
    }

    @Test func thresholdsLieBetweenQuantiles() throws {
        var random = RandomState(seed: 4)
        let values = random.uniform(count: 20_000)
        let x = Matrix(rows: 20_000, columns: 1, values: values)
        let y = Labels(random.integers(in: 0..<2, count: 20_000))
        let tree = try DecisionTreeClassifier(splitter: .histogram).fit(x, y).tree
        let thresholds = (0..<tree.nodeCount).filter { !tree.isLeaf($0) }.map { tree.threshold[$0] }
        #expect(thresholds.count <= 254 && thresholds.count > 200)
        #expect(Set(thresholds).count == thresholds.count)
        for (k, threshold) in thresholds.sorted().enumerated() {
            #expect(abs(threshold - Double(k + 1) / Double(thresholds.count + 1)) < 0.1)
        }
    }

    @Test func everyCriterionAndWeightsWorkOnHistograms() throws {
        let table = TreeTable(rows: 900, columns: 4, classes: 3, seed: 6)
        let mean = table.numbers.reduce(0, +) / 900
        func error(_ predicted: [Double]) -> Double {
            zip(predicted, table.numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let before = error([Double](repeating: mean, count: 900))
        for criterion in DecisionTreeRegressor.Criterion.allCases {
            for weights in [nil, table.weights] {
                let tree = DecisionTreeRegressor(criterion: criterion, splitter: .histogram, maxDepth: 6)
                let model = try tree.fit(table.x, table.numbers, weights: weights)
                #expect(try error(model.predict(table.x)) < before / 3)
                let forest = RandomForestRegressor(
                    nEstimators: 4, criterion: criterion, splitter: .histogram, maxDepth: 6)
                let many = try forest.fit(table.x, table.numbers, weights: weights)
                #expect(try error(many.predict(table.x)) < before / 3)
            }
        }
        for criterion in DecisionTreeClassifier.Criterion.allCases {
            let tree = DecisionTreeClassifier(criterion: criterion, splitter: .histogram)
            let model = try tree.fit(table.x, table.labels, weights: table.weights)
            #expect(accuracy(try model.predict(table.x), table.labels) > 0.95)
        }
    }

    @Test func histogramForestsAreTheSameForAnyNumberOfThreads() throws {
        let table = TreeTable(rows: 700, columns: 5, classes: 2, missing: 0.05, seed: 7)
        let forest = RandomForestRegressor(nEstimators: 6, splitter: .histogram)
        let model = try forest.fit(table.x, table.numbers)
        #expect(try forest.fit(table.x, table.numbers) == model)
    }
}

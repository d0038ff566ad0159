import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

@Suite struct DecisionTreeTests {
    private let table = TreeTable(rows: 300, columns: 4, classes: 3, steps: 40, missing: 0.1, seed: 2)

    @Test func answersWithTheSharesAndTheFirstOfTheMostFrequentClasses() throws {
        let x = Matrix(column: [0, 0, 0, 1, 1, 1, 1])
        let model = try DecisionTreeClassifier().fit(x, Labels(["b", "a", "c", "a", "b", "b", "b"]))
        #expect(try model.predict(Matrix(column: [-5, 0.5, 0.75])).strings == ["a", "a", "b"])
        let shares = try model.predictProba(Matrix(column: [0, 1]))
        #expect(shares.rows == 2 && shares.columns == 3)
        expectBitwise(shares.values, [1.0 / 3, 1.0 / 3, 1.0 / 3, 0.25, 0.75, 0])
        #expect(model.depth == 1 && model.leafCount == 2)
        #expect(model.featureImportances == [1])
        #expect(try model.apply(Matrix(column: [0, 1])) == [1, 2])
        #expect(try model.decisionPath(Matrix(column: [0, 1])) == [[0, 1], [0, 2]])
    }

    @Test func predictsTheMeanOfTheLeaf() throws {
        let model = try DecisionTreeRegressor(maxDepth: 1).fit(Matrix(column: [1, 2, 8, 9]), [1, 2, 10, 12])
        #expect(try model.predict(Matrix(column: [0, 100])) == [1.5, 11])
    }

    @Test func leadsMissingValuesWhereTheyBelong() throws {
        let x = Matrix(column: [1, 2, 3, .nan, .nan, 10])
        let model = try DecisionTreeClassifier().fit(x, Labels([0, 0, 0, 1, 1, 1]))
        #expect(try model.predict(Matrix(column: [.nan, 0, 50])).integers == [1, 0, 1])
        #expect(model.tree.missingGoesLeft[0] == false)
        // Only missing values go right: the threshold is infinite.
        let apart = try DecisionTreeClassifier().fit(Matrix(column: [1, .nan, 2]), Labels([0, 1, 0]))
        #expect(apart.tree.threshold[0] == .infinity)
        #expect(try apart.predict(Matrix(column: [.nan, 3e38])).integers == [1, 0])
    }

    @Test func comparesAs32BitNumbers() throws {
        let model = try DecisionTreeClassifier().fit(Matrix(column: [0.1, 0.3]), Labels([0, 1]))
        let threshold = model.tree.threshold[0]
        // Above the threshold as a double, equal to it or below as a 32-bit number.
        let close = Double(Float(threshold)) > threshold ? threshold.nextDown : threshold.nextUp
        #expect(try model.predict(Matrix(column: [close])).integers == (Double(Float(close)) <= threshold ? [0] : [1]))
    }

    @Test(arguments: [1, 2, 5])
    func growsAndAnswersAlikeOnAnyNumberOfThreads(threads: Int) throws {
        let wide = TreeTable(rows: 2000, columns: 6, classes: 3, seed: 4)
        let (before, reference) = (Parallel.threads, try DecisionTreeClassifier().fit(wide.x, wide.labels))
        let shares = try reference.predictProba(wide.x)
        Parallel.threads = threads
        defer { Parallel.threads = before }
        let model = try DecisionTreeClassifier().fit(wide.x, wide.labels)
        #expect(model == reference)
        #expect(try model.predictProba(wide.x) == shares)
        #expect(try model.predict(wide.x).codes == wide.labels.codes)
    }

    @Test func survivesItsArchiveAndRefusesDamagedOnes() throws {
        let classifier = try DecisionTreeClassifier(maxDepth: 5).fit(table.x, table.labels)
        try expectArchiveIsChecked(classifier) { model in
            _ = try model.predict(table.x)
            _ = try model.predictProba(table.x)
            _ = try model.decisionPath(table.x)
            _ = (model.depth, model.featureImportances)
        }
        let regressor = try DecisionTreeRegressor(maxLeafNodes: 9).fit(table.x, table.numbers)
        try expectArchiveIsChecked(regressor) { model in
            _ = try model.predict(table.x)
            _ = (model.depth, model.featureImportances)
        }
    }

    @Test func refusesTreesWhoseNodesFormNoTree() throws {
        var archive = ModelArchive()
        try DecisionTreeRegressor(maxDepth: 2).fit(table.x, table.numbers).encode(into: &archive)
        let (left, right) = (try archive.int32s("left"), try archive.int32s("right"))
        #expect(left == [1, 2, -1, -1, 5, -1, -1])
        let hostile: [([Int32], [Int32])] = [
            ([0, 2, -1, -1, 5, -1, -1], right), ([1, 0, -1, -1, 5, -1, -1], right), ([1, 4, -1, -1, 5, -1, -1], right),
            ([1, 2, -1, -1, 5, -1, 3], right), ([1, -1, -1, -1, 5, -1, -1], right), ([7, 2, -1, -1, 5, -1, -1], right),
            ([-2, 2, -1, -1, 5, -1, -1], right), ([4, 2, -1, -1, 5, -1, -1], right), (left, left),
            ([-1, -1, -1, -1, -1, -1, -1], [-1, -1, -1, -1, -1, -1, -1]),
        ]
        for (left, right) in hostile {
            var damaged = archive
            damaged.store(left, as: "left")
            damaged.store(right, as: "right")
            #expect(throws: ApusError.self) { try DecisionTreeRegressor.Model(from: damaged) }
        }
        for feature in [[-2, 1, -2, -2, 0, -2, -2], [4, 1, -2, -2, 0, -2, -2], [0, 1, 0, -2, 0, -2, -2]] as [[Int32]] {
            var damaged = archive
            damaged.store(feature, as: "feature")
            #expect(throws: ApusError.self) { try DecisionTreeRegressor.Model(from: damaged) }
        }
    }

    @Test func refusesWhatCannotBeLearned() throws {
        let y = Labels([0, 1])
        for x in [
            Matrix(column: [1, .infinity]), Matrix(column: [1, -.infinity]), Matrix(column: [1, 3.5e38]),
            Matrix(column: [-1e300, 0]), Matrix(rows: 2, columns: 0), Matrix(rows: 0, columns: 2), Matrix(column: [1]),
        ] {
            #expect(throws: ApusError.self) { try DecisionTreeClassifier().fit(x, y) }
        }
        let x = Matrix(column: [1, 2])
        for weights in [[1.0], [1, -1], [.nan, 1], [0, 0], [.infinity, 1]] {
            #expect(throws: ApusError.self) { try DecisionTreeClassifier().fit(x, y, weights: weights) }
            #expect(throws: ApusError.self) { try DecisionTreeRegressor().fit(x, [1, 2], weights: weights) }
        }
        for y in [[1.0], [.nan, 1], [.infinity, 1]] {
            #expect(throws: ApusError.self) { try DecisionTreeRegressor().fit(x, y) }
        }
        #expect(throws: ApusError.self) { try DecisionTreeRegressor(criterion: .poisson).fit(x, [-1, 1]) }
        #expect(throws: ApusError.self) { try DecisionTreeRegressor(criterion: .poisson).fit(x, [0, 0]) }
        #expect(throws: ApusError.self) {
            try DecisionTreeClassifier(classWeight: .values(["2": 1])).fit(x, y)
        }
        let model = try DecisionTreeClassifier().fit(x, y)
        for x in [Matrix(column: [.infinity]), Matrix(column: [1e39]), Matrix(rows: 1, columns: 2)] {
            #expect(throws: ApusError.self) { try model.predict(x) }
        }
        #expect(try model.predict(Matrix(rows: 0, columns: 1)).count == 0)
        #expect(try model.predictProba(Matrix(rows: 0, columns: 1)).rows == 0)
    }

    @Test func refusesIllegalParameters() {
        let x = Matrix(column: [1, 2, 3])
        let illegal = [
            DecisionTreeClassifier(maxDepth: 0), DecisionTreeClassifier(minSamplesSplit: 1),
            DecisionTreeClassifier(minSamplesSplit: 1.5), DecisionTreeClassifier(minSamplesSplit: .fraction(.nan)),
            DecisionTreeClassifier(minSamplesLeaf: 0), DecisionTreeClassifier(minSamplesLeaf: 0.0),
            DecisionTreeClassifier(minWeightFractionLeaf: 0.6), DecisionTreeClassifier(maxFeatures: .count(0)),
            DecisionTreeClassifier(maxFeatures: .fraction(1.5)), DecisionTreeClassifier(maxFeatures: .fraction(.nan)),
            DecisionTreeClassifier(maxLeafNodes: 1), DecisionTreeClassifier(minImpurityDecrease: -1),
            DecisionTreeClassifier(ccpAlpha: .infinity),
        ]
        for estimator in illegal {
            #expect(throws: ApusError.self, "\(estimator)") { try estimator.fit(x, Labels([0, 1, 0])) }
        }
    }

    @Test func takesHugeLegalParameters() throws {
        let estimator = DecisionTreeClassifier(
            maxDepth: .max, minSamplesSplit: .count(.max), minSamplesLeaf: .count(.max), maxFeatures: .count(.max),
            maxLeafNodes: .max, minImpurityDecrease: 1e308)
        #expect(try estimator.fit(table.x, table.labels).leafCount == 1)
        let wide = DecisionTreeClassifier(maxDepth: .max, maxFeatures: .count(.max), maxLeafNodes: .max)
        #expect(try wide.fit(table.x, table.labels).leafCount > 1)
    }

    @Test(arguments: [
        MaxFeatures.all, .sqrt, .log2, .count(1), .count(7), .fraction(0.25), .fraction(1),
    ])
    func maxFeaturesSurvivesJSON(value: MaxFeatures) throws {
        let data = try JSONEncoder().encode([DecisionTreeClassifier(maxFeatures: value)])
        let decoded = try JSONDecoder().decode([DecisionTreeClassifier].self, from: data)
        #expect(decoded.first?.maxFeatures == value)
        let parameter = try DecisionTreeClassifier.parameter(named: "max_features")
        var estimator = DecisionTreeClassifier()
        try parameter.set(value.parameterValue, in: &estimator)
        #expect(estimator.maxFeatures == value)
        try parameter.set(text: value.parameterValue.summary, in: &estimator)
        #expect(estimator.maxFeatures == value)
    }

    @Test func oneAsACountAndAsAFractionStayApart() throws {
        let parameter = try DecisionTreeClassifier.parameter(named: "maxFeatures")
        var estimator = DecisionTreeClassifier()
        try parameter.set(text: "1", in: &estimator)
        #expect(estimator.maxFeatures == .count(1))
        try parameter.set(text: "1.0", in: &estimator)
        #expect(estimator.maxFeatures == .fraction(1))
        try parameter.set(text: "none", in: &estimator)
        #expect(estimator.maxFeatures == .all)
    }
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Foundation
import Testing

struct PipelineTests {
    private typealias Classification = Pipeline<Pipeline<SimpleImputer, StandardScaler>, LogisticRegression>

    private var classification: Classification {
        SimpleImputer(strategy: .median).then(StandardScaler()).then(LogisticRegression(c: 0.5))
    }

    @Test func classifiesAsTheReference() throws {
        let oracle = try Oracle("preprocessing/pipeline-classifier")
        let (x, y) = (try oracle.matrix("X"), Labels(try oracle.ints("y")))
        let model = try classification.fit(x, y)
        #expect(try model.last.iterations == oracle.int("iterations"))
        expectClose(try model.predictProba(x), try oracle.matrix("probability"), relative: 1e-10, absolute: 1e-13)
        #expect(try model.predict(x).integers == oracle.ints("prediction"))
        #expect(model.classes == y.classes)
        #expect(model.featureCount == 4)
        try expectArchiveIsChecked(model) { _ = try $0.predictProba(x) }
    }

    @Test func regressesAsTheReference() throws {
        let oracle = try Oracle("preprocessing/pipeline-regressor")
        let x = try oracle.matrix("X")
        let model = try PolynomialFeatures(degree: 3, includeBias: false).then(LinearRegression())
            .fit(x, oracle.doubles("y"))
        expectClose(try model.predict(x), try oracle.doubles("prediction"), relative: 1e-10)
    }

    @Test func transformsAsTheReference() throws {
        let oracle = try Oracle("preprocessing/pipeline-transformer")
        let x = try oracle.matrix("X")
        let model = try MinMaxScaler().then(PolynomialFeatures()).fit(x)
        expectBitwise(try model.transform(x), try oracle.matrix("transformed"))
        #expect(try model.outputNames(for: ["a", "b", "c", "d"]) == oracle.strings("names"))
    }

    @Test func namesParametersByStep() throws {
        #expect(Classification.stepNames == ["simpleImputer", "standardScaler", "logisticRegression"])
        var pipeline = classification
        try Classification.parameter(named: "logistic_regression.max_iter").set(text: "7", in: &pipeline)
        try Classification.parameter(named: "simpleImputer.strategy").set("mean", in: &pipeline)
        #expect(pipeline.last.maxIter == 7)
        #expect(pipeline.first.first.strategy == .mean)
        #expect(pipeline.parameterValues["logisticRegression.c"] == .double(0.5))
        #expect(try Classification(parameters: pipeline.parameterValues) == pipeline)
        #expect(throws: ApusError.self) { try Classification.parameter(named: "c") }
    }

    @Test func numbersStepsOfTheSameKind() throws {
        typealias Twice = Pipeline<Pipeline<StandardScaler, Pipeline<MinMaxScaler, StandardScaler>>, StandardScaler>
        #expect(Twice.stepNames == ["standardScaler", "minMaxScaler", "standardScaler2", "standardScaler3"])
        var pipeline = StandardScaler().then(MinMaxScaler().then(StandardScaler())).then(StandardScaler())
        try Twice.parameter(named: "standardScaler2.withMean").set(false, in: &pipeline)
        #expect(!pipeline.first.last.last.withMean)
        #expect(Set(Twice.parameters.map(\.name)).count == Twice.parameters.count)
    }

    @Test func isAValue() throws {
        let copy = try JSONDecoder().decode(Classification.self, from: JSONEncoder().encode(classification))
        #expect(copy == classification)
    }

    @Test func passesWeightsToEveryStep() throws {
        let x = try Matrix([[0], [1], [5], [100]])
        let y = Labels([0, 1, 1, 0])
        let pipeline = StandardScaler().then(LogisticRegression())
        let weighted = try pipeline.fit(x, y, weights: [2, 1, 1, 0])
        let copied = try pipeline.fit(x.selecting(rows: [0, 0, 1, 2]), y.selecting(rows: [0, 0, 1, 2]))
        expectClose(weighted.first.means, copied.first.means)
        expectClose(weighted.last.coefficients, copied.last.coefficients, relative: 1e-10)
    }

    @Test func refusesIllegalParametersOfAnyStep() throws {
        let x = try Matrix([[0], [1]])
        let error = #expect(throws: ApusError.self) {
            try StandardScaler().then(LogisticRegression(c: -1)).fit(x, Labels([0, 1]))
        }
        #expect(error?.message.hasPrefix("logisticRegression.c") == true)
    }

    @Test func refusesPartsThatDoNotFit() throws {
        let (x, wide) = (try Matrix([[0], [1], [3]]), try Matrix([[0, 1], [1, 5], [3, 2]]))
        let scaler = try StandardScaler().fit(x)
        let model = PipelineModel(first: scaler, last: try LinearRegression().fit(wide, [1, 2, 3]))
        var archive = ModelArchive()
        model.encode(into: &archive)
        typealias Fitted = PipelineModel<StandardScaler.Model, LinearRegression.Model>
        let error = #expect(throws: ApusError.self) { try Fitted(from: archive) }
        #expect(error?.code == .unreadableModel)
        #expect(throws: ApusError.self) {
            try PipelineModel<MinMaxScaler.Model, LinearRegression.Model>(from: archive)
        }
    }
}

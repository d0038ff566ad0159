import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite(.serialized) struct SupportVectorSumTests {
    @Test func takesThePathOfTheReference() throws {
        for example in try SupportVectorCase.all("sums") {
            switch try example.oracle.string("kind") {
            case "SVR":
                let model = try example.estimator(SVR.self).fit(example.x, example.targets, weights: example.weights)
                try check(example, model)
                expectClose(
                    try model.predict(example.queries), try example.oracle.doubles("prediction"), relative: 1e-9,
                    absolute: 1e-9, example.name)
            case "NuSVR":
                let model = try example.estimator(NuSVR.self).fit(example.x, example.targets, weights: example.weights)
                try check(example, model)
                expectClose(
                    try model.predict(example.queries), try example.oracle.doubles("prediction"), relative: 1e-9,
                    absolute: 1e-9, example.name)
            default:
                let model = try example.estimator(OneClassSVM.self).fit(example.x, weights: example.weights)
                try check(example, model)
                expectClose(
                    try model.decisionFunction(example.queries), try example.oracle.doubles("decision"), relative: 1e-9,
                    absolute: 1e-9, example.name)
                expectClose(
                    try model.scoreSamples(example.queries), try example.oracle.doubles("scores"), relative: 1e-9,
                    absolute: 1e-9, example.name)
                #expect(try model.predict(example.queries) == example.oracle.ints("prediction"), "\(example.name)")
            }
        }
    }

    private func check(_ example: SupportVectorCase, _ model: some SupportVectorSumModel) throws {
        let (oracle, name) = (example.oracle, example.name)
        #expect(try [model.iterations] == oracle.ints("iterations"), "\(name)")
        let kept = (0..<example.x.rows).filter { example.weights?[$0] != 0 }
        let places = Dictionary(uniqueKeysWithValues: zip(kept, 0...))
        #expect(try model.support.map { places[$0] } == oracle.ints("support").map { $0 as Int? }, "\(name)")
        expectClose(model.dualCoef, try oracle.doubles("dualCoef"), relative: 1e-9, absolute: 1e-9, name)
        expectClose([model.intercept], try oracle.doubles("intercept"), relative: 1e-9, absolute: 1e-9, name)
    }

    @Test func takesThePathOfTheReferenceOnLargeData() throws {
        let (x, y) = SupportVectorData.targets
        let queries = x.selecting(rows: Array(0..<25))
        for example in try Oracle("svm/large").array("cases") where try example.string("data") == "targets" {
            let name = try example.string("name")
            let arguments = try example.object("arguments")
            switch try example.string("kind") {
            case "SVR":
                let model = try SupportVectorCase.estimator(SVR.self, arguments).fit(x, y)
                #expect(try [model.iterations] == example.ints("iterations"), "\(name)")
                expectClose(try model.predict(queries), try example.doubles("prediction"), relative: 1e-8, name)
            case "NuSVR":
                let model = try SupportVectorCase.estimator(NuSVR.self, arguments).fit(x, y)
                #expect(try [model.iterations] == example.ints("iterations"), "\(name)")
                expectClose(try model.predict(queries), try example.doubles("prediction"), relative: 1e-8, name)
            default:
                let model = try SupportVectorCase.estimator(OneClassSVM.self, arguments).fit(x)
                #expect(try [model.iterations] == example.ints("iterations"), "\(name)")
                expectClose(
                    try model.decisionFunction(queries), try example.doubles("decision"), relative: 1e-8,
                    absolute: 1e-9, name)
            }
        }
    }
}

import Apus
import ApusCore
import ApusLearn
import Testing

/// What every estimator of the catalog keeps to, whichever it is.
@Suite(.serialized) struct CatalogContractTests {
    static let x = {
        var random = RandomState(seed: 11)
        return Matrix(rows: 60, columns: 4, values: random.gaussian(count: 240))
    }()
    static let labels = Labels((0..<60).map { ["a", "b", "c"][($0 * 7) % 3] })
    static let numbers = (0..<60).map { x[$0, 0] * 2 - x[$0, 2] + 0.5 }

    @Test func namesAreUniqueKebabCaseAndFoundByEitherSpelling() throws {
        let names = Catalog.entries.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)")
            #expect(try Catalog.entry(named: name).name == name)
        }
        let error = try #require(throws: ApusError.self) { try Catalog.entry(named: "logistic-regresion") }
        #expect(error.message.contains("did you mean logistic-regression?"))
    }

    @Test func everyParameterIsDocumentedAndItsDefaultIsLegal() throws {
        for entry in Catalog.entries {
            for (_, type) in entry.estimators {
                try type.init().validateParameters()
                for parameter in type.parameterDescriptions {
                    #expect(parameter.legal.allows(parameter.defaultValue), "\(entry.name) \(parameter.name)")
                    #expect(parameter.help.hasSuffix("."), "\(entry.name) \(parameter.name)")
                    #expect(parameter.pythonName == snakeCase(parameter.name))
                }
            }
        }
    }

    @Test func classifiersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.classifier { try check(type.init()) } }
    }

    @Test func regressorsKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.regressor { try check(type.init()) } }
    }

    @Test func transformersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.transformer { try check(type.init()) } }
    }

    @Test func clusterersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.clusterer { try check(type.init()) } }
    }

    // MARK: The checks

    private func check<Kind: Classifier>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Self.labels)
        try refusesBadInput(Kind.self) { try estimator.fit($0, y.selecting(rows: Array(0..<min(60, $0.rows)))) }
        if !Kind.traits.acceptsOneClass {
            #expect(throws: ApusError.self, "\(Kind.catalogName): one class") {
                try estimator.fit(x, Labels([Int](repeating: 1, count: 60)))
            }
        }
        #expect(throws: ApusError.self, "\(Kind.catalogName): too few labels") {
            try estimator.fit(x, y.selecting(rows: [0, 1]))
        }
        try refusesBadWeights(Kind.catalogName) { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        let probabilities = try model.predictProba(x)
        #expect(probabilities.rows == 60 && probabilities.columns == 3)
        for i in 0..<60 { #expect(abs(probabilities.row(i).reduce(0, +) - 1) < 1e-9) }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        let again = try roundTrip(model)
        #expect(try again.predictProba(x) == probabilities)
        #expect(try again.predict(x) == model.predict(x))
        let doubled = try estimator.fit(x, y, weights: [Double](repeating: 1, count: 60))
        #expect(try doubled.predict(x) == model.predict(x), "\(Kind.catalogName): unit weights change nothing")
    }

    private func check<Kind: Regressor>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Self.numbers)
        try refusesBadInput(Kind.self) { try estimator.fit($0, [Double](repeating: 1, count: $0.rows)) }
        #expect(throws: ApusError.self) { try estimator.fit(x, [1, 2]) }
        var broken = y
        broken[5] = .nan
        #expect(throws: ApusError.self) { try estimator.fit(x, broken) }
        try refusesBadWeights(Kind.catalogName) { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).predict(x) == model.predict(x))
    }

    private func check<Kind: Transformer>(_ estimator: Kind) throws {
        let x = Self.x
        try refusesBadInput(Kind.self) { try estimator.fit($0) }
        let model = try estimator.fit(x)
        let out = try model.transform(x)
        #expect(model.outputNames(for: ["a", "b", "c", "d"]).count == out.columns)
        #expect(throws: ApusError.self) { try model.transform(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).transform(x) == out)
    }

    private func check<Kind: Clusterer>(_ estimator: Kind) throws {
        let x = Self.x
        try refusesBadInput(Kind.self) { try estimator.fit($0) }
        let model = try estimator.fit(x)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x) == model }
        #expect(try roundTrip(model).predict(x) == model.predict(x))
    }

    private func refusesBadInput<Kind: Estimator, Model>(_: Kind.Type, _ fit: (Matrix) throws -> Model) throws {
        let name = Kind.catalogName
        for bad in [Double.nan, .infinity, -.infinity] where !(bad.isNaN && Kind.traits.allowsMissing) {
            var x = Self.x
            x[3, 1] = bad
            #expect(throws: ApusError.self, "\(name) with \(bad)") { try fit(x) }
        }
        #expect(throws: ApusError.self, "\(name) without rows") { try fit(Matrix(rows: 0, columns: 4, values: [])) }
        #expect(throws: ApusError.self, "\(name) without columns") { try fit(Matrix(rows: 60, columns: 0, values: [])) }
    }

    private func refusesBadWeights<Model>(_ name: String, _ fit: ([Double]) throws -> Model) throws {
        for weights in [
            [1.0], [Double](repeating: -1, count: 60), [Double](repeating: 0, count: 60),
            [Double](repeating: .nan, count: 60),
        ] {
            #expect(throws: ApusError.self, "\(name): \(weights.prefix(1))") { try fit(weights) }
        }
    }

    private func isTheSameOnAnyNumberOfThreads(_ isSame: () throws -> Bool) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try isSame())
        }
    }

    private func roundTrip<Model: FittedModel>(_ model: Model) throws -> Model {
        var archive = ModelArchive()
        model.encode(into: &archive)
        // Through the bytes of a file, as a user's model goes.
        let json = archive.attributes.mapValues(\.summary)
        let file = try Safetensors(Safetensors(tensors: archive.tensors, metadata: json).encoded())
        let read = try Model(from: ModelArchive(tensors: file.tensors, attributes: archive.attributes))
        #expect(read == model)
        #expect(throws: ApusError.self) { try Model(from: ModelArchive()) }
        return read
    }
}

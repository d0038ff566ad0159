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

    @Test func supervisedTransformersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.supervisedTransformer { try check(type.init()) } }
    }

    @Test func clusterersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.clusterer { try check(type.init()) } }
    }

    @Test func outlierDetectorsKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.outlierDetector { try check(type.init()) } }
    }

    @Test func resamplersKeepTheContract() throws {
        for entry in Catalog.entries { if let type = entry.resampler { try check(type.init()) } }
    }

    // MARK: The checks

    private func check<Kind: Classifier>(_ estimator: Kind) throws {
        let (x, y) = (Self.table(for: Kind.self), Self.labels)
        try refusesBadInput(Kind.self) { try estimator.fit($0, y.selecting(rows: Array(0..<min(60, $0.rows)))) }
        if !Kind.traits.acceptsOneClass {
            #expect(throws: ApusError.self, "\(Kind.catalogName): one class") {
                try estimator.fit(x, Labels([Int](repeating: 1, count: 60)))
            }
        }
        #expect(throws: ApusError.self, "\(Kind.catalogName): too few labels") {
            try estimator.fit(x, y.selecting(rows: [0, 1]))
        }
        try refusesBadWeights(Kind.self) { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        let again = try roundTrip(model)
        #expect(try again.predict(x) == model.predict(x))
        if model.givesProbabilities {
            let (labels, probabilities) = try model.predictWithProbabilities(x)
            #expect(probabilities.rows == 60 && probabilities.columns == 3)
            for i in 0..<60 { #expect(abs(probabilities.row(i).reduce(0, +) - 1) < 1e-9) }
            #expect(try again.predictProba(x) == probabilities)
            #expect(try model.predictProba(x) == probabilities && model.predict(x) == labels)
        } else {
            let error = try #require(throws: ApusError.self) { try model.predictProba(x) }
            #expect(error.code == .unavailable)
        }
        if let deciding = model as? any DecisionModel {
            let decisions = try deciding.decisionFunction(x)
            #expect(decisions.rows == 60 && decisions.columns == 3, "\(Kind.catalogName)")
        }
        if Kind.traits.usesWeights {
            let doubled = try estimator.fit(x, y, weights: [Double](repeating: 1, count: 60))
            #expect(try doubled.predict(x) == model.predict(x), "\(Kind.catalogName): unit weights change nothing")
        }
        let hostile = Self.hostileTables.filter { !Kind.traits.requiresNonNegative || $0.values.allSatisfy { $0 >= 0 } }
        for table in hostile {
            survives { try estimator.fit(table, y.selecting(rows: Array(0..<table.rows))).predict(table) }
        }
        if let sparse = estimator as? any SparseClassifier { try agrees(sparse, x, y) }
    }

    private func agrees<Kind: SparseClassifier>(_ estimator: Kind, _ x: Matrix, _ y: Labels) throws {
        let dense = try estimator.fit(x, y)
        let sparse = try estimator.fit(SparseMatrix(x), y)
        #expect(try sparse.predict(SparseMatrix(x)) == dense.predict(x), "\(Kind.catalogName): sparse rows")
        #expect(throws: ApusError.self) {
            try sparse.predict(SparseMatrix(Matrix(rows: 1, columns: 2, values: [1, 2])))
        }
        #expect(throws: ApusError.self) { try estimator.fit(SparseMatrix(x), y.selecting(rows: [0, 1])) }
    }

    private func check<Kind: Regressor>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Self.numbers)
        try refusesBadInput(Kind.self) { try estimator.fit($0, [Double](repeating: 1, count: $0.rows)) }
        #expect(throws: ApusError.self) { try estimator.fit(x, [1, 2]) }
        var broken = y
        broken[5] = .nan
        #expect(throws: ApusError.self) { try estimator.fit(x, broken) }
        try refusesBadWeights(Kind.self) { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).predict(x) == model.predict(x))
        for table in Self.hostileTables {
            survives { try estimator.fit(table, Array(y.prefix(table.rows))).predict(table) }
            survives { try estimator.fit(table, [Double](repeating: 3, count: table.rows)).predict(table) }
        }
        for huge in [1e300, -1e300] { survives { try estimator.fit(x, y.map { $0 * huge }).predict(x) } }
    }

    private func check<Kind: Transformer>(_ estimator: Kind) throws {
        let x = Self.table(for: Kind.self)
        try refusesBadInput(Kind.self) { try estimator.fit($0) }
        let model = try estimator.fit(x)
        let out = try model.transform(x)
        #expect(model.outputNames(for: ["a", "b", "c", "d"]).count == out.columns)
        #expect(throws: ApusError.self) { try model.transform(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).transform(x) == out)
        for table in Self.hostileTables where !Kind.traits.requiresNonNegative || table.values.allSatisfy({ $0 >= 0 }) {
            survives { try estimator.fit(table).transform(table) }
        }
    }

    private func check<Kind: SupervisedTransformer>(_ estimator: Kind) throws {
        let (x, y) = (Self.x, Target.labels(Self.labels))
        try refusesBadInput(Kind.self) {
            try estimator.fit($0, y.selecting(rows: Array(0..<min(60, $0.rows))), weights: nil)
        }
        #expect(throws: ApusError.self) { try estimator.fit(x, y.selecting(rows: [0, 1]), weights: nil) }
        #expect(throws: ApusError.self) { try estimator.fitTransform(x, nil, weights: nil) }
        try refusesBadWeights(Kind.self) { try estimator.fit(x, y, weights: $0) }
        let (model, rows) = try estimator.fitTransform(x, y, weights: nil)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y, weights: nil) == model }
        #expect(model.outputNames(for: ["a", "b", "c", "d"]).count == rows.columns && rows.rows == 60)
        #expect(throws: ApusError.self) { try model.transform(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).transform(x) == model.transform(x))
        for table in Self.hostileTables {
            let own = Array(0..<table.rows)
            survives { try estimator.fitTransform(table, y.selecting(rows: own), weights: nil).model.transform(table) }
            let numbers = Target.numbers(own.map { Self.numbers[$0] * 1e300 })
            survives { try estimator.fitTransform(table, numbers, weights: nil).model.transform(table) }
        }
    }

    private func check<Kind: Resampler>(_ estimator: Kind) throws {
        var estimator = estimator
        if let mixed = estimator as? SMOTENC {
            #expect(throws: ApusError.self) { try mixed.fitResample(Self.x, Self.labels) }
            try Kind.parameter(named: "categoricalFeatures").set("3", in: &estimator)
        }
        // Categories in the last column, and a class of each size.
        let x = Matrix(
            rows: 60, columns: 4, values: Self.x.values.enumerated().map { $0 % 4 == 3 ? $1.rounded() : $1 })
        let y = Labels((0..<60).map { $0 % 6 == 0 ? "a" : $0 % 3 == 1 ? "b" : "c" })
        try refusesBadInput(Kind.self) { try estimator.fitResample($0, y.selecting(rows: Array(0..<min(60, $0.rows)))) }
        #expect(throws: ApusError.self, "\(Kind.catalogName): one class") {
            try estimator.fitResample(x, Labels([Int](repeating: 1, count: 60)))
        }
        #expect(throws: ApusError.self) { try estimator.fitResample(x, y.selecting(rows: [0, 1])) }
        let result = try estimator.fitResample(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fitResample(x, y) == result }
        #expect(result.y.classes == y.classes && result.y.count == result.x.rows && result.x.columns == 4)
        #expect(result.sources.count == result.x.rows)
        for (row, source) in result.sources.enumerated() {
            guard let source else { continue }
            #expect(result.x.row(row) == x.row(source) && result.y.codes[row] == y.codes[source])
        }
        for table in Self.hostileTables {
            survives { try estimator.fitResample(table, y.selecting(rows: Array(0..<table.rows))) }
        }
    }

    private func check<Kind: OutlierDetector>(_ estimator: Kind) throws {
        let x = Self.table(for: Kind.self)
        try refusesBadInput(Kind.self) { try estimator.fit($0) }
        try refusesBadWeights(Kind.self) { try estimator.fit(x, weights: $0, progress: nil) }
        let model = try estimator.fit(x)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x) == model }
        #expect(try Set(model.predict(x)).isSubset(of: [-1, 1]))
        #expect(try zip(model.predict(x), model.decisionFunction(x)).allSatisfy { ($0 == 1) == ($1 >= 0) })
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(try roundTrip(model).predict(x) == model.predict(x))
        for table in Self.hostileTables { survives { try estimator.fit(table).predict(table) } }
    }

    private func check<Kind: Clusterer>(_ estimator: Kind) throws {
        let x = Self.table(for: Kind.self)
        try refusesBadInput(Kind.self) { try estimator.fit($0) }
        let model = try estimator.fit(x)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x) == model }
        #expect(try roundTrip(model).predict(x) == model.predict(x))
        if Kind.traits.usesWeights {
            try refusesBadWeights(Kind.self) { try estimator.fit(x, weights: $0, progress: nil) }
        }
        for table in Self.hostileTables { survives { try estimator.fit(table).predict(table) } }
    }

    /// Numbers around 0, or counts for what takes nothing below 0.
    private static func table<Kind: Estimator>(for _: Kind.Type) -> Matrix {
        Kind.traits.requiresNonNegative
            ? Matrix(rows: 60, columns: 4, values: x.values.map { abs($0 * 2).rounded() }) : x
    }

    /// Tables that are legal and unkind: one row, two rows, one column, equal rows, constant columns, huge and tiny values.
    static let hostileTables: [Matrix] = {
        let huge = x.values.map { $0 * 1e300 }
        let tiny = x.values.map { abs($0) * Double.leastNormalMagnitude / 4096 }
        let constant = (0..<240).map { $0 % 4 < 2 ? 5.0 : x.values[$0] }
        return [
            Matrix(rows: 1, columns: 4, values: [1, 2, 3, 4]),
            Matrix(rows: 2, columns: 4, values: [1, 2, 3, 4, 1, 2, 3, 4]),
            Matrix(rows: 3, columns: 1, values: [0, 0, 0]),
            Matrix(rows: 60, columns: 4, values: [Double](repeating: 7, count: 240)),
            Matrix(rows: 60, columns: 4, values: [Double](repeating: 0, count: 240)),
            Matrix(rows: 60, columns: 4, values: constant), Matrix(rows: 60, columns: 4, values: huge),
            Matrix(rows: 60, columns: 4, values: tiny), Matrix(rows: 4, columns: 60, values: x.values),
            Matrix(rows: 4, columns: 60, values: x.values.map { abs($0) * 1e150 }),
        ]
    }()

    /// A result or an error of ours: no trap, no foreign error.
    private func survives<Output>(_ body: () throws -> Output) {
        do { _ = try body() } catch { #expect(error is ApusError, "\(error)") }
    }

    private func refusesBadInput<Kind: Estimator, Model>(_: Kind.Type, _ fit: (Matrix) throws -> Model) throws {
        let name = Kind.catalogName
        for bad in [Double.nan, .infinity, -.infinity] where !(bad.isNaN && Kind.traits.allowsMissing) {
            var x = Self.table(for: Kind.self)
            x[3, 1] = bad
            #expect(throws: ApusError.self, "\(name) with \(bad)") { try fit(x) }
        }
        #expect(throws: ApusError.self, "\(name) without rows") { try fit(Matrix(rows: 0, columns: 4, values: [])) }
        #expect(throws: ApusError.self, "\(name) without columns") { try fit(Matrix(rows: 60, columns: 0, values: [])) }
    }

    private func refusesBadWeights<Kind: Estimator, Model>(_: Kind.Type, _ fit: ([Double]) throws -> Model) throws {
        var bad = [
            [1.0], [Double](repeating: -1, count: 60), [Double](repeating: 0, count: 60),
            [Double](repeating: .nan, count: 60),
        ]
        // What has no use for weights must say so instead of ignoring them.
        if !Kind.traits.usesWeights { bad.append([Double](repeating: 1, count: 60)) }
        for weights in bad {
            #expect(throws: ApusError.self, "\(Kind.catalogName): \(weights.prefix(1))") { try fit(weights) }
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

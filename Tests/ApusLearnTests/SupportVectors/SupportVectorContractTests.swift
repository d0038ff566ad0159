import ApusCore
import ApusLearn
import ApusTestSupport
import Synchronization
import Testing

@Suite(.serialized) struct SupportVectorContractTests {
    private static let x = {
        var random = RandomState(seed: 11)
        return Matrix(rows: 60, columns: 4, values: random.gaussian(count: 240))
    }()
    private static let labels = Labels((0..<60).map { ["a", "b", "c"][($0 * 7) % 3] })
    private static let numbers = (0..<60).map { x[$0, 0] * 2 - x[$0, 2] + 0.5 }

    // MARK: Classifiers

    @Test(arguments: SupportVectorSolver.allCases, [false, true])
    func svcKeepsTheContract(solver: SupportVectorSolver, probability: Bool) throws {
        try check(SVC(probability: probability, solver: solver))
    }

    @Test(arguments: [false, true]) func nuSVCKeepsTheContract(probability: Bool) throws {
        try check(NuSVC(probability: probability))
    }

    private func check<Kind: Classifier>(_ estimator: Kind) throws where Kind.Model: SupportVectorClassifierModel {
        let (x, y) = (Self.x, Self.labels)
        try checkParameters(Kind.self)
        try refusesBadRows { try estimator.fit($0, y.selecting(rows: Array(0..<min(60, $0.rows)))) }
        #expect(throws: ApusError.self) { try estimator.fit(x, Labels([Int](repeating: 1, count: 60))) }
        #expect(throws: ApusError.self) { try estimator.fit(x, y.selecting(rows: [0, 1])) }
        try refusesBadWeights { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 4, values: [1, 2, .nan, 0])) }
        let weighted = try estimator.fit(x, y, weights: [Double](repeating: 1, count: 60))
        #expect(try weighted.predict(x) == model.predict(x))
        if model.givesProbabilities {
            let probabilities = try model.predictProba(x)
            for i in 0..<60 { expectClose(probabilities.row(i).reduce(0, +), 1, absolute: 1e-12) }
        } else {
            let error = try #require(throws: ApusError.self) { try model.predictProba(x) }
            #expect(error.code == .unavailable)
        }
        try expectArchiveIsChecked(model, optional: []) { model in
            _ = try model.predict(x)
            _ = try model.decisionFunction(x)
            _ = try model.predictProba(x)
            _ = model.coefficients
        }
        let restored = try restored(model)
        #expect(try restored.decisionFunction(x) == model.decisionFunction(x))
        // Decision values are greatest at the predicted class.
        let decisions = try model.decisionFunction(x)
        let codes = try model.predict(x).codes
        for i in 0..<60 {
            let row = decisions.row(i)
            #expect(row[codes[i]] > (row.max() ?? 0) - 1)
        }
    }

    @Test func namesTheUselessCombinationsOfParameters() throws {
        let error = try #require(throws: ApusError.self) {
            try SVC(decisionFunctionShape: .ovo, breakTies: true).fit(Self.x, Self.labels)
        }
        #expect(error.message.contains("breakTies"))
        #expect(throws: ApusError.self) { try SVC(c: 0).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try SVC(c: .nan).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try SVC(gamma: -1).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try SVC(tol: 0).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try SVC(cacheSize: 0).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try NuSVC(nu: 1.5).fit(Self.x, Self.labels) }
        #expect(throws: ApusError.self) { try SVR(epsilon: -1).fit(Self.x, Self.numbers) }
    }

    @Test func saysWhyNuIsTooLarge() throws {
        let y = Labels((0..<60).map { $0 < 10 ? 1 : 0 })
        let error = try #require(throws: ApusError.self) { try NuSVC(nu: 0.5).fit(Self.x, y) }
        #expect(error.message.contains("at most 0.33"))
        #expect(try NuSVC(nu: 0.3).fit(Self.x, y).converged)
        #expect(try NuSVC(nu: 1.0 / 3, probability: true).fit(Self.x, y).givesProbabilities)
    }

    @Test func refusesGivenKernelValuesThatAreNotSquare() throws {
        for solver in SupportVectorSolver.allCases {
            let error = try #require(throws: ApusError.self) {
                try SVC(kernel: .precomputed, solver: solver).fit(Self.x, Self.labels)
            }
            #expect(error.code == .shapeMismatch)
            #expect(error.message.contains("60 × 4"))
        }
        #expect(throws: ApusError.self) { try SVR(kernel: .precomputed).fit(Self.x, Self.numbers) }
        #expect(throws: ApusError.self) { try OneClassSVM(kernel: .precomputed).fit(Self.x) }
    }

    @Test func predictsTheMemoryOfTooManyClasses() throws {
        let x = Matrix(column: (0..<60_000).map { Double($0) })
        let error = try #require(throws: ApusError.self) { try SVC().fit(x, Labels(Array(0..<60_000))) }
        #expect(error.message.contains("GB"))
    }

    @Test(arguments: SupportVectorSolver.allCases)
    func refusesWhatOverflowsAndTakesWhatDoesNot(solver: SupportVectorSolver) throws {
        let y = Labels([0, 1, 0, 1])
        let huge = try Matrix([[1e200], [-1e200], [3e200], [0]])
        for kernel in [SupportVectorKernel.rbf, .linear, .poly] {
            #expect(throws: ApusError.self, "\(kernel)") {
                try SVC(kernel: kernel, gamma: 1, solver: solver).fit(huge, y)
            }
        }
        #expect(throws: ApusError.self) { try SVC(solver: solver).fit(huge, y) }
        let large = try Matrix([[1e15], [-1e15], [3e15], [0]])
        for kernel in SupportVectorKernel.allCases where kernel != .precomputed && kernel != .poly {
            let model = try SVC(kernel: kernel, maxIter: 1000, solver: solver).fit(large, y)
            _ = try model.predict(large)
            // A query may be beyond anything; it is an answer or an error, never a trap.
            _ = try? model.predict(huge)
        }
    }

    @Test(arguments: SupportVectorSolver.allCases)
    func takesDegenerateRows(solver: SupportVectorSolver) throws {
        let y = Labels([0, 1, 0, 1, 1])
        let constant = Matrix(repeating: 3, rows: 5, columns: 2)
        #expect(try SVC(solver: solver).fit(constant, y).predict(constant).codes == [1, 1, 1, 1, 1])
        #expect(try SVR(solver: solver).fit(constant, [1, 1, 1, 1, 1]).predict(constant) == [1, 1, 1, 1, 1])
        _ = try OneClassSVM(solver: solver).fit(constant).predict(constant)
        let two = try SVC(solver: solver).fit(Matrix([[0], [1]]), Labels(["no", "yes"]))
        #expect(try two.predict(Matrix([[-1], [2]])).strings == ["no", "yes"])
        let one = try Matrix([[1, 2]])
        #expect(try SVR(solver: solver).fit(one, [4]).predict(one) == [4])
        #expect(try OneClassSVM(solver: solver).fit(one).decisionFunction(one).count == 1)
        #expect(try SVR(epsilon: 1e9, solver: solver).fit(Self.x, Self.numbers).nSupport == 0)
    }

    @Test(arguments: [SupportVectorSolver.sequential, .blocks])
    func countsAWeightAsSoManyRows(solver: SupportVectorSolver) throws {
        let counts = (0..<60).map { $0 / 3 % 3 }
        let repeated = counts.indices.flatMap { [Int](repeating: $0, count: counts[$0]) }
        let svc = SVC(gamma: 0.2, tol: 1e-7, solver: solver)
        let weighted = try svc.fit(Self.x, Self.labels, weights: counts.map { Double($0) })
        let copied = try svc.fit(Self.x.selecting(rows: repeated), Self.labels.selecting(rows: repeated))
        expectClose(
            try weighted.decisionFunction(Self.x).values, try copied.decisionFunction(Self.x).values, absolute: 1e-4)
        #expect(weighted.support.allSatisfy { counts[$0] > 0 })
        let svr = SVR(gamma: 0.2, tol: 1e-7, solver: solver)
        let weightedSum = try svr.fit(Self.x, Self.numbers, weights: counts.map { Double($0) })
        let copiedSum = try svr.fit(Self.x.selecting(rows: repeated), repeated.map { Self.numbers[$0] })
        expectClose(try weightedSum.predict(Self.x), try copiedSum.predict(Self.x), absolute: 1e-4)
    }

    @Test func leavesOutClassesThatDoNotOccurAndRefusesThoseWithoutWeight() throws {
        let y = try Labels(codes: [0, 2, 2, 0], classes: .strings(["a", "b", "c"]))
        let x = try Matrix([[0], [1], [2], [0.5]])
        #expect(try SVC(classWeight: .values(["b": 2])).fit(x, y).classes == .strings(["a", "c"]))
        let error = try #require(throws: ApusError.self) { try SVC().fit(x, y, weights: [1, 0, 0, 1]) }
        #expect(error.message.contains("Class c"))
    }

    @Test func tellsWeightsOfFeaturesForTheLinearKernel() throws {
        let model = try SVC(kernel: .linear, decisionFunctionShape: .ovo).fit(Self.x, Self.labels)
        let weights = try #require(model.coefficients)
        let products = try BLAS.product(Self.x, transposed: weights)
        let decisions = try model.decisionFunction(Self.x)
        for i in 0..<60 {
            for j in 0..<3 { expectClose(products[i, j] + model.intercept[j], decisions[i, j], absolute: 1e-9) }
        }
        #expect(try SVC().fit(Self.x, Self.labels).coefficients == nil)
        let regression = try SVR(kernel: .linear).fit(Self.x, Self.numbers)
        let slopes = try #require(regression.coefficients)
        expectClose(
            try BLAS.product(Self.x, slopes).map { $0 + regression.intercept }, try regression.predict(Self.x),
            absolute: 1e-9)
    }

    @Test func storesVectorsOfFewValuesAsBytes() throws {
        let x = Matrix(rows: 200, columns: 30, values: (0..<6000).map { Double(($0 * $0) % 251) / 255 })
        let model = try SVC().fit(x, Labels((0..<200).map { $0 % 2 }))
        var archive = ModelArchive()
        model.encode(into: &archive)
        guard case .uint8 = try archive.part("supportVectors").tensor("values").values else {
            Issue.record("not bytes")
            return
        }
        #expect(try SVC.Model(from: archive) == model)
    }

    // MARK: The others

    @Test(arguments: SupportVectorSolver.allCases) func svrKeepsTheContract(solver: SupportVectorSolver) throws {
        try check(SVR(solver: solver))
    }

    @Test func nuSVRKeepsTheContract() throws { try check(NuSVR()) }

    private func check<Kind: Regressor>(_ estimator: Kind) throws where Kind.Model: SupportVectorSumModel {
        let (x, y) = (Self.x, Self.numbers)
        try checkParameters(Kind.self)
        try refusesBadRows { try estimator.fit($0, [Double](repeating: 1, count: $0.rows)) }
        #expect(throws: ApusError.self) { try estimator.fit(x, [1, 2]) }
        var broken = y
        broken[5] = .nan
        #expect(throws: ApusError.self) { try estimator.fit(x, broken) }
        try refusesBadWeights { try estimator.fit(x, y, weights: $0) }
        let model = try estimator.fit(x, y)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x, y) == model }
        #expect(try estimator.fit(x, y, weights: [Double](repeating: 1, count: 60)).predict(x) == model.predict(x))
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 2, values: [1, 2])) }
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        #expect(try restored(model).predict(x) == model.predict(x))
    }

    @Test(arguments: SupportVectorSolver.allCases) func oneClassSVMKeepsTheContract(solver: SupportVectorSolver) throws
    {
        let x = Self.x
        let estimator = OneClassSVM(nu: 0.2, solver: solver)
        try checkParameters(OneClassSVM.self)
        try refusesBadRows { try estimator.fit($0) }
        try refusesBadWeights { try estimator.fit(x, weights: $0) }
        let model = try estimator.fit(x)
        try isTheSameOnAnyNumberOfThreads { try estimator.fit(x) == model }
        #expect(try estimator.fit(x, weights: [Double](repeating: 1, count: 60)).predict(x) == model.predict(x))
        try expectArchiveIsChecked(model) { _ = try $0.predict(x) }
        #expect(try restored(model).decisionFunction(x) == model.decisionFunction(x))
        let share = Double(try model.predict(x).count { $0 == -1 }) / 60
        #expect(share <= 0.25)
    }

    // MARK: What all keep to

    private func checkParameters<Kind: Estimator>(_: Kind.Type) throws {
        try Kind().validateParameters()
        for parameter in Kind.parameters {
            #expect(parameter.help.hasSuffix("."))
            #expect(parameter.legal.allows(parameter.value(in: Kind())))
        }
        #expect(try Kind(parameters: Kind().parameterValues) == Kind())
    }

    private func refusesBadRows<Model>(_ fit: (Matrix) throws -> Model) throws {
        for bad in [Double.nan, .infinity, -.infinity] {
            var x = Self.x
            x[3, 1] = bad
            #expect(throws: ApusError.self) { try fit(x) }
        }
        #expect(throws: ApusError.self) { try fit(Matrix(rows: 0, columns: 4, values: [])) }
        #expect(throws: ApusError.self) { try fit(Matrix(rows: 60, columns: 0, values: [])) }
    }

    private func refusesBadWeights<Model>(_ fit: ([Double]) throws -> Model) throws {
        for weights in [
            [1.0], [Double](repeating: -1, count: 60), [Double](repeating: 0, count: 60),
            [Double](repeating: .nan, count: 60),
        ] {
            #expect(throws: ApusError.self) { try fit(weights) }
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

    private func restored<Model: FittedModel>(_ model: Model) throws -> Model {
        var archive = ModelArchive()
        model.encode(into: &archive)
        return try Model(from: archive)
    }

    @Test func reportsProgressAndStopsWhenCancelled() async throws {
        let reports = Mutex(0)
        _ = try SVC().fit(Self.x, Self.labels, weights: nil) { update in
            reports.withLock { $0 += 1 }
            #expect(update.total == 3)
        }
        #expect(reports.withLock { $0 } == 3)
        for solver in [SupportVectorSolver.sequential, .blocks] {
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                let (x, y) = SupportVectorData.noisy
                return try SVC(c: 1e4, gamma: 10, solver: solver).fit(x, y)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}

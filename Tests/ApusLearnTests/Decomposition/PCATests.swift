import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct PCATests {
    private func analysis(_ arguments: Oracle) throws -> PCA {
        var pca = PCA()
        for key in arguments.keys where arguments.has(key) {
            switch key {
            case "n_components":
                if (try? arguments.string(key)) == "mle" {
                    pca.nComponents = .mle
                } else if let count = try? arguments.int(key) {
                    pca.nComponents = .count(count)
                } else {
                    pca.nComponents = .varianceShare(try arguments.double(key))
                }
            case "svd_solver":
                try PCA.parameter(named: key).set(text: arguments.string(key), in: &pca)
            case "whiten": pca.whiten = try arguments.bool(key)
            case "iterated_power": pca.iteratedPower = .count(try arguments.int(key))
            case "n_oversamples": pca.nOversamples = try arguments.int(key)
            case "power_iteration_normalizer":
                try PCA.parameter(named: key).set(text: arguments.string(key), in: &pca)
            case "random_state": pca.seed = try arguments.integer(key)
            default: Issue.record("the fixture has an unknown argument \(key)")
            }
        }
        return pca
    }

    @Test func findsTheSameComponentsAsTheReference() throws {
        let oracle = try Oracle("decomposition/pca")
        for example in try oracle.array("cases") {
            let name = try example.string("name")
            let x = try oracle.object("data").matrix(example.string("data"))
            let model = try analysis(example.object("arguments")).fit(x)
            #expect(try snakeCase(model.solver.rawValue) == example.string("solver"), "\(name)")
            let components = try example.matrix("components")
            // Directions without variance are arbitrary.
            let largest = try example.doubles("variance").first ?? 0
            let real = try example.doubles("variance").count { $0 > 1e-12 * largest }
            #expect(model.components.rows == components.rows, "\(name)")
            expectClose(
                model.components.selecting(rows: Array(0..<real)), components.selecting(rows: Array(0..<real)),
                relative: 1e-9, absolute: 1e-9, name)
            expectClose(model.means, try example.doubles("means"), relative: 1e-12, absolute: 1e-13, name)
            expectClose(
                model.explainedVariance, try example.doubles("variance"), relative: 1e-9, absolute: 1e-12 * largest,
                name)
            expectClose(
                model.explainedVarianceRatio, try example.doubles("ratio"), relative: 1e-9, absolute: 1e-12, name)
            expectClose(
                model.singularValues, try example.doubles("values"), relative: 1e-9,
                absolute: 1e-6 * largest.squareRoot(),
                name)
            expectClose(
                model.noiseVariance, try example.double("noise"), relative: 1e-9, absolute: 1e-12 * largest, name)
            let transformed = try example.matrix("transformed")
            if real == components.rows {
                let few = x.selecting(rows: Array(0..<transformed.rows))
                expectClose(try model.transform(few), transformed, relative: 1e-9, absolute: 1e-9, name)
                expectClose(
                    try model.inverseTransform(transformed), try example.matrix("restored"), relative: 1e-9,
                    absolute: 1e-9, name)
            }
            guard example.has("score") else { continue }
            let covariance = try model.covariance().selecting(rows: [0])
            let precision = try model.precision().selecting(rows: [0])
            expectClose(covariance, try example.matrix("covariance"), relative: 1e-9, absolute: 1e-11 * largest, name)
            expectClose(precision, try example.matrix("precision"), relative: 1e-7, absolute: 1e-7, name)
            expectClose(try model.score(x), try example.double("score"), relative: 1e-8, name)
        }
    }

    @Test func choosesTheSolverThatTheReferenceChooses() throws {
        for example in try Oracle("decomposition/pca-choices").array("cases") {
            let (rows, columns) = (try example.int("rows"), try example.int("columns"))
            let arguments = try example.object("arguments")
            let x = Matrix(rows: rows, columns: columns, values: random(rows * columns, seed: 1))
            let pca = try analysis(arguments)
            // The whole decomposition of the larger shapes takes long, and the choice is told by an error as well.
            if rows * columns > 60_000, try example.string("solver") == "full" { continue }
            let model = try pca.fit(x)
            #expect(try snakeCase(model.solver.rawValue) == example.string("solver"), "\(example)")
        }
    }

    @Test func sparseRowsGiveTheReferencesComponents() throws {
        for example in try Oracle("decomposition/pca-sparse").array("cases") {
            let name = try example.string("name")
            let x = SparseMatrix(try example.matrix("x"))
            let model = try analysis(example.object("arguments")).fit(x)
            expectClose(model.components, try example.matrix("components"), relative: 1e-9, absolute: 1e-9, name)
            expectClose(model.means, try example.doubles("means"), relative: 1e-12, name)
            expectClose(model.explainedVariance, try example.doubles("variance"), relative: 1e-9, name)
            expectClose(model.explainedVarianceRatio, try example.doubles("ratio"), relative: 1e-9, name)
            expectClose(model.noiseVariance, try example.double("noise"), relative: 1e-9, name)
            let transformed = try example.matrix("transformed")
            let few = x.selecting(rows: Array(0..<transformed.rows))
            expectClose(try model.transform(few), transformed, relative: 1e-9, absolute: 1e-9, name)
            expectClose(try model.transform(few.dense), transformed, relative: 1e-9, absolute: 1e-9, name)
        }
    }
}

@Suite struct PCAContractTests {
    private let solvers: [PCASolver] = [.full, .covarianceEigh, .randomized, .arpack]

    private func sample(_ rows: Int, _ columns: Int, seed: UInt32 = 0, mean: Double = 0) -> Matrix {
        let values = random(rows * columns, seed: seed).enumerated().map { place, value in
            value * Double(1 + place % columns) + mean
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    @Test(arguments: [(40, 5), (6, 20), (9000, 12)])
    func anyNumberOfThreadsGivesTheSameBits(_ rows: Int, _ columns: Int) throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let x = sample(rows, columns)
        for solver in solvers {
            let models = try [1, 2, 5].map { threads in
                Parallel.threads = threads
                return try PCA(nComponents: 3, svdSolver: solver).fit(x)
            }
            #expect(models[0] == models[1] && models[0] == models[2], "\(solver)")
        }
    }

    @Test(arguments: [(40, 5), (6, 20), (30, 30)])
    func allSolversAgree(_ rows: Int, _ columns: Int) throws {
        let x = sample(rows, columns)
        let exact = try PCA(nComponents: 4, svdSolver: .full).fit(x)
        for solver in solvers {
            let model = try PCA(nComponents: 4, svdSolver: solver, iteratedPower: 60).fit(x)
            expectClose(model.components, exact.components, absolute: 1e-8, "\(solver)")
            expectClose(model.explainedVariance, exact.explainedVariance, relative: 1e-9, "\(solver)")
            expectClose(model.noiseVariance, exact.noiseVariance, relative: solver == .covarianceEigh ? 2 : 1e-8)
        }
    }

    @Test func allComponentsRestoreTheRows() throws {
        for (rows, columns) in [(30, 4), (5, 9)] {
            let x = sample(rows, columns, mean: 10)
            for whiten in [false, true] {
                let model = try PCA(svdSolver: .full, whiten: whiten).fit(x)
                let changed = try model.transform(x)
                expectClose(try model.inverseTransform(changed), x, relative: 1e-9, absolute: 1e-9)
                #expect(model.outputNames(for: []) == (0..<min(rows, columns)).map { "pca\($0)" })
            }
        }
    }

    @Test func largeMeansCostNoDigits() throws {
        let x = sample(200, 4)
        let moved = Matrix(rows: 200, columns: 4, values: x.values.map { $0 + 1e6 })
        let model = try PCA(svdSolver: .covarianceEigh).fit(moved)
        let exact = try PCA(svdSolver: .full).fit(moved)
        expectClose(model.explainedVariance, exact.explainedVariance, relative: 1e-9)
        expectClose(model.components, exact.components, absolute: 1e-7)
    }

    @Test func densityIsThatOfTheFullGaussian() throws {
        let x = sample(50, 3)
        let model = try PCA(svdSolver: .full).fit(x)
        let reduced = try PCA(nComponents: 2, svdSolver: .full).fit(x)
        // With one direction left out its variance is the noise, so nothing is lost.
        expectClose(try reduced.scoreSamples(x), try model.scoreSamples(x), relative: 1e-9)
        expectClose(try reduced.covariance(), try model.covariance(), relative: 1e-9, absolute: 1e-12)
        let product = try BLAS.product(model.covariance(), model.precision())
        let identity = Matrix(rows: 3, columns: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
        expectClose(product, identity, absolute: 1e-9)
        let whitened = try PCA(nComponents: 2, svdSolver: .full, whiten: true).fit(x)
        #expect(try whitened.score(x) == reduced.score(x))
        let flat = try PCA().fit(sample(4, 9))
        #expect(throws: ApusError.self) { try flat.score(sample(4, 9)) }
    }

    @Test func archivesAreChecked() throws {
        let x = sample(20, 4)
        for whiten in [false, true] {
            let model = try PCA(nComponents: 2, whiten: whiten).fit(x)
            try expectArchiveIsChecked(model) {
                _ = try $0.transform(x)
                _ = try $0.inverseTransform(Matrix(rows: 3, columns: 2))
                _ = try $0.score(x)
                _ = try $0.precision()
            }
        }
    }

    @Test func badInputIsRefused() throws {
        let x = sample(20, 4)
        let bad = [
            Matrix(rows: 0, columns: 4), Matrix(rows: 4, columns: 0), Matrix(repeating: .nan, rows: 3, columns: 3),
            Matrix(repeating: .infinity, rows: 3, columns: 3), Matrix(rows: 1, columns: 3, values: [1, 2, 3]),
            Matrix(repeating: 7, rows: 5, columns: 3),
        ]
        for solver in solvers {
            for matrix in bad {
                #expect(throws: ApusError.self) { try PCA(nComponents: 1, svdSolver: solver).fit(matrix) }
            }
            let huge = Matrix(rows: 5, columns: 3, values: random(15, seed: 3).map { $0 * 1e200 })
            let error = #expect(throws: ApusError.self) { try PCA(nComponents: 1, svdSolver: solver).fit(huge) }
            #expect(error?.code == .numericalFailure, "\(solver)")
            #expect(throws: ApusError.self) { try PCA(nComponents: 5, svdSolver: solver).fit(x) }
        }
        let wrong: [PCA] = [
            PCA(nComponents: 0), PCA(nComponents: .varianceShare(1)), PCA(nComponents: .varianceShare(0)),
            PCA(nComponents: .varianceShare(.nan)), PCA(nOversamples: 0), PCA(tol: -1), PCA(iteratedPower: -1),
            PCA(nComponents: .mle, svdSolver: .randomized), PCA(nComponents: .varianceShare(0.5), svdSolver: .arpack),
            PCA(nComponents: 4, svdSolver: .arpack), PCA(svdSolver: .randomized, nOversamples: .max),
        ]
        for pca in wrong { #expect(throws: ApusError.self, "\(pca)") { try pca.fit(x) } }
        #expect(throws: ApusError.self) { try PCA(nComponents: .mle).fit(sample(4, 9)) }
        #expect(throws: ApusError.self) { try PCA().fit(x, weights: [Double](repeating: 1, count: 20)) }
        #expect(!PCA.traits.usesWeights)
        let model = try PCA().fit(x)
        #expect(throws: ApusError.self) { try model.transform(sample(3, 5)) }
        #expect(throws: ApusError.self) { try model.inverseTransform(sample(3, 5)) }
        #expect(throws: ApusError.self) { try model.transform(Matrix(repeating: .nan, rows: 2, columns: 4)) }
        #expect(throws: ApusError.self) { try PCA(svdSolver: .full).fit(SparseMatrix(x)) }
    }

    @Test func fewDistinctRowsMakeNoTrap() throws {
        let repeated = Matrix(rows: 30, columns: 3, values: (0..<90).map { Double($0 / 3 % 2) })
        for solver in solvers {
            let model = try PCA(nComponents: 2, svdSolver: solver, whiten: true).fit(repeated)
            #expect(model.explainedVariance[0] > 0 && model.explainedVariance[1] < 1e-12)
            #expect(try FiniteKernel.allFinite(model.transform(repeated).values))
        }
    }

    @Test func parametersAreReadByEitherName() throws {
        var pca = try PCA(parameters: ["n_components": 3, "whiten": true])
        #expect(pca == PCA(nComponents: 3, whiten: true))
        try PCA.parameter(named: "n_components").set(text: "0.9", in: &pca)
        #expect(pca.nComponents == .varianceShare(0.9))
        try PCA.parameter(named: "n_components").set(text: "mle", in: &pca)
        #expect(pca.nComponents == .mle)
        try PCA.parameter(named: "n_components").set(text: "none", in: &pca)
        #expect(pca.nComponents == .all)
        try PCA.parameter(named: "iteratedPower").set(text: "3", in: &pca)
        #expect(pca.iteratedPower == 3)
    }

    @Test func pipelinesKeepWeightsForTheStepsThatUseThem() throws {
        let x = sample(40, 4)
        let y = Labels((0..<40).map { $0 % 2 })
        let weights = (0..<40).map { Double(1 + $0 % 3) }
        let pipeline = PCA(nComponents: 2).then(LogisticRegression())
        let model = try pipeline.fit(x, y, weights: weights, progress: nil)
        let alone = try LogisticRegression().fit(PCA(nComponents: 2).fitTransform(x), y, weights: weights)
        let changed = try PCA(nComponents: 2).fitTransform(x)
        #expect(try model.predictProba(x) == alone.predictProba(changed))
    }
}

/// Gaussian numbers.
func random(_ count: Int, seed: UInt32) -> [Double] {
    var random = RandomState(seed: seed)
    return random.gaussian(count: count)
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct TruncatedSVDTests {
    private func decomposition(_ arguments: Oracle) throws -> TruncatedSVD {
        var svd = TruncatedSVD()
        for key in arguments.keys {
            switch key {
            case "n_components": svd.nComponents = try arguments.int(key)
            case "n_iter": svd.nIter = try arguments.int(key)
            case "n_oversamples": svd.nOversamples = try arguments.int(key)
            case "random_state": svd.seed = try arguments.integer(key)
            default: try TruncatedSVD.parameter(named: key).set(text: arguments.string(key), in: &svd)
            }
        }
        return svd
    }

    @Test func findsTheSameVectorsAsTheReferenceFromSparseAndDenseRows() throws {
        let oracle = try Oracle("decomposition/truncated-svd")
        for example in try oracle.array("cases") {
            let name = try example.string("name")
            let dense = try oracle.object("data").matrix(example.string("data"))
            let sparse = SparseMatrix(dense)
            let svd = try decomposition(example.object("arguments"))
            for model in [try svd.fit(sparse), try svd.fit(dense)] {
                expectClose(model.components, try example.matrix("components"), relative: 1e-9, absolute: 1e-9, name)
                // A direction without variance has only rounding in it, and that differs between processors.
                for (found, key) in [
                    (model.explainedVariance, "variance"), (model.explainedVarianceRatio, "ratio"),
                    (model.singularValues, "values"),
                ] {
                    let wanted = try example.doubles(key)
                    expectClose(found, wanted, relative: 1e-9, absolute: 1e-13 * (wanted.max() ?? 0), name)
                }
                let transformed = try example.matrix("transformed")
                let few = Array(0..<transformed.rows)
                expectClose(
                    try model.transform(sparse.selecting(rows: few)), transformed, relative: 1e-9, absolute: 1e-9, name)
                expectClose(
                    try model.transform(dense.selecting(rows: few)), transformed, relative: 1e-9, absolute: 1e-9, name)
                let restored = try example.matrix("restored")
                let first = transformed.selecting(rows: Array(0..<restored.rows))
                expectClose(try model.inverseTransform(first), restored, relative: 1e-9, absolute: 1e-9, name)
            }
        }
    }

    private func sample(_ rows: Int, _ columns: Int) -> Matrix {
        let values = random(rows * columns, seed: 5).map { $0 < 0.8 ? 0 : ($0 * 4).rounded() }
        return Matrix(rows: rows, columns: columns, values: values)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let x = SparseMatrix(sample(900, 40))
        for algorithm in TruncatedSVD.Algorithm.allCases {
            let models = try [1, 2, 5].map { threads in
                Parallel.threads = threads
                return try TruncatedSVD(nComponents: 5, algorithm: algorithm).fit(x)
            }
            #expect(models[0] == models[1] && models[0] == models[2])
        }
    }

    @Test func lanczosRestartsReachFullPrecision() throws {
        let x = sample(300, 200)
        let exact = try LAPACK.singularValues(x)
        let model = try TruncatedSVD(nComponents: 12, algorithm: .arpack).fit(SparseMatrix(x))
        expectClose(model.singularValues, Array(exact.values.prefix(12)), relative: 1e-12)
        let rough = try TruncatedSVD(nComponents: 12, algorithm: .arpack, tol: 1e-3).fit(SparseMatrix(x))
        expectClose(rough.singularValues, Array(exact.values.prefix(12)), relative: 1e-3)
    }

    @Test func lanczosFindsTheZerosOfAMatrixOfLowRank() throws {
        let x = Matrix(rows: 50, columns: 30, values: (0..<1500).map { Double($0 / 30 % 3) * Double($0 % 30) })
        let model = try TruncatedSVD(nComponents: 4, algorithm: .arpack).fit(x)
        #expect(model.singularValues[0] > 100 && model.singularValues[1] < 1e-6)
        #expect(FiniteKernel.allFinite(model.components.values))
    }

    @Test func archivesAreChecked() throws {
        let x = sample(20, 6)
        let model = try TruncatedSVD().fit(x)
        try expectArchiveIsChecked(model) {
            _ = try $0.transform(x)
            _ = try $0.transform(SparseMatrix(x))
        }
        #expect(model.outputNames(for: []) == ["truncatedsvd0", "truncatedsvd1"])
    }

    @Test func badInputIsRefused() throws {
        let x = sample(20, 6)
        let wrong = [
            TruncatedSVD(nComponents: 0), TruncatedSVD(nComponents: 7), TruncatedSVD(nComponents: .max),
            TruncatedSVD(nComponents: 6, algorithm: .arpack), TruncatedSVD(nIter: -1), TruncatedSVD(nOversamples: 0),
            TruncatedSVD(nOversamples: .max), TruncatedSVD(tol: .nan),
        ]
        for svd in wrong { #expect(throws: ApusError.self, "\(svd)") { try svd.fit(x) } }
        for svd in wrong { #expect(throws: ApusError.self, "\(svd)") { try svd.fit(SparseMatrix(x)) } }
        let bad = [
            Matrix(rows: 0, columns: 4), Matrix(rows: 4, columns: 0), Matrix(repeating: .nan, rows: 3, columns: 3),
            Matrix(rows: 3, columns: 3, values: random(9, seed: 1).map { $0 * 1e200 }),
        ]
        for algorithm in TruncatedSVD.Algorithm.allCases {
            for matrix in bad {
                #expect(throws: ApusError.self) { try TruncatedSVD(algorithm: algorithm).fit(matrix) }
                #expect(throws: ApusError.self) { try TruncatedSVD(algorithm: algorithm).fit(SparseMatrix(matrix)) }
            }
            let equal = try TruncatedSVD(algorithm: algorithm).fit(Matrix(repeating: 2, rows: 9, columns: 3))
            #expect(FiniteKernel.allFinite(equal.components.values))
        }
        #expect(throws: ApusError.self) { try TruncatedSVD().fit(x, weights: [Double](repeating: 1, count: 20)) }
        let model = try TruncatedSVD().fit(x)
        #expect(throws: ApusError.self) { try model.transform(sample(3, 5)) }
        #expect(throws: ApusError.self) { try model.transform(SparseMatrix(sample(3, 5))) }
        #expect(throws: ApusError.self) { try model.inverseTransform(sample(3, 5)) }
    }
}

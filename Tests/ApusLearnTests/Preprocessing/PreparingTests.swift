import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

@Suite struct PreparingOracleTests {
    @Test func robustAndMaxAbsScalersAreTheReferences() throws {
        for example in try Oracle("preparing/scalers").array("cases") {
            let (name, arguments) = (try example.string("name"), try example.object("arguments"))
            let (x, other) = (try example.matrix("x"), try example.matrix("other"))
            let (changed, restored): (Matrix, Matrix)
            if name == "robust" {
                var scaler = RobustScaler()
                if arguments.has("with_centering") { scaler.withCentering = try arguments.bool("with_centering") }
                if arguments.has("with_scaling") { scaler.withScaling = try arguments.bool("with_scaling") }
                if arguments.has("unit_variance") { scaler.unitVariance = try arguments.bool("unit_variance") }
                if arguments.has("quantile_range") {
                    let range = try arguments.doubles("quantile_range")
                    (scaler.quantileLower, scaler.quantileUpper) = (range[0], range[1])
                }
                let model = try scaler.fit(x)
                changed = try model.transform(other)
                restored = try model.inverseTransform(changed)
            } else {
                let model = try MaxAbsScaler(clip: arguments.has("clip")).fit(x)
                changed = try model.transform(other)
                restored = try model.inverseTransform(changed)
            }
            if arguments.has("unit_variance") {
                expectClose(changed, try example.matrix("changed"), relative: 1e-14, "\(example)")
            } else {
                expectBitwise(changed, try example.matrix("changed"), "\(example)")
            }
            expectClose(restored, try example.matrix("restored"), relative: 1e-13, absolute: 1e-13, "\(example)")
        }
    }

    @Test func normalizersAndBinarizersAreTheReferences() throws {
        for example in try Oracle("preparing/normalizers").array("cases") {
            let x = try example.matrix("x")
            for norm in Normalizer.Norm.allCases {
                expectClose(
                    try Normalizer(norm: norm).fitTransform(x), try example.matrix(norm.rawValue), relative: 1e-15)
            }
            expectBitwise(try Binarizer(threshold: 0.5).fitTransform(x), try example.matrix("binary"))
        }
    }

    @Test func binsAreTheReferences() throws {
        for example in try Oracle("preparing/bins").array("cases") {
            let arguments = try example.object("arguments")
            var discretizer = KBinsDiscretizer(nBins: try arguments.int("n_bins"), encode: .ordinal)
            if arguments.has("strategy") {
                discretizer.strategy = try #require(
                    KBinsDiscretizer.Strategy(rawValue: try arguments.string("strategy")))
                discretizer.quantileMethod =
                    switch try arguments.string("quantile_method") {
                    case "inverted_cdf": .invertedCDF
                    case "linear": .linear
                    default: .averagedInvertedCDF
                    }
            }
            if arguments.has("subsample") {
                discretizer.subsample = try arguments.int("subsample")
                discretizer.seed = try arguments.integer("random_state")
            }
            let (x, other) = (try example.matrix("x"), try example.matrix("other"))
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let model = try discretizer.fit(x, weights: weights)
            let edges = try example.array("edges").map { try $0.doubles("values") }
            #expect(model.edges.map(\.count) == edges.map(\.count), "\(example)")
            for (own, theirs) in zip(model.edges, edges) {
                expectClose(own, theirs, relative: 1e-13, absolute: 1e-13, "\(example)")
            }
            let bins = try model.transform(other)
            expectBitwise(bins, try example.matrix("bins"), "\(example)")
            expectClose(try model.inverseTransform(bins), try example.matrix("restored"), absolute: 1e-12, "\(example)")
            guard example.has("hot") else { continue }
            discretizer.encode = .onehot
            let hot = try discretizer.fit(x, weights: weights)
            let expected = try example.matrix("hot")
            let few = other.selecting(rows: Array(0..<expected.rows))
            expectBitwise(try hot.transform(few), expected, "\(example)")
            expectClose(
                try hot.inverseTransform(expected),
                try example.matrix("restored").selecting(rows: Array(0..<expected.rows)), absolute: 1e-12, "\(example)")
            #expect(try hot.outputNames(for: (0..<x.columns).map { "x\($0)" }) == example.strings("names"))
        }
    }

    @Test func valuesOfNeighboursAreTheReferences() throws {
        for example in try Oracle("preparing/knn-imputer").array("cases") {
            let arguments = try example.object("arguments")
            let imputer = KNNImputer(
                nNeighbors: arguments.has("n_neighbors") ? try arguments.int("n_neighbors") : 5,
                weights: arguments.has("weights") ? .distance : .uniform, addIndicator: arguments.has("add_indicator"),
                keepEmptyFeatures: arguments.has("keep_empty_features"))
            let x = try example.matrix("x")
            let model = try imputer.fit(x)
            // The reference's distances are differences of large numbers, which shows when they are weights.
            let relative = imputer.weights == .distance ? 1e-8 : 1e-12
            let mended = try model.transform(x)
            expectClose(mended, try example.matrix("mended"), relative: relative, "\(example)")
            expectClose(
                try model.transform(example.matrix("other")), try example.matrix("otherMended"), relative: relative,
                "\(example)")
            // The reference forgets the names of empty features that are kept.
            guard try example.strings("names").count == mended.columns else { continue }
            #expect(try model.outputNames(for: (0..<x.columns).map { "f\($0)" }) == example.strings("names"))
        }
    }

    @Test func featuresThatVaryAreTheReferences() throws {
        for example in try Oracle("preparing/variance-threshold").array("cases") {
            let x = try example.matrix("x")
            let model = try VarianceThreshold(threshold: example.double("threshold")).fit(x)
            expectClose(
                model.variances, try example.doubles("variances"), relative: 1e-12, absolute: 1e-30, "\(example)")
            #expect(try model.keptFeatures == example.ints("kept"))
            let kept = try model.transform(x)
            let whole = Matrix(rows: kept.rows, columns: kept.columns, values: kept.values.map { $0.isNaN ? 0 : $0 })
            expectBitwise(try model.inverseTransform(whole), try example.matrix("restored"))
            #expect(model.outputNames(for: (0..<x.columns).map { "f\($0)" }) == model.keptFeatures.map { "f\($0)" })
        }
    }
}

@Suite struct PreparingContractTests {
    private func sample(_ rows: Int, _ columns: Int, seed: UInt32 = 1) -> Matrix {
        Matrix(rows: rows, columns: columns, values: random(rows * columns, seed: seed))
    }

    private func holed(_ x: Matrix) -> Matrix {
        Matrix(
            rows: x.rows, columns: x.columns,
            values: x.values.enumerated().map { $0 % 5 == 2 ? .nan : $1 })
    }

    /// What every transformer owes: the same bits on any number of threads, archives that are checked, bad input refused.
    private func check<Estimator: Transformer>(_ estimator: Estimator, usesWeights: Bool = false) throws {
        let allowsMissing = Estimator.traits.allowsMissing
        #expect(Estimator.traits.usesWeights == usesWeights)
        let x = allowsMissing ? holed(sample(60, 4)) : sample(60, 4)
        let model = try estimator.fit(x)
        try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
        let changed = try model.transform(x)
        #expect(changed.columns == model.outputNames(for: ["a", "b", "c", "d"]).count)
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for threads in [1, 2, 5] {
            Parallel.threads = threads
            #expect(try estimator.fit(x) == model)
            expectBitwise(try model.transform(x), changed)
        }
        var bad = [
            Matrix(rows: 0, columns: 4), Matrix(rows: 4, columns: 0), Matrix(repeating: .infinity, rows: 3, columns: 4),
        ]
        if !allowsMissing { bad.append(holed(sample(60, 4))) }
        for matrix in bad {
            #expect(throws: ApusError.self) { try estimator.fit(matrix) }
            #expect(throws: ApusError.self) { try model.transform(matrix) }
        }
        #expect(throws: ApusError.self) { try model.transform(sample(3, 5)) }
        let ones = [Double](repeating: 1, count: 60)
        if usesWeights {
            for weights in [[1], [Double](repeating: 0, count: 60), [Double](repeating: -1, count: 60)] {
                #expect(throws: ApusError.self) { try estimator.fit(x, weights: weights) }
            }
            #expect(try estimator.fit(x, weights: ones).transform(x) == changed)
        } else {
            #expect(throws: ApusError.self) { try estimator.fit(x, weights: ones) }
        }
        #expect(Estimator.parameters.allSatisfy { $0.help.hasSuffix(".") })
    }

    @Test func everyTransformerKeepsTheContract() throws {
        try check(RobustScaler())
        try check(MaxAbsScaler(clip: true))
        try check(Normalizer())
        try check(Binarizer())
        try check(VarianceThreshold())
        try check(KNNImputer(weights: .distance, addIndicator: true))
        for strategy in KBinsDiscretizer.Strategy.allCases {
            for encoding in KBinsDiscretizer.Encoding.allCases {
                try check(KBinsDiscretizer(encode: encoding, strategy: strategy), usesWeights: true)
            }
        }
    }

    @Test func illegalParametersAreRefused() throws {
        let x = sample(20, 2)
        for scaler in [
            RobustScaler(quantileLower: 80, quantileUpper: 20), RobustScaler(quantileLower: -1),
            RobustScaler(quantileUpper: .nan), RobustScaler(quantileLower: 0, unitVariance: true),
            RobustScaler(quantileLower: 50, quantileUpper: 50, unitVariance: true),
        ] {
            #expect(throws: ApusError.self) { try scaler.fit(x) }
        }
        for bins in [
            KBinsDiscretizer(nBins: 1), KBinsDiscretizer(nBins: .max), KBinsDiscretizer(subsample: 0),
            KBinsDiscretizer(nBins: 30, strategy: .kmeans),
        ] {
            #expect(throws: ApusError.self) { try bins.fit(x) }
        }
        let ones = [Double](repeating: 1, count: 20)
        #expect(throws: ApusError.self) { try KBinsDiscretizer(quantileMethod: .linear).fit(x, weights: ones) }
        #expect(throws: ApusError.self) { try KNNImputer(nNeighbors: 0).fit(x) }
        #expect(throws: ApusError.self) { try VarianceThreshold(threshold: -1).fit(x) }
        #expect(throws: ApusError.self) { try VarianceThreshold(threshold: 100).fit(x) }
        #expect(throws: ApusError.self) { try VarianceThreshold().fit(Matrix(repeating: 0.1, rows: 9, columns: 2)) }
        #expect(throws: ApusError.self) { try Binarizer(threshold: .nan).fit(x) }
        let model = try KBinsDiscretizer().fit(x)
        #expect(throws: ApusError.self) { try model.inverseTransform(Matrix(rows: 1, columns: 10)) }
        let ordinal = try KBinsDiscretizer(encode: .ordinal).fit(x)
        for value in [-1.0, 5, 1e300] {
            #expect(throws: ApusError.self) {
                try ordinal.inverseTransform(Matrix(repeating: value, rows: 1, columns: 2))
            }
        }
    }

    @Test func extremeDataMakeNoTrap() throws {
        let huge = Matrix(rows: 3, columns: 1, values: [1.7e308, -1.7e308, 0])
        #expect(throws: ApusError.self) { try KBinsDiscretizer(nBins: 2).fit(huge) }
        #expect(throws: ApusError.self) { try VarianceThreshold().fit(huge) }
        #expect(throws: ApusError.self) { try Normalizer().fitTransform(huge) }
        let narrow = Matrix(rows: 3, columns: 1, values: [0, 1e-12, 2e-12])
        for strategy in KBinsDiscretizer.Strategy.allCases {
            let model = try KBinsDiscretizer(nBins: 2, encode: .ordinal, strategy: strategy).fit(narrow)
            _ = try model.inverseTransform(model.transform(narrow))
        }
        let empty = Matrix(repeating: .nan, rows: 4, columns: 2)
        #expect(throws: ApusError.self) { try KNNImputer().fit(empty) }
        #expect(try KNNImputer(keepEmptyFeatures: true).fitTransform(empty).values == [Double](repeating: 0, count: 8))
        expectBitwise(try RobustScaler().fitTransform(empty), empty)
        let far = Matrix(rows: 4, columns: 2, values: [1e200, .nan, -1e200, 1, 3e200, 5, 0, 9])
        #expect(try FiniteKernel.allFinite(KNNImputer(nNeighbors: 2, weights: .distance).fitTransform(far).values))
    }
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

/// Rows of three classes with features that are not negative.
private func counts(_ rows: Int, _ columns: Int, seed: UInt32) -> (x: Matrix, y: Labels) {
    var random = RandomState(seed: seed)
    let codes = (0..<rows).map { _ in Int(random.uniform() * 3) }
    let values = codes.flatMap { code in
        (0..<columns).map { j in (random.uniform() * (j % 3 == code ? 4 : 2)).rounded(.down) }
    }
    return (Matrix(rows: rows, columns: columns, values: values), Labels(codes))
}

private func uniforms(_ count: Int, seed: UInt32) -> [Double] {
    var random = RandomState(seed: seed)
    return random.uniform(count: count)
}

/// What every naive Bayes classifier keeps, whatever its kind.
private func expectContract<Kind: IncrementalClassifier>(_ kind: Kind) throws
where Kind.Model: NaiveBayesModel {
    let name = Comment(rawValue: Kind.catalogName)
    try kind.validateParameters()
    #expect(Kind.parameters.allSatisfy { $0.help.hasSuffix(".") }, name)

    let (x, y) = counts(700, 5, seed: 1)
    let weights = uniforms(700, seed: 2)
    let model = try kind.fit(x, y, weights: weights)
    let before = Parallel.threads
    defer { Parallel.threads = before }
    for threads in [1, 2, 5] {
        Parallel.threads = threads
        let again = try kind.fit(x, y, weights: weights)
        #expect(again == model, name)
        #expect(try again.predictProba(x) == model.predictProba(x), name)
    }
    let plain = try kind.fit(x, y)
    let unit = try kind.fit(x, y, weights: [Double](repeating: 1, count: 700))
    #expect(try plain.predict(x) == unit.predict(x), name)
    expectClose(try plain.predictProba(x), try unit.predictProba(x), relative: 1e-12)
    for (row, _) in y.codes.enumerated() {
        expectClose(try model.predictProba(x).row(row).reduce(0, +), 1, relative: 1e-12)
        if row > 20 { break }
    }

    // Whole weights count as repeated rows.
    let whole = (0..<700).map { Double($0 % 3) }
    let repeated = (0..<700).flatMap { [Int](repeating: $0, count: $0 % 3) }
    let copied = try kind.fit(x.selecting(rows: repeated), y.selecting(rows: repeated))
    expectClose(
        try kind.fit(x, y, weights: whole).predictProba(x), try copied.predictProba(x), relative: 1e-6, absolute: 1e-9)

    // Parts, one of which has one class only, lead where all rows lead.
    var inParts: Kind.Model?
    for rows in [0..<1, 1..<200, 200..<700] {
        inParts = try kind.partialFit(
            x.selecting(rows: Array(rows)), Labels(rows.map { y.integers?[$0] ?? 0 }), classes: y.classes,
            weights: Array(weights[rows]), continuing: inParts)
    }
    expectClose(
        try #require(inParts).predictProba(x), try model.predictProba(x), relative: 1e-9, absolute: 1e-12)
    #expect(throws: ApusError.self, name) {
        try kind.partialFit(x, Labels(y.strings), classes: nil, weights: nil, continuing: model)
    }
    #expect(throws: ApusError.self, name) {
        try kind.partialFit(x, y, classes: nil, weights: nil, continuing: nil)
    }
    #expect(throws: ApusError.self, name) {
        try kind.partialFit(x, y, classes: .integers([0, 1]), weights: nil, continuing: nil)
    }
    #expect(throws: ApusError.self, name) {
        try kind.partialFit(x, y, classes: .integers([0, 1, 5]), weights: nil, continuing: model)
    }
    #expect(throws: ApusError.self, name) {
        try kind.partialFit(counts(3, 4, seed: 1).x, Labels([0, 1, 2]), classes: nil, weights: nil, continuing: model)
    }

    for bad in [
        Matrix(rows: 0, columns: 2), Matrix(rows: 3, columns: 0), Matrix(repeating: .nan, rows: 3, columns: 2),
        Matrix(repeating: .infinity, rows: 3, columns: 2),
    ] {
        #expect(throws: ApusError.self, name) { try kind.fit(bad, Labels([0, 1, 2].prefix(bad.rows).map { $0 })) }
    }
    #expect(throws: ApusError.self, name) { try kind.fit(x, Labels([0, 1])) }
    for bad in [[1.0], [Double](repeating: 0, count: 700), [Double](repeating: -1, count: 700)] {
        #expect(throws: ApusError.self, name) { try kind.fit(x, y, weights: bad) }
    }
    #expect(throws: ApusError.self, name) { try model.predict(Matrix(repeating: 0, rows: 1, columns: 4)) }
    #expect(throws: ApusError.self, name) { try model.predict(Matrix(repeating: .nan, rows: 1, columns: 5)) }
    try expectArchiveIsChecked(model) { _ = try $0.predictProba(x) }

    var archive = ModelArchive()
    model.encode(into: &archive)
    let restored = try Kind.Model(from: archive)
    expectBitwise(try restored.predictProba(x), try model.predictProba(x))
}

@Suite(.serialized) struct NaiveBayesTests {
    @Test func gaussianKeepsTheContract() throws { try expectContract(GaussianNB()) }
    @Test func multinomialKeepsTheContract() throws { try expectContract(MultinomialNB()) }
    @Test func bernoulliKeepsTheContract() throws { try expectContract(BernoulliNB()) }
    @Test func complementKeepsTheContract() throws { try expectContract(ComplementNB(norm: true)) }
    @Test func categoricalKeepsTheContract() throws { try expectContract(CategoricalNB()) }

    @Test func negativeCountsAreRefused() throws {
        let x = Matrix(rows: 2, columns: 2, values: [1, 0, 2, -1])
        let y = Labels([0, 1])
        #expect(throws: ApusError.self) { try MultinomialNB().fit(x, y) }
        #expect(throws: ApusError.self) { try ComplementNB().fit(x, y) }
        #expect(throws: ApusError.self) { try CategoricalNB().fit(x, y) }
        let error = #expect(throws: ApusError.self) { try MultinomialNB().fit(SparseMatrix(x), y) }
        #expect(error?.message.contains("row 1, column 1") == true)
        #expect(throws: ApusError.self) { try ComplementNB().fit(SparseMatrix(x), y) }
        #expect(try BernoulliNB().fit(x, y) == BernoulliNB().fit(SparseMatrix(x), y))
    }

    @Test func damagedSparseRowsAreRefused() throws {
        let x = try SparseMatrix(
            rows: 2, columns: 2, rowOffsets: [0, 1, 2], columnIndices: [0, 1], values: [1, .nan])
        let empty = try SparseMatrix(rows: 0, columns: 2, rowOffsets: [0], columnIndices: [], values: [])
        let none = try SparseMatrix(rows: 2, columns: 0, rowOffsets: [0, 0, 0], columnIndices: [], values: [])
        let model = try MultinomialNB().fit(Matrix(rows: 2, columns: 2, values: [1, 0, 0, 1]), Labels([0, 1]))
        for bad in [x, empty, none] {
            #expect(throws: ApusError.self) { try MultinomialNB().fit(bad, Labels([0, 1])) }
            #expect(throws: ApusError.self) { try BernoulliNB().fit(bad, Labels([0, 1])) }
            #expect(throws: ApusError.self) { try model.predict(bad) }
        }
    }

    @Test func theSmoothingOfPartsIsThatOfAllRows() throws {
        let x = Matrix(rows: 60, columns: 3, values: uniforms(180, seed: 4).map { $0 * 1000 })
        let y = Labels((0..<60).map { $0 % 2 })
        let whole = try GaussianNB(varSmoothing: 0.01).fit(x, y)
        var model: GaussianNB.Model?
        for rows in [0..<3, 3..<40, 40..<60] {
            model = try GaussianNB(varSmoothing: 0.01).partialFit(
                x.selecting(rows: Array(rows)), y.selecting(rows: Array(rows)), classes: y.classes, continuing: model)
        }
        let parts = try #require(model)
        expectClose(parts.means, whole.means, relative: 1e-13)
        expectClose(parts.variances, whole.variances, relative: 1e-12)
        expectClose(parts.smoothing, whole.smoothing, relative: 1e-12)
    }

    @Test func aClassThatHasNotComeYetIsImpossible() throws {
        let x = Matrix(rows: 4, columns: 1, values: [0, 1, 4, 5])
        let model = try GaussianNB().partialFit(x, Labels([0, 0, 2, 2]), classes: .integers([2, 1, 0]))
        #expect(model.classes == .integers([0, 1, 2]))
        #expect(try model.predict(x).integers == [0, 0, 2, 2])
        #expect(try model.predictProba(x).column(1) == [0, 0, 0, 0])
        let words = try MultinomialNB().partialFit(x, Labels([0, 0, 2, 2]), classes: .integers([0, 1, 2]))
        #expect(try words.predictProba(x).column(1) == [0, 0, 0, 0])
    }

    @Test func dataWithoutVarianceAreRefusedAndNothingElse() throws {
        let flat = Matrix(repeating: 2, rows: 4, columns: 2)
        let error = #expect(throws: ApusError.self) { try GaussianNB().fit(flat, Labels([0, 1, 0, 1])) }
        #expect(error?.code == .invalidInput)
        let huge = Matrix(rows: 4, columns: 1, values: [1e200, -1e200, 3e200, 0])
        let overflow = #expect(throws: ApusError.self) { try GaussianNB().fit(huge, Labels([0, 1, 0, 1])) }
        #expect(overflow?.code == .numericalFailure)
        let model = try GaussianNB().fit(Matrix(rows: 4, columns: 1, values: [1, 2, 3, 4]), Labels([0, 1, 0, 1]))
        #expect(throws: ApusError.self) { try model.predict(Matrix(rows: 1, columns: 1, values: [1e300])) }
    }

    @Test func withoutSmoothingWhatNeverHappenedIsImpossible() throws {
        let x = try Matrix([[2, 0, 1], [0, 3, 1], [1, 0, 0]])
        let y = Labels(["a", "b", "a"])
        let model = try MultinomialNB(alpha: 0).fit(x, y)
        #expect(model.featureLogProbabilities[0, 1] == -.infinity)
        for rows in [try Matrix([[1, 0, 0], [0, 1, 1]])] {
            #expect(try model.predict(rows).strings == ["a", "b"])
            #expect(try model.predict(SparseMatrix(rows)).strings == ["a", "b"])
            #expect(try model.predictProba(rows).values == [1, 0, 0, 1])
        }
        let error = #expect(throws: ApusError.self) { try model.predict(Matrix([[1, 1, 0]])) }
        #expect(error?.code == .invalidInput)
        #expect(throws: ApusError.self) { try ComplementNB(alpha: 0).fit(x, y) }
        let marks = try BernoulliNB(alpha: 0).fit(x, y)
        #expect(try marks.predict(x).strings == y.strings)
        #expect(try marks.predict(SparseMatrix(x)).strings == y.strings)
    }

    @Test func marksMustBeMarksWhenTheyAreTakenAsTheyAre() throws {
        let x = try Matrix([[0, 1], [2, 0]])
        #expect(throws: ApusError.self) { try BernoulliNB(binarize: nil).fit(x, Labels([0, 1])) }
        #expect(throws: ApusError.self) { try BernoulliNB(binarize: nil).fit(SparseMatrix(x), Labels([0, 1])) }
        #expect(throws: ApusError.self) { try BernoulliNB(binarize: -1).fit(x, Labels([0, 1])) }
    }

    @Test func priorsMustFitTheClasses() throws {
        let x = Matrix(rows: 2, columns: 1, values: [0, 1])
        let y = Labels(["no", "yes"])
        let wrong: [ClassPriors] = [
            ["no": 0.5], ["no": 0.5, "yes": 0.6], ["no": 0.5, "yes": 0.25, "maybe": 0.25], ["no": 1.5, "yes": -0.5],
        ]
        for priors in wrong {
            #expect(throws: ApusError.self) { try GaussianNB(priors: priors).fit(x, y) }
            #expect(throws: ApusError.self) { try MultinomialNB(classPrior: priors).fit(x, y) }
        }
        var text = GaussianNB()
        try GaussianNB.parameter(named: "priors").set(text: "no:0.25,yes:0.75", in: &text)
        #expect(try text.fit(x, y).classPriors == [0.25, 0.75])
    }

    @Test func unknownCategoriesAreAnErrorThatSaysWhere() throws {
        let x = try Matrix([[0, 1], [1, 0], [2, 1]])
        let model = try CategoricalNB().fit(x, Labels([0, 1, 1]))
        #expect(model.categoryCounts == [3, 2])
        let error = #expect(throws: ApusError.self) { try model.predict(Matrix([[0, 1], [0, 2]])) }
        #expect(error?.message.contains("Row 1") == true)
        #expect(throws: ApusError.self) { try CategoricalNB().fit(Matrix([[1e18], [0]]), Labels([0, 1])) }
        #expect(throws: ApusError.self) { try CategoricalNB(minCategories: .max).fit(x, Labels([0, 1, 1])) }
    }
}

import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct TrainTestSplitTests {
    private func size(_ arguments: Oracle, _ key: String) throws -> HoldoutSize? {
        guard arguments.has(key) else { return nil }
        // JSON does not tell the share 1.0 from 1 row; the fixture of what is refused means the share.
        let value = try arguments.double(key)
        if value == 1, arguments.description.contains("refused") { return .fraction(1) }
        return Int(exactly: value).map { .count($0) } ?? .fraction(value)
    }

    private func split(_ example: Oracle) throws -> Split {
        let arguments = try example.object("arguments")
        return try trainTestSplit(
            rows: example.int("count"), testSize: size(arguments, "test_size"),
            trainSize: size(arguments, "train_size"),
            shuffle: arguments.has("shuffle") ? arguments.bool("shuffle") : true,
            stratify: example.has("labels") ? example.labels("labels") : nil,
            seed: arguments.has("random_state") ? arguments.integer("random_state") : 0)
    }

    @Test(arguments: ["plain", "stratified"])
    func takesTheSameRowsInTheSameOrderAsTheReference(_ fixture: String) throws {
        for example in try Oracle("splitting/\(fixture)").array("cases") {
            let split = try split(example)
            #expect(try split.train == example.ints("train"), "\(example)")
            #expect(try split.test == example.ints("test"), "\(example)")
        }
    }

    @Test func refusesWhatTheReferenceRefuses() throws {
        for example in try Oracle("splitting/refused").array("cases") {
            #expect(throws: ApusError.self, "\(example)") { try split(example) }
        }
        for size in [HoldoutSize.fraction(.nan), .fraction(.infinity), .fraction(1), .count(.max), .count(.min)] {
            #expect(throws: ApusError.self) { try trainTestSplit(rows: 10, testSize: size) }
            #expect(throws: ApusError.self) { try trainTestSplit(rows: 10, trainSize: size) }
        }
        #expect(throws: ApusError.self) { try trainTestSplit(rows: 3, stratify: Labels([0, 1, 0, 1])) }
        #expect(throws: ApusError.self) { try trainTestSplit(rows: 0) }
    }

    @Test func errorsNameTheClassesThatAreTooSmall() throws {
        let labels = Labels(["a", "b", "b", "a", "é"])
        let error = #expect(throws: ApusError.self) { try trainTestSplit(rows: 5, stratify: labels) }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains("“é”") == true)
    }

    @Test func splitsMatricesLabelsAndTargetsAlike() throws {
        let x = Matrix(rows: 12, columns: 2, values: (0..<24).map(Double.init))
        let y = Labels((0..<12).map { $0 % 3 })
        let targets = (0..<12).map { Double($0) * 2 }
        let rows = try trainTestSplit(rows: 12, testSize: 0.25, stratify: y, seed: 5)
        let classified = try trainTestSplit(x, y, testSize: 0.25, stratify: y, seed: 5)
        let regressed = try trainTestSplit(x, targets, testSize: 0.25, stratify: y, seed: 5)
        #expect(classified.xTest == x.selecting(rows: rows.test) && classified.xTrain == x.selecting(rows: rows.train))
        #expect(classified.yTest == y.selecting(rows: rows.test) && classified.yTrain == y.selecting(rows: rows.train))
        #expect(regressed.yTest == rows.test.map { targets[$0] } && regressed.xTrain == classified.xTrain)
        #expect(throws: ApusError.self) { try trainTestSplit(x, Labels([1, 2]), testSize: 2) }
        #expect(throws: ApusError.self) { try trainTestSplit(x, [1.0], testSize: 2) }
    }

    @Test func classesThatDoNotOccurDoNotCount() throws {
        let y = try Labels(codes: [0, 2, 0, 2, 2, 0], classes: .strings(["a", "b", "c"]))
        let split = try trainTestSplit(rows: 6, testSize: 2, stratify: y, seed: 1)
        #expect(split == (try trainTestSplit(rows: 6, testSize: 2, stratify: y.compacted, seed: 1)))
        #expect(Set(y.selecting(rows: split.test).codes) == [0, 2])
    }
}

@Suite struct ShuffleSplitTests {
    @Test func everySplitIsApartitionOfItsSizes() throws {
        let y = Labels((0..<50).map { $0 % 4 })
        let plain = try ShuffleSplit(nSplits: 5, testSize: 7, trainSize: 20, seed: 3).split(rows: 50)
        let stratified = try StratifiedShuffleSplit(nSplits: 5, testSize: 7, trainSize: 20, seed: 3).split(y)
        for split in plain + stratified {
            #expect(split.train.count == 20 && split.test.count == 7)
            #expect(Set(split.train + split.test).count == 27)
        }
        #expect(Set(plain).count == 5 && Set(stratified).count == 5)
        for split in stratified {
            let counts = y.selecting(rows: split.train).counts
            #expect(counts.allSatisfy { $0 == 5 })
        }
    }

    @Test func takesTheSameRowsAsTheReference() throws {
        let oracle = try Oracle("splitting/repeated")
        let y = try oracle.labels("labels")
        let plain = try ShuffleSplit(nSplits: 3, testSize: 0.2, seed: 9).split(rows: y.count)
        let stratified = try StratifiedShuffleSplit(nSplits: 3, testSize: 0.2, seed: 9).split(y)
        for (name, splits) in [("plain", plain), ("stratified", stratified)] {
            for (split, expected) in zip(splits, try oracle.array(name)) {
                #expect(try split.train == expected.ints("train") && split.test == expected.ints("test"))
            }
        }
        #expect(try ShuffleSplit().split(rows: 25)[0].test.count == 3)
        #expect(throws: ApusError.self) { try ShuffleSplit(nSplits: 0).split(rows: 10) }
        #expect(throws: ApusError.self) { try StratifiedShuffleSplit(nSplits: -1).split(y) }
    }
}

import ApusCore
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct FrameEncoderTests {
    private func people() throws -> DataFrame {
        try DataFrame(
            csvText: """
                age,work,member,since,empty
                39,private,true,2020-01-01,
                ,state,false,2021-01-01,
                53,,,,
                28,private,true,2020-01-01,
                """)
    }

    @Test func leavesCompleteNumbersExactlyAsTheyAre() throws {
        let oracle = try Oracle("frames/encoder")
        let x = try oracle.matrix("x")
        let frame = try DataFrame(matrix: x)
        let encoder = try FrameEncoder().fit(frame)
        #expect(encoder.isIdentity)
        #expect(encoder.featureNames == ["x0", "x1", "x2"])
        expectBitwise(try encoder.encode(frame), x)
    }

    @Test func scalesAsTheReferenceDoes() throws {
        let oracle = try Oracle("frames/encoder")
        let x = try oracle.matrix("x")
        let frame = try DataFrame(matrix: x)
        expectBitwise(try FrameEncoder(scale: true).fit(frame).encode(frame), try oracle.matrix("scaled"))
        let alone = try FrameEncoder(scale: true).fit(frame, features: ["x0"])
        #expect(!alone.isIdentity)
        expectBitwise(try alone.encode(frame), try oracle.matrix("scaled_alone"))
    }

    @Test(arguments: FrameEncoder.NumericImputation.allCases.filter { $0 != .constant })
    func imputesAsTheReferenceDoes(_ imputation: FrameEncoder.NumericImputation) throws {
        let oracle = try Oracle("frames/encoder")
        let frame = try DataFrame(matrix: oracle.matrix("holes"))
        let encoder = try FrameEncoder(numericImputation: imputation).fit(frame)
        expectBitwise(try encoder.encode(frame), try oracle.matrix(imputation.rawValue))
    }

    @Test func imputesBeforeItScales() throws {
        let oracle = try Oracle("frames/encoder")
        let frame = try DataFrame(matrix: oracle.matrix("holes"))
        expectBitwise(try FrameEncoder(scale: true).fit(frame).encode(frame), try oracle.matrix("imputed_scaled"))
    }

    @Test func encodesLevelsAsTheReferenceDoes() throws {
        let oracle = try Oracle("frames/encoder")
        let texts = try oracle.strings("city").map { $0.isEmpty ? nil : $0 }
        let frame = try DataFrame(columns: [Column("city", texts)])
        let encoder = try FrameEncoder().fit(frame)
        #expect(encoder.featureNames == (try oracle.strings("names")))
        expectBitwise(try encoder.encode(frame), try oracle.matrix("one_hot"))
    }

    @Test func encodesEveryTypeByItsRule() throws {
        let frame = try people()
        let encoder = try FrameEncoder().fit(frame)
        #expect(encoder.ignoredColumns == ["empty"])
        #expect(encoder.featureNames == ["age", "work_private", "work_state", "work_nan", "member", "since"])
        let (early, late) = (1_577_836_800.0, 1_609_459_200.0)
        expectBitwise(
            try encoder.encode(frame),
            try Matrix([
                [39, 1, 0, 0, 1, early], [40, 0, 1, 0, 0, late], [53, 0, 0, 1, 1, (early + late + early) / 3],
                [28, 1, 0, 0, 1, early],
            ]))
        let frequent = try FrameEncoder(categoricalImputation: .mostFrequent).fit(frame, features: ["work"])
        #expect(try frequent.encode(frame).row(2) == [1, 0])
        #expect(frequent.inputColumns[0].replacement == .text("private"))
    }

    @Test func takesColumnsInAnyOrderAndIgnoresOthers() throws {
        let frame = try people()
        let encoder = try FrameEncoder().fit(frame, features: ["age", "work"])
        let other = try frame.selecting(columns: ["since", "work", "age"])
        expectBitwise(try encoder.encode(other), try encoder.encode(frame))
    }

    @Test func namesWhatDoesNotFitWhatWasLearned() throws {
        let frame = try people()
        let encoder = try FrameEncoder().fit(frame)
        #expect(
            message { _ = try encoder.encode(frame.dropping(columns: ["work"])) }
                == "Column “work” is missing; the model was trained with it; add it to the data.")
        var wrong = frame
        wrong["age"] = Column("age", ["1", "2", "old", "4"])
        #expect(
            message { _ = try encoder.encode(wrong) }.hasPrefix("Column “age” holds “old” in data row 3 where a whole"))
        wrong["age"] = Column("age", [1, 2, .infinity, 4])
        #expect(message { _ = try encoder.encode(wrong) }.hasPrefix("Column “age” holds inf in data row 3"))
        #expect(message { _ = try FrameEncoder().fit(wrong) }.hasPrefix("Column “age” holds inf in data row 3"))
        wrong["age"] = Column("age", [Double?.none, nil, nil, nil])
        #expect(try encoder.encode(wrong).column(0) == [40, 40, 40, 40])
        let read = message {
            _ = try DataFrame(csvText: "age,work,member,since\n1,x,true,\nold,x,true,\n", options: encoder.csvOptions())
        }
        #expect(read.hasPrefix("CSV text, line 3: column “age” holds “old”, which is not a number"))
    }

    @Test func namesEveryColumnThatVanishedArrivedOrChanged() throws {
        let frame = try people()
        let encoder = try FrameEncoder().fit(frame, features: ["age", "work", "member"])
        var other = try frame.dropping(columns: ["work", "member"])
        other["works"] = try frame["work"] as Column
        other["age"] = Column("age", ["1", "2", "old", "4"])
        #expect(
            message { _ = try encoder.encode(other) }
                == "Column “work” is missing (is “works” meant, which was not there?); column “member” is missing; column "
                + "“age” holds “old” in data row 3 where a whole number was learned; add what is missing, and correct the "
                + "values or leave them empty.")
        let strict = try FrameEncoder(unseen: .error).fit(DataFrame(columns: [Column("c", ["a", "b"])]))
        #expect(
            message { _ = try strict.encode(DataFrame(columns: [Column("c", ["a", "z", "y", "z", "b"])])) }
                == "Column “c” holds “z” in data row 2, which did not occur in training (nor did “y”, further down); use one "
                + "of a, b.")
    }

    @Test func treatsUnseenLevelsAsAsked() throws {
        let train = try DataFrame(columns: [Column("c", ["a", "b"])])
        let later = try DataFrame(columns: [Column("c", ["b", "z", nil])])
        #expect(try FrameEncoder().fit(train).encode(later).values == [0, 1, 0, 0, 0, 0])
        let strict = try FrameEncoder(unseen: .error).fit(train)
        #expect(message { _ = try strict.encode(later) }.hasPrefix("Column “c” holds “z” in data row 2, which did not"))
        #expect(message { _ = try strict.encode(rows: [[.missing]]) }.hasPrefix("Column “c” has no value in row 0"))
        let numbers = try DataFrame(columns: [Column("c", ["1", "2.5", "x"])])
        let encoder = try FrameEncoder().fit(numbers)
        let asNumbers = try DataFrame(columns: [Column("c", [1.0, 2.5])])
        #expect(try encoder.encode(asNumbers).values == [1, 0, 0, 0, 1, 0])
    }

    @Test func refusesColumnsThatNameRows() throws {
        let frame = try DataFrame(columns: [Column("id", (0..<1500).map { "id\($0)" }), Column("x", Array(0..<1500))])
        #expect(message { _ = try FrameEncoder().fit(frame) }.contains("“id” has 1500 different texts (such as “id0”)"))
        #expect(message { _ = try FrameEncoder().fit(frame) }.contains("--drop id"))
        #expect(try FrameEncoder(maxLevels: 2000).fit(frame).featureCount == 1501)
        #expect(message { _ = try FrameEncoder().fit(frame, features: []) }.contains("No column is left"))
        #expect(message { _ = try FrameEncoder().fit(frame.head(0)) }.contains("has no rows"))
        #expect(message { _ = try FrameEncoder(maxLevels: 0).fit(frame) }.contains("maxLevels is 0"))
    }

    @Test func encodesRequestsAsItEncodesFrames() throws {
        let frame = try people()
        let encoder = try FrameEncoder(scale: true).fit(frame)
        let rows: [[Cell]] = [
            [39, "private", true, "2020-01-01"], [nil, "state", false, "2021-01-01"], [53, nil, nil, nil],
            [28, "private", 1, 1_577_836_800],
        ]
        expectBitwise(try encoder.encode(rows: rows), try encoder.encode(frame))
        let cells = try encoder.cells(fromRecord: ["work": "private", "since": "2020-01-01", "age": 39, "member": true])
        #expect(cells == rows[0])
        #expect(message { _ = try encoder.cells(fromRecord: ["agee": 1]) }.hasPrefix("Field “agee” is not known"))
        #expect(message { _ = try encoder.cells(fromRecord: ["age": 1]) }.hasPrefix("Field “work” is missing"))
        #expect(message { _ = try encoder.encode(rows: [[1]]) }.hasPrefix("Row 0 has 1 values where the model needs 4"))
        #expect(
            message { _ = try encoder.encode(rows: [["old", nil, nil, nil]]) }.hasPrefix(
                "Field “age” of row 0 is the text “old”"))
        #expect(message { _ = try encoder.encode(rows: [[.number(.infinity), nil, nil, nil]]) }.contains("finite"))
    }

    @Test func survivesTheModelFile() throws {
        var frame = try people()
        try frame.assign(.sensitive, to: ["member"])
        let encoder = try FrameEncoder(scale: true, unseen: .error).fit(frame)
        var archive = ModelArchive()
        encoder.encode(into: &archive)
        let again = try FittedFrameEncoder(from: archive)
        #expect(again == encoder)
        #expect(again.inputColumns[2].schema.isSensitive)
        expectBitwise(try again.encode(frame), try encoder.encode(frame))
    }

    @Test func refusesADamagedArchive() throws {
        let encoder = try FrameEncoder().fit(try people())
        var archive = ModelArchive()
        encoder.encode(into: &archive)
        for name in archive.attributes.keys {
            for value: JSONValue in [.null, 3, "x", [], [["schema": 1]], [["levels": [1]]]] {
                var broken = archive
                broken.store(value, as: name)
                #expect(throws: ApusError.self, "\(name) = \(value)") {
                    _ = try FittedFrameEncoder(from: broken)
                    // A list of no ignored columns is as good as another.
                    if name == "ignoredColumns", value == [] { throw ApusError(.unreadableModel, "") }
                }
            }
        }
        for name in archive.tensors.keys {
            for values in [[1.0], [.nan, 1, 1, 1], [7, 7, 7, 7]] {
                var broken = archive
                broken.store(values, as: name)
                let attempt = Result { try FittedFrameEncoder(from: broken) }
                if case .success(let encoder) = attempt { _ = try encoder.encode(people()) }
                if values.count != 4 || values[0].isNaN || name == "fill" {
                    #expect(throws: ApusError.self) { _ = try attempt.get() }
                }
            }
        }
    }
}

@Suite struct LearningTests {
    @Test func suggestsTheTaskByTheTarget() throws {
        let frame = try DataFrame(columns: [
            Column("text", (0..<30).map { "t\($0)" }), Column("flag", (0..<30).map { $0 % 2 == 0 }),
            Column("few", (0..<30).map { $0 % 20 }), Column("many", (0..<30).map { $0 % 21 }),
            Column("real", (0..<30).map { Double($0 % 3) + 0.5 }), Column("whole", (0..<30).map { Double($0 % 3) }),
            Column("none", [Double](repeating: .nan, count: 30)),
        ])
        let tasks = try ["text", "flag", "few", "many", "real", "whole"].map { try frame.suggestedTask(of: $0) }
        #expect(
            tasks == [.classification, .classification, .classification, .regression, .regression, .classification])
        #expect(message { _ = try frame.suggestedTask(of: "none") }.contains("has no value in any row"))
    }

    @Test func makesLabelsOfEveryKindOfTarget() throws {
        let frame = try DataFrame(columns: [
            Column("i", [3, 1, 3]), Column("d", [2.0, -1, 2]), Column("b", [true, false, true]),
            Column("s", ["b", "a", "b"]), Column("hole", ["b", nil, "c"]), Column("real", [0.5, 1, 2]),
        ])
        #expect(try frame.labels(of: "i") == Labels([3, 1, 3]))
        #expect(try frame.labels(of: "d") == Labels([2, -1, 2]))
        #expect(try frame.labels(of: "b") == Labels([true, false, true]))
        #expect(try frame.labels(of: "s") == Labels(["b", "a", "b"]))
        #expect(
            message { _ = try frame.labels(of: "hole") }
                == "Target “hole” has no value in data row 2 (1 of 3 rows have none); drop these rows or fill the "
                + "values in.")
        #expect(try frame.droppingMissing(in: ["hole"]).labels(of: "hole") == Labels(["b", "c"]))
        #expect(message { _ = try frame.labels(of: "real") }.contains("holds 0.5 in data row 1"))
        let levels = try DataFrame(columns: [
            Column(categorical: "c", ["low", "high"], levels: ["low", "mid", "high"])
        ])
        #expect(try levels.labels(of: "c") == Labels(["low", "high"]))
        #expect(try frame.numbers(of: "b") == [1, 0, 1])
        #expect(message { _ = try frame.numbers(of: "s") }.contains("“s” holds text"))
    }
}

import ApusCore
import ApusFrame
import Foundation
import Testing

@Suite struct ARFFReaderTests {
    private func read(_ text: String) throws -> DataFrame { try DataFrame(arffBytes: Array(text.utf8)) }

    private func complaint(_ text: String) -> String { message { _ = try read(text) } }

    @Test func readsEveryKindOfAttribute() throws {
        let frame = try read(
            """
            % A comment
            @relation 'all of them'

            @attribute whole integer
            @ATTRIBUTE "a number" NUMERIC
            @Attribute real\tReal
            @attribute 'it\\'s text' string
            @attribute level {low, 'in between', "high\\"est", ?x}
            @attribute day date "yyyy-MM-dd"
            @attribute moment DATE
            @data
            % another
            1, 2, 3, 'a, b', low, 2024-02-29, 2024-02-29T12:30:05
            -7,2.5,1e3,"it's \\n \\u00e9",'in between','1969-12-31','1970-01-01T00:00:00'
            ?,?,?,?,?,?,?

              3 , .5 , -0.0 ,  plain text , ?x , ? , ?
            """)
        #expect(frame.columnNames == ["whole", "a number", "real", "it's text", "level", "day", "moment"])
        #expect(
            frame.columns.map(\.type) == [.int, .double, .double, .string, .categorical, .dateTime, .dateTime])
        #expect(try frame["whole"].values(as: Int.self) == [1, -7, nil, 3])
        #expect(try frame["a number"].values(as: Double.self) == [2, 2.5, nil, 0.5])
        #expect(try frame["it's text"].values(as: String.self) == ["a, b", "it's \n é", nil, "plain text"])
        #expect(try frame["level"].levels == ["low", "in between", "high\"est", "?x"])
        #expect(try frame["level"].values(as: String.self) == ["low", "in between", nil, "?x"])
        #expect(
            try frame["day"].values(as: DateTime.self).map { $0?.description } == [
                "2024-02-29", "1969-12-31", nil, nil,
            ])
        #expect(try frame["moment"].values(as: DateTime.self)[0]?.description == "2024-02-29T12:30:05")
    }

    @Test func readsSparseRows() throws {
        let frame = try read(
            """
            @relation s
            @attribute a numeric
            @attribute b {no,yes}
            @attribute c string
            @attribute d real
            @data
            {0 5, 3 -2.5}
            {}
            { 1 yes , 2 'x y' }
            {1 ?,3 ?}
            """)
        #expect(try frame["a"].values(as: Int.self) == [5, 0, 0, 0])
        #expect(try frame["b"].values(as: String.self) == ["no", "no", "yes", nil])
        #expect(try frame["c"].values(as: String.self) == ["", "", "x y", ""])
        #expect(try frame["d"].values(as: Double.self) == [-2.5, 0, 0, nil])
    }

    static let header = "@relation r\n@attribute n numeric\n@attribute l {a,b}\n@attribute d date 'yyyy-MM-dd'\n@data\n"

    static let bad: [(text: String, says: String)] = [
        ("", "is no ARFF file"), ("% only a comment\n", "is no ARFF file"),
        ("a,b\n1,2\n", "ARFF text, line 1: “a,b” is no part of the header"),
        ("@relation r\n@attribute n numeric\n", "there is no @data"),
        ("@relation r\n@data\n1\n", "line 2: @data stands before"),
        ("@relation r\n@attribute n\n@data\n", "line 2: attribute “n” has the type “”"),
        ("@relation r\n@attribute n complex\n@data\n", "line 2: attribute “n” has the type “complex”"),
        ("@relation r\n@attribute n {a,b\n@data\n", "line 2: the levels of attribute “n” are not closed"),
        ("@relation r\n@attribute n numeric\n@attribute n real\n", "line 3: there are two attributes “n”"),
        ("@relation r\n@attribute d date 'MMM yyyy'\n", "line 2: attribute “d” has dates of the format “MMM yyyy”"),
        (header, "holds no rows"), (header + "1,a\n", "line 6: there are 2 values where there are 3 attributes"),
        (header + "\n1,a,?,4\n", "line 7: there are more values than the 3 attributes"),
        (header + "x,a,?\n", "line 6: column “n” holds “x”, which is not a number"),
        (header + "1,c,?\n", "line 6: column “l” holds “c”, which is none of its 2 levels"),
        (header + "1,a,2024-02-30\n", "line 6: column “d” holds “2024-02-30”, which is not a date"),
        (header + "1,'a,?\n", "line 6: a quote that opens in this line is never closed"),
        (header + "{0 1, 7 2}\n", "line 6: “7” is no number of an attribute; they go from 0 to 2"),
        (header + "{1 a, 0 2}\n", "line 6: attribute 0 does not ascend"),
        (header + "{0 1\n", "line 6: the sparse row is not closed"),
        (header + "{0 1},{5}\n", "line 6: text follows the sparse row"),
        (header + "{x 1}\n", "line 6: “x” is no number of an attribute"),
        (header + "0x10,a,?\n", "which is not a number"),
        (header + "'\\u12g4',a,?\n", "line 6: “\\u12g4” is no character"),
    ]

    @Test(arguments: bad.indices) func namesLineAndColumnOfWhatIsWrong(_ index: Int) {
        let (text, says) = Self.bad[index]
        #expect(complaint(text).contains(says), "\(complaint(text))")
    }

    @Test func refusesBytesThatAreNotUTF8() {
        let head = Array("@relation r\n@attribute s string\n@data\n".utf8)
        #expect(
            message { _ = try DataFrame(arffBytes: head + [0x4A, 0xE9, 10]) }.contains("line 4: the text is not UTF-8"))
        #expect(message { _ = try DataFrame(arff: "/no/such.arff") }.contains("/no/such.arff"))
    }

    @Test func readsCompressedFiles() throws {
        let text = ARFFReaderTests.header + "1,a,2024-01-01\n2,b,?\n"
        let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).arff.gz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(DeflateKernel.gzip(Array(text.utf8))).write(to: URL(filePath: path))
        #expect(try DataFrame(arff: path) == read(text))
    }
}

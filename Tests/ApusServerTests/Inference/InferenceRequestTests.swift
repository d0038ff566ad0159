import ApusFrame
import ApusTestSupport
import Foundation
import Testing

@testable import ApusServer

@Suite struct InferenceRequestTests {
    private static let recorded = Result { try Oracle("inference/requests") }

    private func read(_ text: String, maxElements: Int = 1000) throws -> InferenceRequest {
        try InferenceRequest(Array(text.utf8), maxElements: maxElements)
    }

    private func input(_ fields: String) throws -> InferenceRequest.Input {
        try read(#"{"inputs": [{"name": "x", \#(fields)}]}"#).inputs[0]
    }

    @Test(arguments: TensorType.allCases)
    func readsWhatTheClientOfTritonSends(_ type: TensorType) throws {
        for form in ["binary", "json"] where !(type == .fp16 && form == "json") {
            let oracle = try Self.recorded.get().object("\(type.rawValue)-\(form)")
            let body = Array(try #require(Data(base64Encoded: oracle.string("body"))))
            let length = try oracle.int("headerLength")
            let request = try InferenceRequest(body, headerLength: length < 0 ? nil : length, maxElements: 3)
            let input = request.inputs[0]
            #expect(request.id == "r-\(type.rawValue)")
            #expect(request.wantsBinary)
            #expect(input.name == "x" && input.type == type && input.shape == [3])
            let expected: [Cell]
            switch type {
            case .bytes: expected = try oracle.strings("values").map { .text($0) }
            case .bool: expected = try oracle.doubles("values").map { .flag($0 == 1) }
            default: expected = try oracle.doubles("values").map { .number($0) }
            }
            #expect(input.cells == expected)
        }
    }

    @Test func takesNestedAndFlatData() throws {
        let flat = try input(#""shape": [2, 3], "datatype": "INT32", "data": [1, 2, 3, 4, 5, 6]"#)
        let nested = try input(#""data": [[1, 2, 3], [4, 5, 6]], "datatype": "INT32", "shape": [2, 3]"#)
        #expect(flat.cells == nested.cells && flat.cells.count == 6)
        let deep = try input(#""shape": [1, 1, 2], "datatype": "FP64", "data": [[[0.5, null]]]"#)
        #expect(deep.cells == [0.5, .missing])
        #expect(try input(#""shape": [0], "datatype": "FP64", "data": []"#).cells.isEmpty)
        #expect(try input(#""shape": [0, 2], "datatype": "FP64", "data": []"#).cells.isEmpty)
    }

    @Test(arguments: [
        (#""shape": [2], "datatype": "FP64", "data": [1]"#, "wrongShape"),
        (#""shape": [2, 2], "datatype": "FP64", "data": [[1, 2, 3, 4]]"#, "wrongShape"),
        (#""shape": [2, 2], "datatype": "FP64", "data": [[1, 2], [3]]"#, "invalidRequest"),
        (#""shape": [2, 2], "datatype": "FP64", "data": [[1, 2], 3]"#, "invalidRequest"),
        (#""shape": [2], "datatype": "FP64", "data": [1, [2]]"#, "invalidRequest"),
        (#""shape": [1], "datatype": "FP128", "data": [1]"#, "invalidRequest"),
        (#""shape": [1], "datatype": 64, "data": [1]"#, "invalidRequest"),
        (#""shape": [], "datatype": "FP64", "data": [1]"#, "invalidRequest"),
        (#""shape": [-1], "datatype": "FP64", "data": [1]"#, "invalidRequest"),
        (#""shape": [1.5], "datatype": "FP64", "data": [1]"#, "invalidRequest"),
        (#""shape": [1, 1, 1, 1, 1, 1, 1, 1, 1], "datatype": "FP64", "data": [1]"#, "invalidRequest"),
        (#""shape": [9007199254740991, 9007199254740991], "datatype": "FP64", "data": [1]"#, "tooManyRows"),
        (#""shape": [2000], "datatype": "FP64", "data": [1]"#, "tooManyRows"),
        (#""shape": [1], "datatype": "FP64""#, "missingField"),
        (#""shape": [1], "data": [1]"#, "missingField"), (#""datatype": "FP64", "data": [1]"#, "missingField"),
        (#""shape": [1], "datatype": "FP64", "data": [1], "data": [2]"#, "duplicateField"),
        (#""shape": [1], "datatype": "FP64", "data": [1], "colour": 1"#, "unknownField"),
        (#""shape": [1], "datatype": "UINT8", "data": [256]"#, "wrongType"),
        (#""shape": [1], "datatype": "UINT8", "data": [-1]"#, "wrongType"),
        (#""shape": [1], "datatype": "INT8", "data": [128]"#, "wrongType"),
        (#""shape": [1], "datatype": "INT64", "data": [0.5]"#, "wrongType"),
        (#""shape": [1], "datatype": "INT64", "data": [1e300]"#, "wrongType"),
        (#""shape": [1], "datatype": "BOOL", "data": [1]"#, "wrongType"),
        (#""shape": [1], "datatype": "BYTES", "data": [1]"#, "wrongType"),
        (#""shape": [1], "datatype": "FP32", "data": ["1"]"#, "wrongType"),
        (#""shape": [1], "datatype": "FP32", "data": [NaN]"#, "invalidJSON"),
        (#""shape": [1], "datatype": "FP32", "data": {"a": 1}"#, "invalidRequest"),
        (#""shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 4}"#, "wrongByteCount"),
        (#""shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": -4}"#, "invalidRequest"),
        (#""shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 0}, "data": [1]"#, "duplicateField"),
        (#""shape": [1], "datatype": "FP32", "parameters": {"a": [1]}, "data": [1]"#, "invalidRequest"),
    ])
    func refusesTensorsThatDoNotFit(_ fields: String, _ code: String) throws {
        let failure = try #require(throws: RequestFailure.self) { try input(fields) }
        #expect(failure.code == code, "\(failure.message)")
        #expect((400..<500).contains(failure.status))
    }

    @Test(arguments: [
        "", "[]", "1", "{}", #"{"inputs": []}"#, #"{"inputs": {}}"#, #"{"inputs": [1]}"#, #"{"inputs": [], "x": 1}"#,
        #"{"inputs": [{"name": "x"}"#, #"{"id": 5, "inputs": []}"#, #"{"outputs": 1}"#, "{\"inputs\": [\u{0}]}",
    ])
    func refusesWhatIsNoRequest(_ text: String) throws {
        #expect(throws: RequestFailure.self) { try read(text) }
    }

    @Test func staysUnmovedByDeepNesting() throws {
        for open in ["[", #"{"a":"#, #"{"inputs":["#] {
            let failure = try #require(throws: RequestFailure.self) {
                try read(String(repeating: open, count: 200_000))
            }
            #expect(failure.status == 400)
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: RequestFailure.self) { try input(#""shape": [1], "datatype": "FP64", "data": \#(deep)"#) }
    }

    @Test func refusesBytesThatDoNotAddUp() throws {
        let head = #"{"inputs":[{"name":"x","shape":[1],"datatype":"FP64","parameters":{"binary_data_size":8}}]}"#
        let body = Array(head.utf8) + [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]
        let request = try InferenceRequest(body, headerLength: head.utf8.count, maxElements: 1)
        #expect(request.inputs[0].cells == [.missing])
        for length in [-1, head.utf8.count - 1, head.utf8.count + 1, body.count + 1, Int.max] {
            #expect(throws: RequestFailure.self) {
                try InferenceRequest(body, headerLength: length, maxElements: 1)
            }
        }
        #expect(throws: RequestFailure.self) {
            try InferenceRequest(body + [0], headerLength: head.utf8.count, maxElements: 1)
        }
    }

    @Test func refusesTextsThatAreCutOrNotUTF8() throws {
        let bad: [[UInt8]] = [
            [], [1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0, 0xFF], [255, 255, 255, 255, 0x61], [0, 0, 0, 0, 1],
        ]
        for bytes in bad {
            #expect(throws: RequestFailure.self) { try TensorBytes.cells(bytes[...], .bytes, count: 1, field: "data") }
        }
        #expect(try TensorBytes.cells([2, 0, 0, 0, 0xC3, 0xB6], .bytes, count: 1, field: "data") == ["ö"])
    }
}

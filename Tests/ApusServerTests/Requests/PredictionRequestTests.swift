import Apus
import ApusCore
import ApusFrame
import Foundation
import Testing

@testable import ApusServer

@Suite struct PredictionRequestTests {
    @Test func answersOneRowAndManyAlike() throws {
        let iris = try SampleModels.iris.get()
        #expect(try iris.answer(#"{"data": [5.1, 3.5, 1.4, 0.2]}"#) == #"{"prediction":["setosa"]}"#)
        #expect(
            try iris.answer(#"{"data":[[5.1,3.5,1.4,0.2],[6.7,3,5.2,2.3]]}"#)
                == #"{"prediction":["setosa","virginica"]}"#)
        #expect(
            try iris.answer("\u{FEFF} {\n\t\"data\" : [ 6.7 , 3e0 , 5.2 , 2.3 ]\r\n} ")
                == #"{"prediction":["virginica"]}"#)
    }

    @Test func answersRecordsWhateverTheOrderOfTheirFields() throws {
        let loans = try SampleModels.loans.get()
        let one = #"{"member": true, "age": 39, "joined": "1970-01-20", "work": "Private"}"#
        let other = #"{"work": null, "joined": null, "member": false, "age": null, "nothing": 3}"#
        #expect(
            try loans.answer(#"{"data": [39, "Private", true, "1970-01-20"]}"#) == loans.answer(#"{"data":\#(one)}"#))
        let both = try loans.answer(#"{"data": [\#(one), \#(other)]}"#)
        let rows: [[Cell]] = [[39, "Private", true, "1970-01-20"], [nil, nil, false, nil]]
        let expected = try #require(loans.model.predict(rows: rows).labels?.booleans)
        #expect(both == #"{"prediction":[\#(expected[0]),\#(expected[1])]}"#)
    }

    @Test func answersInTheTypeOfTheTarget() throws {
        #expect(
            try SampleModels.digits.get().answer(#"{"data": [[1], [4], [6]]}"#) == #"{"prediction":[-7,0,12]}"#)
        let line = try SampleModels.line.get()
        let rows: [[Cell]] = [[0.1, 0.7], [1e10, -3]]
        guard case .numbers(let expected) = try line.model.predict(rows: rows).values else { return }
        #expect(
            try line.answer(#"{"data": [[0.1, 0.7], [1e10, -3]]}"#)
                == #"{"prediction":[\#(expected[0]),\#(expected[1])]}"#)
    }

    @Test func givesProbabilitiesToTheBit() throws {
        let iris = try SampleModels.iris.get()
        let text = try iris.answer(#"{"probabilities": true, "data": [[5.1, 3.5, 1.4, 0.2], [6, 3, 4.9, 1.7]]}"#)
        let answer = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        let expected = try #require(
            iris.model.predict(rows: [[5.1, 3.5, 1.4, 0.2], [6, 3, 4.9, 1.7]], probabilities: true).probabilities)
        let found = try #require(answer["probabilities"]?.arrayValue)
        #expect(found.flatMap { $0.arrayValue?.compactMap(\.doubleValue) ?? [] } == expected.values)
        #expect(answer["classes"] == ["setosa", "versicolor", "virginica"])
        #expect(answer["prediction"] == ["setosa", "virginica"] || answer["prediction"] == ["setosa", "versicolor"])
    }

    @Test func refusesProbabilitiesOfANumber() throws {
        let failure = try SampleModels.line.get().failure(#"{"data": [1, 2], "probabilities": true}"#)
        #expect(failure.status == 422 && failure.field == "probabilities")
    }

    static let malformed: [(body: String, code: String)] = [
        ("", "invalidJSON"), ("   ", "invalidJSON"), ("data", "invalidJSON"), ("{", "invalidJSON"),
        (#"{"data": [1, 2"#, "invalidJSON"), (#"{"data": [1, 2,]}"#, "invalidJSON"),
        (#"{"data": [1 2]}"#, "invalidJSON"), (#"{"data": [1, 2]"#, "invalidJSON"),
        (#"{"data": [1, 2]},"#, "invalidJSON"), (#"{"data": [1, 2]} {"data": [1, 2]}"#, "invalidJSON"),
        (#"{"data": [1, NaN]}"#, "invalidJSON"), (#"{"data": [1, Infinity]}"#, "invalidJSON"),
        (#"{"data": [1, -Infinity]}"#, "invalidJSON"), (#"{data: [1, 2]}"#, "invalidJSON"),
        (#"{'data': [1, 2]}"#, "invalidJSON"), (#"{"data": [1, 2],}"#, "invalidJSON"),
        (#"{"data" [1, 2]}"#, "invalidJSON"), (#"{"data": }"#, "invalidJSON"),
        (#"{"data": [01, 2]}"#, "invalidJSON"), ("data=1&x=2", "invalidJSON"),
        ("[1, 2]", "invalidRequest"), ("1", "invalidRequest"), ("null", "invalidRequest"),
        (#""data""#, "invalidRequest"),
        ("[[[[[[", "invalidRequest"), ("{}", "missingField"), (#"{"probabilities": true}"#, "missingField"),
        (#"{"data": [1, 2], "data": [3, 4]}"#, "duplicateField"),
        (#"{"data": [1, 2], "probabilites": true}"#, "unknownField"),
        (#"{"data": [1, 2], "probabilities": "yes"}"#, "invalidRequest"),
        (#"{"data": [1, 2], "probabilities": 1}"#, "invalidRequest"),
        (#"{"data": {"a": 1, "a": 2, "b": 3}}"#, "duplicateField"),
    ]

    @Test(arguments: malformed)
    func refusesWhatIsNoRequest(_ body: String, _ code: String) throws {
        let failure = try SampleModels.line.get().failure(body)
        #expect(failure.status == 400)
        #expect(failure.code == code)
        #expect(failure.message.hasSuffix("."))
    }

    static let unusable: [(body: String, code: String, field: String)] = [
        (#"{"data": []}"#, "emptyData", "data"), (#"{"data": null}"#, "wrongType", "data"),
        (#"{"data": 5}"#, "wrongType", "data"), (#"{"data": "x"}"#, "wrongType", "data"),
        (#"{"data": [[]]}"#, "wrongColumnCount", "data[0]"), (#"{"data": [1]}"#, "wrongColumnCount", "data"),
        (#"{"data": [1, 2, 3, 4, 5]}"#, "wrongColumnCount", "data"),
        (#"{"data": [[39, "Private", true, null], [1, 2]]}"#, "wrongColumnCount", "data[1]"),
        (#"{"data": [[39, "Private", true, null], 5]}"#, "wrongType", "data[1]"),
        (#"{"data": [[39, "Private", true, null], {"age": 3}]}"#, "wrongType", "data[1]"),
        (#"{"data": [["39", "Private", true, null]]}"#, "wrongType", "data[0][0]"),
        (#"{"data": [true, "Private", true, null]}"#, "wrongType", "data[0]"),
        (#"{"data": [39, "Private", "yes", null]}"#, "wrongType", "data[2]"),
        (#"{"data": [39, "Private", 0.5, null]}"#, "wrongType", "data[2]"),
        (#"{"data": [39, "Private", true, "tomorrow"]}"#, "wrongType", "data[3]"),
        (#"{"data": [39, "Private", true, false]}"#, "wrongType", "data[3]"),
        (#"{"data": [1e999, "Private", true, null]}"#, "notFinite", "data[0]"),
        (#"{"data": [39, -1e999, true, null]}"#, "notFinite", "data[1]"),
        (#"{"data": [39, ["Private"], true, null]}"#, "wrongType", "data[1]"),
        (#"{"data": [[39, {"a": 1}, true, null]]}"#, "wrongType", "data[0][1]"),
        (#"{"data": {"age": 39, "work": "Private", "member": true}}"#, "missingField", "data.joined"),
        (#"{"data": [{}]}"#, "missingField", "data[0].age"),
        (#"{"data": {"agee": 39}}"#, "unknownField", "data.agee"),
        (#"{"data": [{"paid": true}]}"#, "unknownField", "data[0].paid"),
        (#"{"data": [{"age": "x"}]}"#, "wrongType", "data[0].age"),
        (#"{"data": [{"age": {}}]}"#, "wrongType", "data[0].age"),
    ]

    @Test(arguments: unusable)
    func namesTheFieldThatCannotBeUsed(_ body: String, _ code: String, _ field: String) throws {
        let failure = try SampleModels.loans.get().failure(body)
        #expect(failure.status == 422)
        #expect(failure.code == code)
        #expect(failure.field == field)
        #expect(failure.message.contains(". ") || failure.message.hasSuffix("."))
    }

    @Test func suggestsTheFieldThatWasMeant() throws {
        #expect(try SampleModels.loans.get().failure(#"{"data": {"agee": 39}}"#).message.contains("did you mean age?"))
    }

    @Test func explainsHowToSendSeveralRows() throws {
        let failure = try SampleModels.line.get().failure(#"{"data": [1, 2, 3, 4]}"#)
        #expect(failure.message.contains("4 values where the model needs 2: a, b"))
        #expect(failure.message.contains("list of lists"))
    }

    @Test func refusesMoreRowsThanAllowed() throws {
        let line = try SampleModels.line.get()
        #expect(try line.answer(#"{"data": [[1, 2], [3, 4]]}"#, maxRows: 2).hasPrefix(#"{"prediction""#))
        let failure = try line.failure(#"{"data": [[1, 2], [3, 4], [5, 6]]}"#, maxRows: 2)
        #expect(failure.status == 413 && failure.code == "tooManyRows")
    }

    @Test func refusesNumbersBeyondAllMeasure() throws {
        let failure = try SampleModels.line.get().failure(#"{"data": [[1, 2], [1.7e308, -1.7e308]]}"#)
        #expect(failure.status == 400 || failure.status == 422)
        #expect(failure.message.contains("“a”") && failure.message.contains("1e+100"))
    }

    @Test func staysUnharmedByDepthAndLength() throws {
        let line = try SampleModels.line.get()
        let million = 1_000_000
        #expect(try line.failure(String(repeating: "[", count: million)).status == 400)
        #expect(try line.failure(#"{"data":"# + String(repeating: "[", count: million)).status == 422)
        #expect(try line.failure(String(repeating: #"{"data":"#, count: 100_000)).status == 422)
        #expect(try line.failure(#"{"data": {""# + String(repeating: "x", count: million) + #"": 1}}"#).status == 422)
        #expect(try line.failure(#"{""# + String(repeating: "x", count: million) + #"": 1}"#).status == 400)
        let long = "0." + String(repeating: "1", count: million)
        #expect(try line.answer(#"{"data": [\#(long), 2]}"#) == line.answer(#"{"data": [0.1111111111111111111, 2]}"#))
    }

    @Test func survivesEveryPrefixAndEveryChangedByte() throws {
        let loans = try SampleModels.loans.get()
        let body = Array(
            #"{"probabilities": true, "data": [{"age": -3.9e1, "work": "Gr\u00f6\u00dfe \"7\"", "member": false, "joined": null}]}"#
                .utf8)
        _ = try loans.answer(body, maxRows: 10)
        for length in body.indices {
            #expect(throws: RequestFailure.self) { try loans.answer(Array(body[..<length]), maxRows: 10) }
        }
        for place in body.indices {
            for byte in 0...UInt8.max {
                var changed = body
                changed[place] = byte
                do {
                    _ = try loans.answer(changed, maxRows: 10)
                } catch is RequestFailure {
                    continue
                }
            }
        }
    }
}

extension Prediction {
    var labels: Labels? { if case .labels(let labels) = values { labels } else { nil } }
}

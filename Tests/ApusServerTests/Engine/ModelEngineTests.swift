#if Server
import Apus
import ApusCore
import ApusFrame
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import ApusServer

@Suite struct ModelEngineTests {
    /// A model that predicts one number wherever the tests ask it.
    private static func constant(_ value: Double, version: String = "1") throws -> ServedModel {
        let frame = try DataFrame(columns: [
            Column("x", [1.0, 2, 3, 4, 1000]), Column("y", [Double](repeating: value, count: 4) + [-1]),
        ])
        var plan = TrainingPlan(target: "y")
        plan.model = "decision-tree"
        plan.task = .regression
        plan.testSize = nil
        return ServedModel(name: "constant", version: version, model: try plan.run(on: frame).model)
    }

    private static let body = #"{"data": [2]}"#

    private func value(_ answer: Asker.Answer) -> Double? {
        answer.json["prediction"]?.arrayValue?.first?.doubleValue
    }

    @Test func answersWithTheNewestVersionAndAnyByItsName() async throws {
        let asker = try Asker([Self.constant(9, version: "9"), Self.constant(10, version: "10")])
        #expect(value(try await asker.ask("/predict", .post, Self.body)) == 10)
        let old = try await asker.ask(
            "/v2/models/constant/versions/9/infer", .post,
            #"{"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [2]}]}"#)
        #expect(old.json["outputs"]?.arrayValue?[0]["data"] == [9])
        #expect(old.json["model_version"] == "9")
        #expect(asker.engine.models.map(\.isDefault) == [false, true])
    }

    @Test func sharesRequestsByPercentagesAndTheSameRequestAlike() async throws {
        var configuration = ServerConfiguration()
        configuration.policies["constant"] = VersionPolicy(shares: ["1": 80, "2": 20])
        let asker = try Asker(
            [Self.constant(1, version: "1"), Self.constant(2, version: "2"), Self.constant(3, version: "3")],
            configuration: configuration)
        var second = 0
        for request in 0..<2000 {
            let first = value(try await asker.ask("/predict", .post, Self.body, headers: [.requestID: "r\(request)"]))
            let again = value(try await asker.ask("/predict", .post, Self.body, headers: [.requestID: "r\(request)"]))
            #expect(first == again && (first == 1 || first == 2))
            if first == 2 { second += 1 }
        }
        // Five standard deviations around 20 %.
        #expect(abs(second - 400) < 90)
    }

    @Test func letsShadowsPredictUnseen() async throws {
        var configuration = ServerConfiguration()
        configuration.policies["constant"] = VersionPolicy(shadows: ["2"])
        let observer = Recorder()
        let asker = try Asker(
            [Self.constant(1, version: "1"), Self.constant(2, version: "2")], configuration: configuration,
            observers: [observer])
        #expect(value(try await asker.ask("/predict", .post, Self.body, headers: [.requestID: "abc"])) == 1)
        for _ in 0..<500 where observer.events.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        let events = observer.events.sorted { $0.version < $1.version }
        #expect(events.map(\.version) == ["1", "2"] && events.map(\.isShadow) == [false, true])
        #expect(events.map(\.requestID) == ["abc", "abc"])
        #expect(events.map(\.rows) == [[[2.0]], [[2.0]]])
        #expect(events[1].prediction.values == .numbers([2]))
        #expect(asker.engine.statistics.models.map(\.shadowRequests) == [0, 1])
    }

    @Test func replacesAModelWithoutAFailedRequest() async throws {
        let asker = try Asker([Self.constant(1)])
        let models = try (1...5).map { try Self.constant(Double($0)) }
        let done = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var asked = 0
                    while !done.isUp.load(ordering: .relaxed) || asked < 50 {
                        let answer = try await asker.ask("/predict", .post, Self.body)
                        #expect(answer.status == 200)
                        let value = answer.json["prediction"]?.arrayValue?.first?.doubleValue ?? 0
                        #expect((1...5).contains(value))
                        asked += 1
                        // An answer may come without waiting; the task that swaps models needs its turn too.
                        await Task.yield()
                    }
                    return asked
                }
            }
            for round in 0..<200 {
                asker.engine.load(models[round % 5])
                await Task.yield()
            }
            done.isUp.store(true, ordering: .relaxed)
            for try await asked in group { #expect(asked >= 50) }
        }
        #expect(asker.engine.models.count == 1)
    }

    @Test func tellsObserversOfAnswersAndRefusals() async throws {
        let observer = Recorder()
        let asker = try Asker([SampleModels.iris.get()], observers: [observer])
        _ = try await asker.ask("/predict", .post, #"{"data": [5.1, 3.5, 1.4, 0.2]}"#)
        _ = try await asker.ask("/predict", .post, "{}", headers: [.requestID: "wrong"])
        #expect(observer.loadedNames == ["iris"])
        #expect(observer.events.count == 1 && observer.events[0].prediction.probabilities != nil)
        #expect(observer.events[0].requestID.count == 15)
        #expect(observer.refusals.map(\.code) == ["missingField"] && observer.refusals[0].requestID == "wrong")
        let statistics = asker.engine.statistics
        #expect(statistics.answers == [200: 1, 400: 1] && statistics.refusals == ["missingField": 1])
        #expect(statistics.models[0].requests == 1 && statistics.models[0].latency.count == 1)
    }

    @Test func servesThePathsOfOthers() async throws {
        struct Extra: RouteContributor {
            func addRoutes(to router: inout RouteTable) {
                router.on("GET", "/extra/:name", access: .open, help: "more") { request in
                    RouteAnswer(json: [
                        "name": .string(request.parameters["name"] ?? ""), "q": .string(request.query["q"] ?? ""),
                    ])
                }
                router.on("POST", "/extra/:name") { request in
                    throw RouteFailure(418, "teapot", "\(request.body.count) bytes of tea.")
                }
            }
        }
        var configuration = ServerConfiguration()
        configuration.tokens = ["a-long-token"]
        let asker = try Asker([SampleModels.iris.get()], configuration: configuration, contributors: [Extra()])
        let answer = try await asker.ask("/extra/a%20b?q=c%2Bd+e")
        #expect(answer.json == ["name": "a b", "q": "c+d e"])
        #expect(try await asker.ask("/extra/x", .head).status == 200)
        #expect(try await asker.ask("/extra/x", .delete).status == 401)
        let token: HTTPFields = [.authorization: "Bearer a-long-token"]
        #expect(try await asker.ask("/extra/x", .delete, headers: token).status == 405)
        let tea = try await asker.ask("/extra/x", .post, "abc", headers: token)
        #expect(tea.status == 418 && tea.code == "teapot")
    }
}

/// A signal between tasks.
private final class Flag: Sendable {
    let isUp = Atomic(false)
}

/// Keeps what an engine tells.
final class Recorder: ServerObserver {
    private let state = Mutex((events: [PredictionEvent](), refusals: [RefusalEvent](), loaded: [String]()))

    var needsProbabilities: Bool { true }
    var events: [PredictionEvent] { state.withLock { $0.events } }
    var refusals: [RefusalEvent] { state.withLock { $0.refusals } }
    var loadedNames: [String] { state.withLock { $0.loaded } }

    func loaded(model: TrainedModel, name: String, version: String) { state.withLock { $0.loaded.append(name) } }
    func answered(_ event: PredictionEvent) { state.withLock { $0.events.append(event) } }
    func refused(_ event: RefusalEvent) { state.withLock { $0.refusals.append(event) } }
}
#endif

#if Server
import Apus
import ApusCore
import ApusDatasets
import ApusPlots
import ApusServer
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Section 13: a model behind HTTP, started, asked, timed and stopped.
struct Deployment: Section {
    let number = 13
    let title = "Deployment"

    /// What came back.
    private struct Answer: Sendable {
        let status: Int
        let text: String
    }

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A model earns nothing in a notebook. Deployed, it is a file and a process: the file holds what was \
            learned, with the preparation of the data; the process answers requests. Three promises make it a service: \
            the same row gets the same answer as in training, bad input gets a clear refusal, and the slow answers \
            are fast enough, not only the typical ones.
            """)
        let model = try train(into: &chapter)
        try await serve(model, into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: The file

    private func train(into chapter: inout Chapter) throws -> TrainedModel {
        chapter.heading("From training to a file")
        chapter.code(Snippets.modelFile)
        // snippet: modelFile
        var plan = TrainingPlan(target: "species")
        plan.model = "logistic-regression"
        plan.scale = true
        plan.seed = 42
        let trained = try plan.run(on: Datasets.load("iris"))

        // What `write(to: "iris.apus")` writes, and a server reads again.
        let file = try trained.model.encoded()
        let model = try TrainedModel(file)
        // end
        let accuracy = trained.judgement.scores.first { $0.name == "accuracy" }?.value ?? nil
        if let accuracy { chapter.record("accuracy on the rows held out", accuracy) }
        chapter.table(
            header: ["fact", "value"],
            rows: [
                ["accuracy on the fifth held out", TextTable.percent(accuracy)],
                ["bytes of the model file", TextTable.grouped(file.count)],
            ])
        chapter.paragraph(
            """
            The file is safetensors: arrays and a description, with a checksum. It holds the columns, their types and \
            how gaps are filled, because a model without its preparation is half a model. And it is data, never code: \
            reading it cannot run anything, which you cannot say of a pickle. Where Apus itself cannot go - a browser, \
            a phone, a service in C# - goes the same model as an ONNX file, preparation included: \
            `apus export iris.apus --onnx iris.onnx`.
            """)
        return model
    }

    // MARK: The server

    private func serve(_ model: TrainedModel, into chapter: inout Chapter) async throws {
        chapter.heading("The server, started for real")
        chapter.code(Snippets.asking)
        chapter.code(Snippets.serving)
        // snippet: asking
        @Sendable func ask(_ port: Int, _ body: String) async throws -> Answer {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/predict")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: body))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return Answer(status: Int(response.status.code), text: String(buffer: bytes))
        }
        // end
        // snippet: serving
        let requests = [
            #"{"data": [5.1, 3.5, 1.4, 0.2]}"#,
            #"{"data": [[6.0, 2.2, 4.0, 1.0]], "probabilities": true}"#,
            #"{"data": {"sepal length (cm)": "long"}}"#,
        ]
        // Port 0 asks the system for a free one.
        let server = try ModelServer(
            models: [ServedModel(name: "iris", model: model)],
            configuration: ServerConfiguration(port: 0))
        let (answers, seconds) = try await server.withRunning { port in
            var answers: [Answer] = []
            for request in requests {
                answers.append(try await ask(port, request))
            }
            var seconds: [Double] = []
            for _ in 0..<300 {
                let start = ContinuousClock.now
                _ = try await ask(port, requests[0])
                seconds.append((ContinuousClock.now - start) / .seconds(1))
            }
            return (answers, seconds)
        }
        // Here it has stopped, after its last answer.
        // end
        chapter.heading("What it answered")
        for (request, answer) in zip(requests, answers) {
            chapter.output("→ \(request)\n← \(answer.status)  \(Self.shortened(answer.text))")
        }
        chapter.paragraph(
            """
            One row, one with probabilities, and a mistake. The refusal names the field and says what was \
            expected. The same with the command: `apus serve iris.apus`, then \
            `curl localhost:8080/predict -d '{"data": [5.1, 3.5, 1.4, 0.2]}'`.
            """)
        try record(answers.map(\.text), into: &chapter)
        time(seconds, into: &chapter)
    }

    /// An answer with at most four decimals in its numbers: what a reader needs of it.
    private static func shortened(_ text: String) -> String {
        text.replacing(#/(\d\.\d{4})\d+/#) { $0.output.1 }.replacing(",", with: ", ").replacing(",  ", with: ", ")
            .replacing(":", with: ": ").replacing(":  ", with: ": ")
    }

    private func record(_ answers: [String], into chapter: inout Chapter) throws {
        let decoded = try answers.prefix(2).map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
        chapter.record("prediction", decoded[0]["prediction"] ?? .null)
        chapter.record("second prediction", decoded[1]["prediction"] ?? .null)
        let probabilities = (decoded[1]["probabilities"]?.arrayValue ?? []).flatMap { $0.arrayValue ?? [] }
        chapter.record("probabilities", .array(probabilities))
    }

    private func time(_ seconds: [Double], into chapter: inout Chapter) {
        chapter.heading("How long it took")
        let sorted = seconds.sorted().map { $0 * 1000 }
        let median = sorted[sorted.count / 2]
        let p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        chapter.record("median latency in ms", .double(median), isReproducible: false)
        chapter.record("p99 latency in ms", .double(p99), isReproducible: false)
        chapter.table(
            header: ["of 300 calls, one after the other", "ms"],
            rows: [
                ["median", TextTable.significant(median, 3)], ["99th percentile (p99)", TextTable.significant(p99, 3)],
                ["slowest", TextTable.significant(sorted[sorted.count - 1], 3)],
            ])
        chapter.picture(
            Picture(
                [
                    HistogramChart(
                        sorted.filter { $0 <= p99 }, label: "Milliseconds", title: "Time of a call, up to p99")
                ],
                caption:
                    "The client's side is in it: connection, JSON and scheduling. These are this machine's times, now.",
                width: 760, height: 320, rows: 10))
        chapter.paragraph(
            """
            Speak of the median and of p99, not of the mean. A page that asks the service twenty times meets the p99 \
            in about one of five visits (1 − 0.99²⁰ = 18 %): the tail is what users feel.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "Batch or online: how do you decide?",
            "Batch, if the rows are known beforehand and an answer may be hours old (nightly scores): simple and cheap. "
                + "Online, if the row is made by the request itself (a payment, a search). Often both: precompute what "
                + "you can, compute the rest on request."),
        Question(
            "What is training-serving skew?",
            "The same column computed in two ways: another default for gaps, another time zone, a feature from the "
                + "future. Cure: ship the preparation with the model, log what was served, and compare its distribution "
                + "with that of training."),
        Question(
            "What do you monitor?",
            "The service: rate, errors, latency. The input: missing values, unseen categories, drift of each feature. The "
                + "output: the shares of answers. And, when labels arrive, the quality itself, by group. Alarms need an "
                + "owner and a threshold."),
        Question(
            "How do you bring out a new version?",
            "Shadow it first (it answers, nobody listens), then a canary with a few percent of the traffic, then an A/B "
                + "test on the business figure. Keep the old version ready, and roll back by a switch, not by a build."
        ),
        Question(
            "Data drift and concept drift?",
            "Data drift: p(x) changes, as with new customers. Concept drift: p(y|x) changes, as when fraudsters adapt. You "
                + "see the first without labels; for the second you need them, or a good proxy."),
        Question(
            "Why not load a pickle from the internet?",
            "Unpickling runs code of the author's choice. Use a format that is data (safetensors, ONNX), check the "
                + "checksum and where it comes from."),
        .trap(
            "The new model's AUC is two points better offline. Do we switch everybody over today?",
            "Not yet. Offline data were collected under the old model's decisions, and may hold a leak. The threshold and "
                + "the calibration have moved too. Check groups and latency, shadow it, then let an experiment decide."
        ),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Send a thousand rows in one request instead of a thousand requests.",
                expect:
                    "a total time many times smaller. Most of a call is transport, not the model: batch where you can."),
            Attempt(
                "Leave out a column, or send `null` for one.",
                expect: "a refusal that names the missing field; for `null` an answer, with the value that was learned "
                    + "for gaps in training."),
        ])
    }
}
#endif

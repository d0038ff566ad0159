#if ONNX
import Apus
import ApusCore
import ApusFrame
import ApusLearn
import Foundation
import SwiftProtobuf
import Testing

@testable import ApusONNX

@Suite struct ONNXModelTests {
    private func proto(_ trained: TrainedModel) throws -> Onnx_ModelProto {
        try Onnx_ModelProto(serializedBytes: ONNXModel(trained).encoded())
    }

    private func type(_ value: Onnx_ValueInfoProto) -> String {
        let sizes = value.type.tensorType.shape.dim.map { $0.dimParam.isEmpty ? "\($0.dimValue)" : $0.dimParam }
        let name = Onnx_TensorProto.DataType(rawValue: Int(value.type.tensorType.elemType)).map { "\($0)" } ?? "?"
        return "\(value.name) \(name) \(sizes.joined(separator: "×"))"
    }

    // MARK: Inputs and outputs

    @Test func columnsAreInputsByTheirNamesAndTypes() throws {
        let read = try proto(Fields.model("grade", "logistic-regression"))
        #expect(
            read.graph.input.map(type) == ["size double N×1", "plots double N×1", "crop string N×1", "wet bool N×1"])
    }

    @Test(arguments: [
        ("grade", "logistic-regression", ["label string N", "probabilities double N×3"]),
        ("good", "random-forest", ["label bool N", "probabilities double N×2"]),
        ("stars", "ridge", ["label int64 N", "scores double N×3"]),
        ("good", "linear-svc", ["label bool N", "scores double N×1"]),
        ("yield", "hist-gradient-boosting", ["variable double N×1"]),
    ])
    func outputsFollowWhatIsPredicted(_ target: String, _ name: String, _ outputs: [String]) throws {
        let trained = try Fields.model(target, name) { if target == "stars" { $0.task = .classification } }
        #expect(try proto(trained).graph.output.map(type) == outputs)
        let model = try ONNXModel(trained)
        #expect(model.outputs.map(\.name) == outputs.map { $0.split(separator: " ").first.map(String.init) })
        #expect(model.inputs.map(\.shape) == ["[N, 1]", "[N, 1]", "[N, 1]", "[N, 1]"])
    }

    @Test func theFileSaysWhatItIs() throws {
        let read = try proto(Fields.model("grade", "gaussian-nb"))
        #expect(read.irVersion == 8 && read.producerName == "apus")
        #expect(read.producerVersion == TrainedModel.libraryVersion)
        #expect(read.opsetImport.map { "\($0.domain) \($0.version)" } == [" 18", "ai.onnx.ml 3"])
        #expect(
            read.metadataProps.map { "\($0.key)=\($0.value)" } == [
                "model=gaussian-nb", "task=classification", "target=grade", #"classes=["high","low","middle"]"#,
            ])
    }

    @Test func anOutputMakesWayForAColumnOfItsName() throws {
        let frame = try Fields.frame().renaming(columns: ["size": "label", "plots": "label_"])
        var plan = TrainingPlan(target: "good")
        plan.model = "logistic-regression"
        let read = try proto(plan.run(on: frame).model)
        #expect(read.graph.output.map(\.name) == ["label__", "probabilities"])
        #expect(Set((read.graph.input + read.graph.output).map(\.name)).count == read.graph.input.count + 2)
    }

    @Test func textsAreLookedUpAndMissingOnesHaveTheirPlace() throws {
        let read = try proto(Fields.model("grade", "logistic-regression"))
        let lookUp = try #require(read.graph.node.first { $0.opType == "LabelEncoder" })
        let keys = try #require(lookUp.attribute.first { $0.name == "keys_strings" }).strings
        #expect(keys.map { String(decoding: $0, as: UTF8.self) } == ["Rüben", "hay", "麦", ""])
        #expect(lookUp.attribute.first { $0.name == "values_int64s" }?.ints == [0, 1, 2, 3])
        #expect(lookUp.attribute.first { $0.name == "default_int64" }?.i == -1)
    }

    // MARK: The graph

    private static let everything: [(String, String, [(String, String)])] = [
        ("grade", "logistic-regression", []), ("good", "logistic-regression", []), ("grade", "ridge", []),
        ("stars", "decision-tree", []), ("grade", "random-forest", [("nEstimators", "5")]),
        ("good", "extra-trees", [("nEstimators", "5")]), ("grade", "hist-gradient-boosting", [("maxIter", "5")]),
        ("good", "hist-gradient-boosting", [("maxIter", "5"), ("categoricalFeatures", "1")]),
        ("grade", "svc", [("probability", "true")]), ("good", "nu-svc", [("kernel", "poly"), ("nu", "0.2")]),
        ("grade", "linear-svc", []), ("grade", "gaussian-nb", []), ("stars", "multinomial-nb", []),
        ("good", "bernoulli-nb", []), ("grade", "complement-nb", []), ("yield", "linear-regression", []),
        ("yield", "ridge", []), ("yield", "lasso", []), ("yield", "elastic-net", []), ("yield", "decision-tree", []),
        ("yield", "random-forest", [("nEstimators", "5")]), ("yield", "extra-trees", [("nEstimators", "5")]),
        ("yield", "hist-gradient-boosting", [("loss", "poisson"), ("maxIter", "5")]), ("yield", "linear-svr", []),
        ("yield", "svr", [("kernel", "sigmoid")]), ("yield", "nu-svr", [("kernel", "linear")]),
    ]

    /// Throws an expectation for a value that is used before it is made, made twice, or for nothing.
    private func check(_ graph: Onnx_GraphProto, known outer: Set<String> = [], isWhole: Bool = true) {
        var known = outer
        for name in graph.input.map(\.name) + graph.initializer.map(\.name) {
            #expect(known.insert(name).inserted, "\(name) is made twice")
        }
        var used = Set(graph.output.map(\.name))
        for node in graph.node {
            #expect(known.isSuperset(of: node.input), "\(node.name) uses what is not made yet")
            used.formUnion(node.input)
            for attribute in node.attribute where attribute.hasG {
                check(attribute.g, known: known, isWhole: false)
                used.formUnion(attribute.g.node.flatMap(\.input))
            }
            for name in node.output { #expect(known.insert(name).inserted, "\(name) is made twice") }
        }
        #expect(known.isSuperset(of: graph.output.map(\.name)))
        guard isWhole else { return }
        for node in graph.node { #expect(!used.isDisjoint(with: node.output), "\(node.name) is made for nothing") }
        for tensor in graph.initializer { #expect(used.contains(tensor.name), "\(tensor.name) is made for nothing") }
    }

    @Test(arguments: everything)
    func everyValueIsMadeOnceBeforeItIsUsed(_ target: String, _ name: String, _ settings: [(String, String)]) throws {
        let trained = try Fields.model(target, name, settings) { if target == "stars" { $0.task = .classification } }
        check(try proto(trained).graph)
    }

    @Test func equalModelsGiveEqualFilesWhichReadBackWhole() throws {
        let trained = try Fields.model("grade", "svc", [("probability", "true")])
        let model = try ONNXModel(trained)
        #expect(try model.encoded() == ONNXModel(trained).encoded())
        #expect(try Onnx_ModelProto(serializedBytes: model.encoded()) == model.proto)
    }

    @Test func coefficientsAreInTheFileToTheBit() throws {
        let trained = try Fields.model("yield", "ridge")
        guard case .regressor(let model as Ridge.Model) = trained.predictor else {
            Issue.record("not a ridge")
            return
        }
        let graph = try proto(trained).graph
        let sum = try #require(graph.node.first { $0.opType == "Gemm" })
        let tensors = Dictionary(uniqueKeysWithValues: graph.initializer.map { ($0.name, $0) })
        #expect(tensors[sum.input[1]]?.doubles == model.coefficients)
        #expect(tensors[sum.input[1]]?.dims == [1, Int64(model.coefficients.count)])
        #expect(tensors[sum.input[2]]?.doubles == [model.intercept])
    }

    @Test func aKernelOfShortNumbersIsRemarkedOn() throws {
        let blocks = try ONNXModel(Fields.model("yield", "svr", [("solver", "blocks")]) { $0.scale = true })
        #expect(try #require(blocks.remark).contains("32 bits"))
        #expect(try ONNXModel(Fields.model("yield", "svr") { $0.scale = true }).remark == nil)
    }

    // MARK: Files

    @Test func theFileIsWrittenWholeOrNotAtAll() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "onnx-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.onnx").path
        let model = try ONNXModel(Fields.model("good", "decision-tree"))
        try Data("what was there".utf8).write(to: URL(filePath: path))
        try model.write(to: path)
        #expect(try Data(contentsOf: URL(filePath: path)) == model.encoded())
        let error = try #require(throws: ApusError.self) { try model.write(to: path + "/b.onnx") }
        #expect(error.code == .unwritableFile && error.message.contains("/b.onnx"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.onnx"])
    }
}

extension Onnx_TensorProto {
    /// The 64-bit numbers that it holds.
    var doubles: [Double] { ByteOrderKernel.words(rawData, as: UInt64.self).map { Double(bitPattern: $0) } }
}
#endif

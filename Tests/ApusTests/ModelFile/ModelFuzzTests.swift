import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import Foundation
import Testing

/// Model files that someone changed and sealed again with right checksums: whatever is in them, loading and predicting
/// give an answer or an `ApusError`.
@Suite struct ModelFuzzTests {
    private static let golden = [
        ("iris-decision-tree-v1", "iris"), ("breast-cancer-logistic-regression-v1", "breast-cancer"),
        ("diabetes-linear-regression-v1", "diabetes-raw"),
    ]

    @Test(arguments: golden.indices) func changedFilesAreReadOrRefused(_ index: Int) throws {
        let (name, data) = Self.golden[index]
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/models/\(name).apus")
        let original = try Safetensors(Data(contentsOf: fixtures))
        let frame = try Datasets.load(data).head(5)
        let path = FileManager.default.temporaryDirectory.appending(path: "apus-\(UUID().uuidString).apus")
        defer { try? FileManager.default.removeItem(at: path) }
        var random = RandomState(seed: UInt32(index))
        var (read, refused) = (0, 0)
        for _ in 0..<120 {
            let file = Safetensors(
                tensors: mutated(original.tensors, &random), metadata: mutated(original.metadata, &random))
            do {
                try file.encoded().write(to: path)
                _ = try TrainedModel(contentsOf: path.path).predict(frame)
                read += 1
            } catch is ApusError {
                refused += 1
            } catch {
                Issue.record("another error: \(error)")
            }
        }
        #expect(refused > 12 && read > 0, "\(read) read, \(refused) refused")
    }

    private func below(_ count: Int, _ random: inout RandomState) -> Int { Int(random.word()) % max(1, count) }

    /// Tensors of which one at most is gone, cut, of another type, or holds another value.
    private func mutated(_ tensors: [String: Tensor], _ random: inout RandomState) -> [String: Tensor] {
        var tensors = tensors
        guard below(3, &random) > 0, !tensors.isEmpty else { return tensors }
        let name = tensors.keys.sorted()[below(tensors.count, &random)]
        guard let tensor = tensors[name] else { return tensors }
        func changed<Element>(_ values: [Element], _ odd: [Element]) -> [Element] {
            var values = values
            guard !values.isEmpty else { return odd }
            let place = below(values.count, &random)
            if below(4, &random) == 0 {
                values.remove(at: place)
            } else {
                values[place] = odd[below(odd.count, &random)]
            }
            return values
        }
        let values: Tensor.Values =
            switch tensor.values {
            case .float64(let values): .float64(changed(values, [.nan, .infinity, -1, 1e308, 0]))
            case .float32(let values): .float32(changed(values, [.nan, .infinity, -1, 0]))
            case .int32(let values): .int32(changed(values, [-1, .max, .min, 0, 7]))
            case .int64(let values): .int64(changed(values, [-1, .max, .min, 0, 7]))
            case .uint8(let values): .uint8(changed(values, [0, 255, 7]))
            }
        switch below(6, &random) {
        case 0: tensors[name] = nil
        case 1: tensors[name] = Tensor(.int32([0]))
        default: tensors[name] = (try? Tensor(shape: tensor.shape, values: values)) ?? Tensor(values)
        }
        return tensors
    }

    /// Metadata of which one text at most is gone or has another character or word in it.
    private func mutated(_ metadata: [String: String], _ random: inout RandomState) -> [String: String] {
        var metadata = metadata
        guard below(3, &random) > 0, !metadata.isEmpty else { return metadata }
        let name = metadata.keys.sorted()[below(metadata.count, &random)]
        var bytes = Array((metadata[name] ?? "").utf8)
        let pieces = ["-1", "9999999999999", "null", "{}", "[]", "\"", "}", "1e400", "é", ""].map { Array($0.utf8) }
        switch below(5, &random) {
        case 0:
            metadata[name] = nil
            return metadata
        case 1 where !bytes.isEmpty: bytes.removeSubrange(below(bytes.count, &random)...)
        case 2 where !bytes.isEmpty: bytes[below(bytes.count, &random)] = UInt8(32 + below(95, &random))
        default:
            let place = below(bytes.count + 1, &random)
            let end = min(bytes.count, place + below(4, &random))
            bytes.replaceSubrange(place..<end, with: pieces[below(pieces.count, &random)])
        }
        metadata[name] = String(decoding: bytes, as: UTF8.self)
        return metadata
    }
}

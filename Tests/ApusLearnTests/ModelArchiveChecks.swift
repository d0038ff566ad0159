import ApusCore
import Testing

/// Expects that a model comes back from its archive equal, and that no damage to the archive is worse than an error:
/// each entry in turn is taken out, shortened, emptied, made another type, or filled with hostile values. A damaged
/// archive that still makes a model must make one that can be used.
///
/// - Parameters:
///   - optional: Entries that may be missing.
///   - use: Predicts with a model; what it throws is ignored, what it traps on is not.
func expectArchiveIsChecked<Model: FittedModel>(
    _ model: Model, optional: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation,
    use: (Model) throws -> Void
) throws {
    var archive = ModelArchive()
    model.encode(into: &archive)
    let restored = try Model(from: archive)
    #expect(restored == model, sourceLocation: sourceLocation)
    #expect(restored.featureCount == model.featureCount, sourceLocation: sourceLocation)

    #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try Model(from: ModelArchive()) }
    for name in Set(archive.tensors.keys).union(archive.attributes.keys).subtracting(optional) {
        let without = ModelArchive(
            tensors: archive.tensors.filter { $0.key != name }, attributes: archive.attributes.filter { $0.key != name }
        )
        #expect(throws: ApusError.self, "without \(name)", sourceLocation: sourceLocation) {
            try Model(from: without)
        }
    }
    for (name, tensor) in archive.tensors {
        for damaged in try hostile(tensor) {
            var tensors = archive.tensors
            tensors[name] = damaged
            expectErrorOrUse(ModelArchive(tensors: tensors, attributes: archive.attributes), name, use, sourceLocation)
        }
    }
    for (name, value) in archive.attributes {
        for damaged in hostile(value) {
            var attributes = archive.attributes
            attributes[name] = damaged
            expectErrorOrUse(ModelArchive(tensors: archive.tensors, attributes: attributes), name, use, sourceLocation)
        }
    }
}

private func expectErrorOrUse<Model: FittedModel>(
    _ archive: ModelArchive, _ name: String, _ use: (Model) throws -> Void, _ sourceLocation: SourceLocation
) {
    do {
        let model = try Model(from: archive)
        try? use(model)
    } catch let error as ApusError {
        #expect(error.code == .unreadableModel, "\(name): \(error.message)", sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, "\(name)", sourceLocation: sourceLocation)
    }
}

private func hostile(_ tensor: Tensor) throws -> [Tensor] {
    let count = tensor.values.count
    func flat(_ values: Tensor.Values) -> Tensor { Tensor(values) }
    func same(_ values: Tensor.Values) throws -> Tensor { try Tensor(shape: tensor.shape, values: values) }
    var result = [flat(.float32([])), flat(.uint8([1])), flat(.int32([0])), flat(.float64([])), flat(.int64([]))]
    switch tensor.values {
    case .float64(let values):
        result += try [.nan, .infinity, -1e308, 1e308, 0].map {
            try same(.float64([Double](repeating: $0, count: count)))
        }
        result.append(flat(.float64(Array(values.dropLast()))))
        result.append(flat(.float64(values + values)))
        result.append(try same(.float64(values.reversed())))
    case .int64(let values):
        result += try [-1, Int64.max, Int64.min, 1 << 40, 0, 1].map {
            try same(.int64([Int64](repeating: $0, count: count)))
        }
        result.append(flat(.int64(Array(values.dropLast()))))
        result.append(flat(.int64(values + values)))
        result.append(try same(.int64(values.reversed())))
    default: break
    }
    return result
}

private func hostile(_ value: JSONValue) -> [JSONValue] {
    [
        .null, .bool(true), .int(-1), .int(0), .int(1), .int(.max), .int(.min), .int(1 << 33), .double(0.5),
        .double(1e300), .string(""), .string("x"), .array([]), .array([value]), .object([:]), ["integers": [1, 1]],
        ["integers": []], ["strings": ["a"]], ["integers": [0, 1, 2, 3, 4]],
    ]
}

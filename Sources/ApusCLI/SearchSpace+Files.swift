#if Server
import ApusCore
import ApusEvaluation
import Foundation
import Yams

extension SearchSpace {
    /// A space from files and texts as they are given on the command line.
    ///
    /// - Parameter arguments: Each the name of a YAML or JSON file, or a space as text. Texts make one collection of
    ///   parameters together.
    init(files arguments: [String]) throws {
        var parts: [[String: ParameterDistribution]] = []
        var text: [String: ParameterDistribution] = [:]
        for argument in arguments {
            let ending = argument.lowercased().split(separator: ".").last.map(String.init) ?? ""
            if ["yaml", "yml", "json"].contains(ending) || FileManager.default.fileExists(atPath: argument) {
                parts += try Self.parts(ofFile: argument)
            } else {
                for (name, distribution) in try SearchSpace(text: argument).parts[0] {
                    guard text.updateValue(distribution, forKey: name) == nil else {
                        throw ApusError(
                            .invalidParameter, "The search space has \(name) twice; give it one list or range.")
                    }
                }
            }
        }
        if parts.isEmpty { parts = [[:]] }
        // What is given as text goes with every collection of the files, and counts where both name a parameter.
        self.init(parts: parts.map { $0.merging(text) { $1 } })
    }

    private static func parts(ofFile path: String) throws -> [[String: ParameterDistribution]] {
        let data = try WholeFile.read(path, failure: .unreadableData)
        guard let text = String(data: data, encoding: .utf8) else {
            throw ApusError(.unreadableData, "The search space \(path) is no text in UTF-8.")
        }
        let node: Node?
        do {
            node = try compose(yaml: text)
        } catch {
            throw ApusError(.unreadableData, "The search space \(path) is no YAML: \(error)")
        }
        switch node {
        case nil: return [[:]]
        case .sequence(let sequence): return try sequence.map { try part($0, path) }
        case let node?: return [try part(node, path)]
        }
    }

    private static func part(_ node: Node, _ path: String) throws -> [String: ParameterDistribution] {
        guard case .mapping(let mapping) = node else {
            throw ApusError(
                .invalidParameter,
                "The search space \(path) must name parameters, each with what to try: max_depth: randint(1, 20).")
        }
        var part: [String: ParameterDistribution] = [:]
        for (key, value) in mapping {
            guard let name = key.string else {
                throw ApusError(.invalidParameter, "The search space \(path) has a name that is no text.")
            }
            switch value {
            case .scalar(let scalar): part[name] = try ParameterDistribution(text: scalar.string, of: name)
            case .sequence(let sequence):
                part[name] = .choice(
                    try sequence.map { item in
                        guard case .scalar(let scalar) = item else {
                            throw ApusError(
                                .invalidParameter, "\(name) in \(path) has a list whose items are not plain values.")
                        }
                        return json(scalar, item)
                    })
            default:
                throw ApusError(
                    .invalidParameter,
                    "\(name) in \(path) must be a list or a range such as randint(1, 20), uniform(0, 1) or "
                        + "loguniform(0.001, 1000).")
            }
        }
        return part
    }

    private static func json(_ scalar: Node.Scalar, _ node: Node) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        if node.null != nil || ["none", "None", "nil"].contains(scalar.string) { return .null }
        if let value = node.int { return .int(value) }
        if let value = node.float, value.isFinite { return .double(value) }
        if let value = node.bool { return .bool(value) }
        return .string(scalar.string)
    }
}
#endif

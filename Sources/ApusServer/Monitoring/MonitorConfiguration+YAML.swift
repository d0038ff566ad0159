#if Server
import Apus
import ApusCore
import Foundation
import Yams

extension MonitorConfiguration {
    /// Reads a YAML file; what it does not set keeps its default.
    ///
    /// - Throws: `ApusError` with code `unreadableData` or `invalidParameter`, naming the file, the line and what to mend.
    public init(contentsOf path: String) throws {
        let data = try WholeFile.read(path, failure: .unreadableData)
        guard data.count <= 1 << 20 else {
            throw ApusError(.unreadableData, "\(path) has \(data.count) bytes; a configuration has at most 1048576.")
        }
        do {
            try self.init(yaml: String(decoding: data, as: UTF8.self))
        } catch let error as ApusError {
            throw ApusError(error.code, "\(path): \(error.message)", cause: error.cause)
        }
    }

    /// Reads YAML.
    ///
    /// - Throws: `ApusError` with code `unreadableData` or `invalidParameter`, naming the line and what to mend.
    public init(yaml: String) throws {
        self.init()
        let root: Node?
        do {
            root = try compose(yaml: yaml)
        } catch {
            throw ApusError(.unreadableData, "This is not YAML: \(error)")
        }
        guard let root, root.scalar?.string.isEmpty != true else { return }
        let fields = try YAMLFields(
            root, "the configuration",
            [
                "window", "outcome_window", "evaluate_every", "min_rows", "min_group_rows", "significance", "log",
                "webhooks", "alerts",
            ])
        if let window = try fields.fields("window", Self.extentNames) { try window.read(into: &self.window) }
        if let window = try fields.fields("outcome_window", Self.extentNames) {
            try window.read(into: &outcomeWindow)
        } else {
            outcomeWindow.rows = window.rows
            outcomeWindow.blocks = window.blocks
        }
        try fields.set("evaluate_every", &evaluateEvery)
        try fields.set("min_rows", &minRows)
        try fields.set("min_group_rows", &minGroupRows)
        try fields.set("significance", &significance)
        if let log = try fields.fields(
            "log", ["private", "hashed", "hash_key_file", "keep", "durable", "max_pending_rows"])
        {
            try readLog(log)
        }
        if let hooks = try fields.fields("webhooks", ["timeout", "attempts"]) {
            try hooks.set("timeout", &webhookTimeout)
            try hooks.set("attempts", &webhookAttempts)
        }
        alerts = try fields.list("alerts").map(Self.rule)
        try check()
    }

    private static let extentNames = ["rows", "seconds", "blocks"]

    private mutating func readLog(_ log: YAMLFields) throws {
        for name in try log.texts("private") { privacy[name] = .leftOut }
        for name in try log.texts("hashed") {
            guard privacy[name] == nil else { throw log.failure("“\(name)” is both private and hashed; keep one.") }
            privacy[name] = .hashed
        }
        if let path = try log.text("hash_key_file") {
            hashKey = Array(try WholeFile.read(path, failure: .unreadableData))
            while hashKey.last == 0x0A || hashKey.last == 0x0D { hashKey.removeLast() }
        }
        if let keep = try log.fields("keep", ["days", "megabytes"]) {
            var days = 0.0
            if try keep.set("days", &days) { keepDays = days }
            var megabytes = 0.0
            if try keep.set("megabytes", &megabytes), megabytes <= 1e8 { keepBytes = Int(megabytes * 1_048_576) }
        }
        try log.set("durable", &isDurable)
        try log.set("max_pending_rows", &maxPendingRows)
    }

    private static func rule(_ node: Node) throws -> AlertRule {
        let fields = try YAMLFields(
            node, "an alert",
            ["name", "gauge", "column", "model", "group", "above", "below", "windows", "significant", "webhook"])
        guard let gauge = try fields.text("gauge") else {
            throw fields.failure("The alert has no “gauge”; name what it watches, such as psi.")
        }
        let column = try fields.text("column")
        var rule = AlertRule(name: try fields.text("name") ?? gauge + (column.map { " of \($0)" } ?? ""), gauge: gauge)
        rule.column = column
        rule.model = try fields.text("model")
        rule.group = try fields.text("group")
        var limit = 0.0
        if try fields.set("above", &limit) { rule.above = limit }
        if try fields.set("below", &limit) { rule.below = limit }
        try fields.set("windows", &rule.windows)
        try fields.set("significant", &rule.isSignificanceNeeded)
        rule.webhook = try fields.text("webhook")
        do {
            try rule.check()
        } catch let error as ApusError {
            throw fields.failure(error.message)
        }
        return rule
    }
}

/// The fields of a YAML mapping, each read as what it has to be.
private struct YAMLFields {
    private let what: String
    private let line: Int
    private var nodes: [String: Node] = [:]

    init(_ node: Node, _ what: String, _ known: [String]) throws {
        self.what = what
        line = node.mark?.line ?? 1
        guard let mapping = node.mapping else {
            throw failure("\(what) must be fields such as “\(known[0]): …”.")
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            guard known.contains(name) else {
                throw ApusError(
                    .invalidParameter,
                    "line \(key.mark?.line ?? line): \(what) has no field “\(name.prefix(100))”"
                        + "\(suggestion(for: name, among: known)); the fields are \(known.joined(separator: ", ")).")
            }
            nodes[name] = value
        }
    }

    func failure(_ message: String, at node: Node? = nil) -> ApusError {
        ApusError(.invalidParameter, "line \(node?.mark?.line ?? line): \(message)")
    }

    func fields(_ name: String, _ known: [String]) throws -> YAMLFields? {
        try nodes[name].map { try YAMLFields($0, "“\(name)”", known) }
    }

    func list(_ name: String) throws -> [Node] {
        guard let node = nodes[name] else { return [] }
        guard let sequence = node.sequence else { throw failure("“\(name)” must be a list.", at: node) }
        return Array(sequence)
    }

    func text(_ name: String) throws -> String? {
        guard let node = nodes[name] else { return nil }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw failure("“\(name)” must be a text.", at: node)
        }
        return text
    }

    func texts(_ name: String) throws -> [String] {
        try list(name).map { node in
            guard let text = node.scalar?.string, !text.isEmpty else {
                throw failure("“\(name)” must be a list of column names.", at: node)
            }
            return text
        }
    }

    @discardableResult
    func set(_ name: String, _ value: inout Double) throws -> Bool {
        guard let node = nodes[name] else { return false }
        guard let number = node.scalar.flatMap({ Double($0.string) }), number.isFinite else {
            throw failure("“\(name)” must be a number.", at: node)
        }
        value = number
        return true
    }

    @discardableResult
    func set(_ name: String, _ value: inout Int) throws -> Bool {
        guard let node = nodes[name] else { return false }
        guard let number = node.scalar.flatMap({ Int($0.string) }) else {
            throw failure("“\(name)” must be a whole number.", at: node)
        }
        value = number
        return true
    }

    func set(_ name: String, _ value: inout Bool) throws {
        guard let node = nodes[name] else { return }
        switch node.scalar?.string {
        case "true": value = true
        case "false": value = false
        default: throw failure("“\(name)” must be true or false.", at: node)
        }
    }

    func read(into extent: inout SlidingWindow.Extent) throws {
        try set("rows", &extent.rows)
        try set("seconds", &extent.seconds)
        try set("blocks", &extent.blocks)
    }
}
#endif

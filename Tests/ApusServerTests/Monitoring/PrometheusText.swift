import Foundation

/// Reads Prometheus' text format as strictly as its own linter: every sample belongs to the family before it, names and
/// labels are legal, no series comes twice, and histograms ascend to +Inf.
struct PrometheusText {
    struct Failure: Error { let reason: String }

    /// Values by series, as they are written.
    private(set) var samples: [String: Double] = [:]
    /// Types by family.
    private(set) var types: [String: String] = [:]

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Failure(reason: "no line end at the end") }
        var family = ""
        var helped: Set<String> = []
        var buckets: [String: [(bound: Double, count: Double)]] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                let name = String(line.dropFirst(7).prefix { $0 != " " })
                guard helped.insert(name).inserted else { throw Failure(reason: "help twice: \(name)") }
                continue
            }
            if line.hasPrefix("# TYPE ") {
                let words = line.dropFirst(7).split(separator: " ").map(String.init)
                guard words.count == 2, types[words[0]] == nil, helped.contains(words[0]),
                    ["counter", "gauge", "histogram"].contains(words[1])
                else { throw Failure(reason: "type: \(line)") }
                if words[1] == "counter", !words[0].hasSuffix("_total") {
                    throw Failure(reason: "a counter must end in _total: \(words[0])")
                }
                family = words[0]
                types[family] = words[1]
                continue
            }
            let (name, labels, value) = try Self.sample(line)
            let isPart = types[family] == "histogram" && ["_bucket", "_sum", "_count"].contains { name == family + $0 }
            guard name == family || isPart else { throw Failure(reason: "not of \(family): \(line)") }
            let series = name + "{" + labels.map { "\($0)=\($1)" }.sorted().joined(separator: ",") + "}"
            guard samples.updateValue(value, forKey: series) == nil else { throw Failure(reason: "twice: \(series)") }
            if name.hasSuffix("_bucket"), types[family] == "histogram" {
                guard let bound = labels.first(where: { $0.0 == "le" })?.1 else { throw Failure(reason: "no le") }
                let key = family + labels.filter { $0.0 != "le" }.map { "\($0)=\($1)" }.joined(separator: ",")
                buckets[key, default: []].append((bound == "+Inf" ? .infinity : Double(bound) ?? .nan, value))
            }
        }
        for (key, list) in buckets {
            let ascends = zip(list, list.dropFirst()).allSatisfy { $0.bound < $1.bound && $0.count <= $1.count }
            guard ascends, list.last?.bound == .infinity else { throw Failure(reason: "buckets of \(key)") }
        }
    }

    private static func sample(_ line: Substring) throws -> (String, [(String, String)], Double) {
        var rest = line
        func isName(_ character: Character, first: Bool) -> Bool {
            character.isASCII
                && (character.isLetter || character == "_" || character == ":" || (!first && character.isNumber))
        }
        let name = rest.prefix { isName($0, first: false) }
        guard let first = name.first, isName(first, first: true) else { throw Failure(reason: "name: \(line)") }
        rest = rest.dropFirst(name.count)
        var labels: [(String, String)] = []
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = rest.prefix { isName($0, first: false) && $0 != ":" }
                rest = rest.dropFirst(label.count)
                guard !label.isEmpty, rest.hasPrefix("=\"") else { throw Failure(reason: "label: \(line)") }
                rest = rest.dropFirst(2)
                var value = ""
                while let next = rest.first, next != "\"" {
                    rest = rest.dropFirst()
                    guard next == "\\" else {
                        value.append(next)
                        continue
                    }
                    guard let code = rest.first, let meant = ["\\": "\\", "\"": "\"", "n": "\n"][String(code)] else {
                        throw Failure(reason: "escape: \(line)")
                    }
                    value += meant
                    rest = rest.dropFirst()
                }
                guard rest.first == "\"" else { throw Failure(reason: "quote: \(line)") }
                rest = rest.dropFirst()
                guard !labels.contains(where: { $0.0 == label }) else { throw Failure(reason: "label twice: \(line)") }
                labels.append((String(label), value))
                if rest.first == "," {
                    rest = rest.dropFirst()
                } else if rest.first != "}" {
                    throw Failure(reason: "comma: \(line)")
                }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ",
            let value = ["NaN": Double.nan, "+Inf": .infinity][String(rest.dropFirst())] ?? Double(rest.dropFirst())
        else { throw Failure(reason: "value: \(line)") }
        return (String(name), labels, value)
    }

    /// The values of a family whose series have all the given labels.
    func values(_ name: String, _ labels: String...) -> [Double] {
        samples.filter { series, _ in
            series.hasPrefix(name + "{") && labels.allSatisfy { series.contains($0) }
        }.map(\.value)
    }
}

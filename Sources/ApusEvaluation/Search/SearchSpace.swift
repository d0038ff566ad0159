import ApusCore

/// The parameters that a search varies, each with the values to try.
///
///     let space: SearchSpace = ["maxDepth": .integers(1..<20), "criterion": ["gini", "entropy"]]
///
/// Names are those of the estimator's parameters in either spelling; those of a pipeline's steps are `step.parameter`.
public struct SearchSpace: Sendable, Hashable, Codable {
    /// Spaces that are searched side by side, each a collection of parameters; mostly there is one.
    public var parts: [[String: ParameterDistribution]]

    /// A space of some parameters.
    public init(_ parameters: [String: ParameterDistribution]) { parts = [parameters] }

    /// Spaces side by side, such as one for each kernel.
    public init(parts: [[String: ParameterDistribution]]) { self.parts = parts }

    /// A space written as text: `max_depth: randint(1, 20); criterion: choice(gini, entropy)`, or with `=`:
    /// `forest.maxDepth=1..20, svc.c=log(0.001..1000)`. Parameters are set apart by semicolons, line ends or commas.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the part that cannot be read.
    public init(text: String) throws {
        var part: [String: ParameterDistribution] = [:]
        for item in Self.items(text) {
            guard let sign = item.firstIndex(where: { $0 == ":" || $0 == "=" }), sign > item.startIndex else {
                throw ApusError(
                    .invalidParameter,
                    "“\(item)” is no part of a search space; write a name and what to try, such as max_depth: randint(1, 20)."
                )
            }
            let name = item[..<sign].filter { !$0.isWhitespace }
            let distribution = try ParameterDistribution(text: String(item[item.index(after: sign)...]), of: name)
            guard part.updateValue(distribution, forKey: name) == nil else {
                throw ApusError(.invalidParameter, "The search space has \(name) twice; give it one list or range.")
            }
        }
        self.init(part)
        try check()
    }

    /// The parts of a text between separators that are not inside parentheses, brackets or quotes.
    private static func items(_ text: String) -> [String] {
        var (items, item, depth) = ([String](), "", 0)
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if "([".contains(character) {
                depth += 1
            } else if ")]".contains(character) {
                depth -= 1
            }
            if depth == 0, quote == nil, ",;\n".contains(character) {
                items.append(item)
                item = ""
            } else {
                item.append(character)
            }
        }
        items.append(item)
        return items.filter { $0.contains { !$0.isWhitespace } }
    }

    /// Every combination of values, in scikit-learn's order: names ascending in their Python spelling, the values of the
    /// last one changing fastest.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter has a distribution instead of a list, or there are
    ///   more than ten million combinations.
    public func grid() throws -> [[String: JSONValue]] {
        try check()
        var result: [[String: JSONValue]] = []
        for part in parts {
            let dimensions = try Self.ordered(part).map { name, distribution in
                guard case .choice(let values) = distribution else {
                    throw ApusError(
                        .invalidParameter,
                        "A grid needs a list of values for \(name), not a distribution; list them, or search at random."
                    )
                }
                return (name: name, values: values)
            }
            let count = try Self.count(dimensions.map(\.values.count))
            for index in 0..<count { result.append(Self.point(index, dimensions)) }
        }
        return result
    }

    /// `count` combinations drawn at random, those of scikit-learn's `ParameterSampler` with the same seed.
    ///
    /// Lists alone are drawn without repetition, so that there are at most as many as the grid has; where there is a
    /// distribution, every draw is independent.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when there is nothing to draw from.
    public func sample(_ count: Int, seed: UInt32) throws -> [[String: JSONValue]] {
        try check()
        guard count >= 1 else {
            throw ApusError(.invalidParameter, "nIter is \(count), but a search needs at least 1 candidate.")
        }
        var random = RandomState(seed: seed)
        if parts.allSatisfy({ $0.values.allSatisfy(\.isList) }) {
            let grid = try grid()
            return random.sampleWithoutReplacement(grid.count, count: min(count, grid.count)).map { grid[$0] }
        }
        return (0..<count).map { _ in
            let part = parts[parts.count == 1 ? 0 : random.integer(in: 0..<parts.count)]
            var point: [String: JSONValue] = [:]
            for (name, distribution) in Self.ordered(part) { point[name] = distribution.draw(&random) }
            return point
        }
    }

    /// The space as text that changes whenever it does.
    var identity: String {
        parts.map { part in
            Self.ordered(part).map { "\(snakeCase($0.name)): \($0.1.description)" }.joined(separator: "; ")
        }.joined(separator: " | ")
    }

    func check() throws {
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ApusError(.invalidParameter, "The search space is empty; name at least one parameter to vary.")
        }
        for part in parts { for (name, distribution) in Self.ordered(part) { try distribution.check(name) } }
    }

    static func ordered(_ part: [String: ParameterDistribution]) -> [(name: String, ParameterDistribution)] {
        part.map { ($0.key, $0.value) }.sorted {
            (snakeCase($0.0), $0.0).0.utf8.lexicographicallyPrecedes((snakeCase($1.0), $1.0).0.utf8)
        }
    }

    private static func count(_ sizes: [Int]) throws -> Int {
        let count = sizes.reduce(1.0) { $0 * Double($1) }
        guard count <= 1e7 else {
            throw ApusError(
                .invalidParameter, "The grid has about \(count) combinations; search at random, or list fewer values.")
        }
        return Int(count)
    }

    private static func point(
        _ index: Int, _ dimensions: [(name: String, values: [JSONValue])]
    ) -> [String: JSONValue] {
        var rest = index
        var point: [String: JSONValue] = [:]
        for (name, values) in dimensions.reversed() {
            point[name] = values[rest % values.count]
            rest /= values.count
        }
        return point
    }
}

extension SearchSpace: ExpressibleByDictionaryLiteral {
    /// A space of some parameters; the last of equal names counts.
    public init(dictionaryLiteral elements: (String, ParameterDistribution)...) {
        self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

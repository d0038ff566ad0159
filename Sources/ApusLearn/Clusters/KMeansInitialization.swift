import ApusCore

/// How k-means chooses the centres it starts from.
public enum KMeansInitialization: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Rows that lie far apart: each next one is the best of a few drawn with probability proportional to the squared
    /// distance to the nearest centre so far.
    case kMeansPlusPlus = "k-means++"
    /// Rows drawn at random, with probability proportional to their weights.
    case random
}

/// How often k-means starts anew; the start with the least inertia wins.
public enum KMeansStarts: Sendable, Hashable, Codable {
    /// Once, or ten times from centres drawn at random.
    case auto
    /// As often as it says; once in any case from given centres.
    case count(Int)
}

extension KMeansStarts: ParameterConvertible, ExpressibleByIntegerLiteral {
    /// As often as the number says.
    public init(integerLiteral value: Int) { self = .count(value) }

    /// The number, or `auto`.
    public var parameterValue: JSONValue {
        switch self {
        case .auto: "auto"
        case .count(let count): .int(count)
        }
    }

    /// What a number or `auto` stands for.
    public init?(parameterValue: JSONValue) {
        if parameterValue == "auto" {
            self = .auto
        } else if let count = parameterValue.intValue {
            self = .count(count)
        } else {
            return nil
        }
    }
}

/// How k-means finds the nearest centres. All ways give the same clusters.
public enum KMeansAlgorithm: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// Every row against every centre.
    case lloyd
    /// Only those centres that the triangle inequality does not rule out: faster where clusters lie apart and distances
    /// are dear, at the price of n × k further numbers in memory. One cluster is found by lloyd.
    case elkan
}

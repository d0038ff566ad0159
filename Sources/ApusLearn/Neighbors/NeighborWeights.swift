import ApusCore

/// How much each neighbour counts.
public enum NeighborWeights: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// All alike.
    case uniform
    /// By the inverse of their distance; where some are at distance 0, only those, all alike.
    case distance

    /// What the neighbours of one query count, given their distances.
    func values(_ distances: ArraySlice<Double>) -> [Double] {
        switch self {
        case .uniform: return [Double](repeating: 1, count: distances.count)
        case .distance:
            let inverses = distances.map { 1 / $0 }
            guard inverses.contains(.infinity) else { return inverses }
            return inverses.map { $0 == .infinity ? 1 : 0 }
        }
    }
}

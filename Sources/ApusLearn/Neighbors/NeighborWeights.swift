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
            if inverses.contains(.infinity) { return inverses.map { $0 == .infinity ? 1 : 0 } }
            guard let greatest = inverses.max(), greatest > 1e300 else { return inverses }
            // So great that their sum might overflow: only their ratios count.
            return inverses.map { $0 / greatest }
        }
    }
}

/// The mean target of each list of neighbours, summed pairwise as NumPy sums; NaN for an empty list.
func neighborMeans(_ hits: NeighborHits, _ targets: [Double], _ weights: NeighborWeights) -> [Double] {
    (0..<hits.offsets.count - 1).map { row in
        let range = hits.offsets[row]..<hits.offsets[row + 1]
        guard !range.isEmpty else { return .nan }
        func target(_ i: Int) -> Double { targets[Int(hits.places[range.lowerBound + i])] }
        let counts = weights.values(hits.distances[range])
        let total = pairwiseSum(0..<range.count) { counts[$0] }
        let mean = pairwiseSum(0..<range.count) { target($0) * counts[$0] } / total
        // Targets so great that their sum overflows still have a mean.
        return mean.isFinite ? mean : pairwiseSum(0..<range.count) { target($0) * (counts[$0] / total) }
    }
}

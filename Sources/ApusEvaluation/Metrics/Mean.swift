import ApusCore

/// The mean of `term(i)` over `0..<count`, weighted where weights are given.
func mean(_ count: Int, weights: [Double]?, _ term: (Int) -> Double) -> Double {
    guard let weights else { return pairwiseSum(0..<count, term) / Double(count) }
    return pairwiseSum(0..<count) { term($0) * weights[$0] } / pairwiseSum(0..<count) { weights[$0] }
}

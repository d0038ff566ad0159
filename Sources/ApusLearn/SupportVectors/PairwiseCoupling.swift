/// Class probabilities that agree best with the probabilities of all pairs.
///
/// Source: T.-F. Wu, C.-J. Lin and R. C. Weng, "Probability estimates for multi-class classification by pairwise
/// coupling", JMLR 5 (2004), second method.
enum PairwiseCoupling {
    /// The probabilities of k classes.
    ///
    /// - Parameter r: k × k; `r[i * k + j]` is the probability of i when it is i or j.
    static func probabilities(_ r: [Double], classes k: Int) -> [Double] {
        var p = [Double](repeating: 1 / Double(k), count: k)
        var q = [Double](repeating: 0, count: k * k)
        for t in 0..<k {
            for j in 0..<k where j != t {
                q[t * k + t] += r[j * k + t] * r[j * k + t]
                q[t * k + j] = -r[j * k + t] * r[t * k + j]
            }
        }
        let enough = 0.005 / Double(k)
        for _ in 0..<max(100, k) {
            var product = [Double](repeating: 0, count: k)
            var form = 0.0
            for t in 0..<k {
                for j in 0..<k { product[t] += q[t * k + j] * p[j] }
                form += p[t] * product[t]
            }
            if !product.contains(where: { abs($0 - form) >= enough }) { break }
            for t in 0..<k {
                let change = (form - product[t]) / q[t * k + t]
                p[t] += change
                form = (form + change * (change * q[t * k + t] + 2 * product[t])) / (1 + change) / (1 + change)
                for j in 0..<k {
                    product[j] = (product[j] + change * q[t * k + j]) / (1 + change)
                    p[j] /= 1 + change
                }
            }
        }
        let total = p.reduce(0, +)
        return p.map { $0 / total }
    }
}

import ApusCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension PCA {
    /// The number of components that is most likely, given all variances, by Minka's approximation of the evidence.
    ///
    /// The double sum over pairs of components grows by one component a step, so all numbers of components take
    /// O(d²) together.
    ///
    /// - Parameters:
    ///   - spectrum: All d variances, descending.
    ///   - rows: The number of samples.
    /// - Throws: `ApusError` with code `undefined` when the criterion has no value for any number of components.
    func likelyDimension(_ spectrum: [Double], rows: Int) throws -> Int {
        let d = spectrum.count
        let (n, least) = (Double(rows), 1e-15)
        var best = (evidence: -Double.infinity, count: 0)
        var (sphere, logs, differences, inverses) = (0.0, 0.0, 0.0, 0.0)
        for rank in 1..<max(1, d) {
            let last = spectrum[rank - 1]
            guard last >= least else { break }
            let freedom = Double(d - rank + 1)
            sphere += lgamma(freedom / 2) - log(Double.pi) * freedom / 2
            logs += log(last)
            for j in rank..<d { differences += log(last - spectrum[j]) }
            for i in 0..<rank - 1 { inverses += log(1 / last - 1 / spectrum[i]) }
            let k = Double(rank)
            let rest = Double(d - rank)
            let noise = max(least, pairwiseSum(rank..<d) { spectrum[$0] } / rest)
            var beyond = 0.0
            for i in 0..<rank { beyond += log(1 / noise - 1 / spectrum[i]) }
            let pairs = Double(d) * k - k * (k + 1) / 2
            let curvature = differences + inverses + rest * beyond + pairs * log(n)
            let evidence =
                -k * log(2) + sphere - logs * n / 2 - log(noise) * n * rest / 2
                + log(2 * Double.pi) * (pairs + k) / 2 - curvature / 2 - k * log(n) / 2
            if evidence.isFinite, evidence > best.evidence { best = (evidence, rank) }
        }
        guard best.count > 0 else {
            throw ApusError(
                .undefined,
                "The number of components cannot be inferred from these variances; ask for a number or a share instead."
            )
        }
        return best.count
    }
}

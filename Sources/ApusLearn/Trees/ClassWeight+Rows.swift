import ApusCore

extension ClassWeight {
    /// The weights of rows after this and their own weights: their product, or nil where both are 1 everywhere.
    ///
    /// Trees balance classes by their number of rows, whatever the rows weigh; that is the reference's rule for them.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for a class that does not occur or a weight below 0.
    func applied(to labels: Labels, _ weights: [Double]?) throws -> [Double]? {
        if self == .none { return weights }
        let factors = try self.weights(for: labels, sampleWeights: nil)
        guard let weights else { return factors }
        return zip(factors, weights).map { $0 * $1 }
    }
}

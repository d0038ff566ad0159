import ApusCore

/// How the principal components are computed.
public enum PCASolver: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `covarianceEigh` for at most 1,000 columns and ten times as many rows; else `full` for at most 500 rows and columns;
    /// else `randomized` for fewer than 0.8 of all components; else `full`. For sparse rows `arpack`.
    case auto
    /// The singular value decomposition of the centred rows.
    case full
    /// The eigenvectors of the covariance matrix.
    case covarianceEigh
    /// Random projections refined by power iterations: approximate, and fast when few components are asked for.
    case randomized
    /// Lanczos iteration to full precision, as ARPACK's: for some components of wide or sparse data.
    case arpack

    /// What `auto` stands for; every other solver stands for itself.
    func resolved(rows: Int, columns: Int, components: ComponentCount) -> PCASolver {
        guard self == .auto else { return self }
        if columns <= 1000, rows >= 10 * columns { return .covarianceEigh }
        if max(rows, columns) <= 500 { return .full }
        guard case .count(let count) = components, count >= 1, Double(count) < 0.8 * Double(min(rows, columns)) else {
            return .full
        }
        return .randomized
    }
}

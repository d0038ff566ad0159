import ApusCore

/// How ridge regression is solved. All but `.lsqr` and `.sparseCG` are direct and give the same coefficients.
public enum RidgeSolver: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// `.cholesky` for dense rows, `.sparseCG` for sparse ones.
    case auto
    /// Cholesky factorisation of the normal equations, or of the kernel matrix when there are more features than rows;
    /// `.svd` where that is singular.
    case cholesky
    /// Singular values; for dense rows only. Exact for features that depend on each other.
    case svd
    /// LSQR (Paige and Saunders), to the accuracy `tol`.
    case lsqr
    /// Conjugate gradients on the normal equations, to the accuracy `tol`.
    case sparseCG = "sparseCg"

    /// The words for it.
    static let legalValues = LegalValues.choice(allCases.map(\.rawValue))
}

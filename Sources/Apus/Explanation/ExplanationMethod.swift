import ApusCore

/// How the contributions of columns to a prediction are found.
public enum ExplanationMethod: String, Sendable, Hashable, CaseIterable {
    /// What is exact and fastest for the model: tree SHAP along the paths for trees, linear SHAP for linear models, exact
    /// SHAP for few and permutation SHAP for many columns of any other.
    case shap
    /// Tree SHAP against the background.
    case interventional
    /// All coalitions of columns, for any model of few columns.
    case exact
    /// Random orders of the columns, for any model.
    case permutation
    /// A weighted linear fit over coalitions of columns, for any model.
    case kernel
}

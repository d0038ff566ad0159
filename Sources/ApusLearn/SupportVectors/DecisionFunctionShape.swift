import ApusCore

/// What a classifier of more than two classes returns as decision values.
public enum DecisionFunctionShape: String, Sendable, Hashable, Codable, CaseIterable, ParameterConvertible {
    /// A value for each class: the duels that it wins, and within ±⅓ by how much.
    case ovr
    /// A value for each pair of classes: (0, 1), (0, 2), …, (1, 2), …; positive for the first of the two.
    case ovo
}

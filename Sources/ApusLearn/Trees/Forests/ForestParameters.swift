import ApusCore

/// The parameters that all forests have in common.
protocol ForestParameters: TreeParameters {
    var nEstimators: Int { get set }
    var bootstrap: Bool { get set }
    var oobScore: Bool { get set }
    var maxSamples: MaxSamples { get set }
}

extension ForestParameters {
    /// How many trees grow, and on which rows, as parameters.
    static var forestParameters: [Parameter<Self>] {
        [
            Parameter("nEstimators", \.nEstimators, .integer(1...Int(Int32.max)), "The number of trees."),
            Parameter("bootstrap", \.bootstrap, .flag, "Whether each tree grows on rows drawn with replacement."),
            Parameter(
                "oobScore", \.oobScore, .flag, "Whether to score the rows by the trees that did not draw them."),
            Parameter(
                "maxSamples", \.maxSamples, MaxSamples.legal,
                "How many rows are drawn for each tree: none for all, a number or a part."),
        ]
    }

    /// Throws for parameters that are legal each but not together.
    func checkBootstrap() throws {
        if bootstrap { return }
        guard maxSamples == .all else {
            throw ApusError(
                .invalidParameter,
                "maxSamples is set, but without bootstrap no rows are drawn; set bootstrap or leave it.")
        }
        guard !oobScore else {
            throw ApusError(
                .invalidParameter,
                "oobScore is set, but without bootstrap every tree knows every row; set bootstrap or leave it.")
        }
    }
}

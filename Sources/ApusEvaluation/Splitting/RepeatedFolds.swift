import ApusCore

/// `KFold` with shuffling, several times over with other draws.
///
/// The rows equal those of scikit-learn's `RepeatedKFold` with the same seed.
public struct RepeatedKFold: CrossValidator, Hashable {
    /// The number of folds, at least 2; default 5.
    public var nSplits: Int
    /// How many times the rows are folded, at least 1; default 10.
    public var nRepeats: Int
    /// The seed of all the shuffles; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, nRepeats: Int = 10, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.nRepeats = nRepeats
        self.seed = seed
    }

    /// The folds of each repetition in turn.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        try checkRepeats(nRepeats)
        var random = RandomState(seed: seed)
        return try (0..<nRepeats).flatMap { _ in
            try KFold(nSplits: nSplits, shuffle: true).split(rows: rows, random: &random)
        }
    }
}

/// `StratifiedKFold` with shuffling, several times over with other draws.
///
/// The rows equal those of scikit-learn's `RepeatedStratifiedKFold` with the same seed.
public struct RepeatedStratifiedKFold: CrossValidator, Hashable {
    /// The number of folds, at least 2; default 5.
    public var nSplits: Int
    /// How many times the rows are folded, at least 1; default 10.
    public var nRepeats: Int
    /// The seed of all the shuffles; default 0.
    public var seed: UInt32

    /// A splitter with the given settings, which `split` validates.
    public init(nSplits: Int = 5, nRepeats: Int = 10, seed: UInt32 = 0) {
        self.nSplits = nSplits
        self.nRepeats = nRepeats
        self.seed = seed
    }

    /// The folds of each repetition in turn.
    public func split(rows: Int, labels: Labels?, groups: Labels?) throws -> [Split] {
        try checkRepeats(nRepeats)
        var random = RandomState(seed: seed)
        return try (0..<nRepeats).flatMap { _ in
            try StratifiedKFold(nSplits: nSplits, shuffle: true).split(rows: rows, labels: labels, random: &random)
        }
    }
}

private func checkRepeats(_ count: Int) throws {
    guard count >= 1 else {
        throw ApusError(.invalidParameter, "nRepeats is \(count), but it must be a whole number of at least 1.")
    }
}

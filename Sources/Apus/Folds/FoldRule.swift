import ApusCore

/// The ways to split rows for cross-validation, by a short name: that of the splitter in kebab-case.
public enum FoldRule: String, Sendable, Hashable, Codable, CaseIterable {
    /// Consecutive or shuffled folds: `KFold`.
    case kFold = "k-fold"
    /// The same with the shares of the classes kept: `StratifiedKFold`.
    case stratifiedKFold = "stratified-k-fold"
    /// Folds of whole groups: `GroupKFold`.
    case groupKFold = "group-k-fold"
    /// Folds of whole groups that keep the shares of the classes as well as they can: `StratifiedGroupKFold`.
    case stratifiedGroupKFold = "stratified-group-k-fold"
    /// Shuffled folds, several times over: `RepeatedKFold`.
    case repeatedKFold = "repeated-k-fold"
    /// The same with the shares of the classes kept: `RepeatedStratifiedKFold`.
    case repeatedStratifiedKFold = "repeated-stratified-k-fold"
    /// Independent random splits: `ShuffleSplit`.
    case shuffleSplit = "shuffle-split"
    /// The same with the shares of the classes kept: `StratifiedShuffleSplit`.
    case stratifiedShuffleSplit = "stratified-shuffle-split"
    /// Independent random splits of whole groups: `GroupShuffleSplit`.
    case groupShuffleSplit = "group-shuffle-split"
    /// Tests on the rows that follow those trained on: `TimeSeriesSplit`.
    case timeSeriesSplit = "time-series-split"
    /// As many folds as there are rows: `LeaveOneOut`.
    case leaveOneOut = "leave-one-out"
    /// As many folds as there are groups: `LeaveOneGroupOut`.
    case leaveOneGroupOut = "leave-one-group-out"
    /// Folds that a column tells: `PredefinedSplit`.
    case predefinedSplit = "predefined-split"

    /// The rule with a name in any spelling: `group-k-fold`, `GroupKFold`, `time-series`.
    public init?(named name: String) {
        let wanted = Self.letters(name)
        let found = Self.allCases.first { [Self.letters($0.rawValue), Self.letters($0.shortName)].contains(wanted) }
        guard let found else { return nil }
        self = found
    }

    /// The name without `-split`.
    private var shortName: String { rawValue.hasSuffix("-split") ? String(rawValue.dropLast(6)) : rawValue }

    private static func letters(_ name: String) -> String { name.lowercased().filter(\.isLetter) }

    /// Whether it keeps groups together.
    public var usesGroups: Bool {
        switch self {
        case .groupKFold, .stratifiedGroupKFold, .groupShuffleSplit, .leaveOneGroupOut: true
        default: false
        }
    }

    /// Whether it needs classes.
    public var needsClasses: Bool {
        switch self {
        case .stratifiedKFold, .stratifiedGroupKFold, .repeatedStratifiedKFold, .stratifiedShuffleSplit: true
        default: false
        }
    }

    /// Whether the number of splits follows from the rows alone.
    var countsItself: Bool { self == .leaveOneOut || self == .leaveOneGroupOut || self == .predefinedSplit }

    /// Whether rows can be shuffled before they are folded.
    var canShuffle: Bool {
        switch self {
        case .kFold, .stratifiedKFold, .groupKFold, .stratifiedGroupKFold: true
        default: false
        }
    }

    /// Whether it repeats its folds.
    var repeats: Bool { self == .repeatedKFold || self == .repeatedStratifiedKFold }

    /// Whether the size of its test side can be chosen.
    var hasTestSize: Bool {
        switch self {
        case .shuffleSplit, .stratifiedShuffleSplit, .groupShuffleSplit, .timeSeriesSplit: true
        default: false
        }
    }
}

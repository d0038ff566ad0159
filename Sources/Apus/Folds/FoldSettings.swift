import ApusCore
import ApusEvaluation
import ApusFrame

/// How the rows of a table are split for cross-validation, in words that a command or a file can hold.
///
///     var folds = FoldSettings(.groupKFold, count: 4)
///     plan.groups = "patient"
///     let result = try plan.validate(on: frame, cv: folds.splitter(for: &plan, on: frame))
///
/// What is nil is chosen by what else is known: whole groups where the plan has a column of groups, the folds of a column
/// where one is named, else `stratified-k-fold` for classes and `k-fold` for numbers.
public struct FoldSettings: Sendable, Hashable {
    /// How rows are split; default nil: as above.
    public var rule: FoldRule?
    /// The number of folds or splits, at least 2 (at least 1 for random splits); default nil: 5.
    public var count: Int?
    /// Whether rows are shuffled before they are folded; default false.
    public var shuffle: Bool
    /// How many times folds are repeated, at least 1; default nil: 10.
    public var repeats: Int?
    /// The size of the test side of random splits (default nil: a tenth of the rows, a fifth of the groups), or the rows
    /// tested on in each split of a time series.
    public var testSize: HoldoutSize?
    /// How many rows of a time series are left out between training and test; default nil: 0.
    public var gap: Int?
    /// The most rows of a time series to train on, the latest ones; default nil: all.
    public var maxTrainSize: Int?
    /// The column that tells the fold that tests on each row; rows without a value, or with a number below 0, are always
    /// trained on. It is no feature. Default nil.
    public var column: String?
    /// The seed of all that is drawn; default 0.
    public var seed: UInt32

    /// Settings, by default five folds in order.
    public init(
        _ rule: FoldRule? = nil, count: Int? = nil, shuffle: Bool = false, repeats: Int? = nil,
        testSize: HoldoutSize? = nil, gap: Int? = nil, maxTrainSize: Int? = nil, column: String? = nil, seed: UInt32 = 0
    ) {
        self.rule = rule
        self.count = count
        self.shuffle = shuffle
        self.repeats = repeats
        self.testSize = testSize
        self.gap = gap
        self.maxTrainSize = maxTrainSize
        self.column = column
        self.seed = seed
    }

    /// The splitter for a plan's table. A column that tells folds is dropped from the plan's features.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` or `unknownName` for settings that do not go together or do not
    ///   suit the plan; the splitter itself checks sizes when it splits.
    public func splitter(for plan: inout TrainingPlan, on frame: DataFrame) throws -> any CrossValidator {
        try plan.checkColumns(of: frame)
        let task = try plan.chooseModel(for: frame).1
        let rule = try chosen(plan, task)
        try checkSettings(rule, plan, task)
        if rule == .predefinedSplit, let column {
            if !plan.dropped.contains(column) { plan.dropped.append(column) }
            return PredefinedSplit(testFold: try Self.folds(of: frame[column]))
        }
        return splitter(rule)
    }

    private func splitter(_ rule: FoldRule) -> any CrossValidator {
        let count = count ?? 5
        switch rule {
        case .kFold: return KFold(nSplits: count, shuffle: shuffle, seed: seed)
        case .stratifiedKFold: return StratifiedKFold(nSplits: count, shuffle: shuffle, seed: seed)
        case .groupKFold: return GroupKFold(nSplits: count, shuffle: shuffle, seed: seed)
        case .stratifiedGroupKFold: return StratifiedGroupKFold(nSplits: count, shuffle: shuffle, seed: seed)
        case .repeatedKFold: return RepeatedKFold(nSplits: count, nRepeats: repeats ?? 10, seed: seed)
        case .repeatedStratifiedKFold:
            return RepeatedStratifiedKFold(nSplits: count, nRepeats: repeats ?? 10, seed: seed)
        case .shuffleSplit: return ShuffleSplit(nSplits: count, testSize: testSize, seed: seed)
        case .stratifiedShuffleSplit: return StratifiedShuffleSplit(nSplits: count, testSize: testSize, seed: seed)
        case .groupShuffleSplit: return GroupShuffleSplit(nSplits: count, testSize: testSize, seed: seed)
        case .timeSeriesSplit:
            var rows: Int?
            if case .count(let size) = testSize { rows = size }
            return TimeSeriesSplit(nSplits: count, maxTrainSize: maxTrainSize, testSize: rows, gap: gap ?? 0)
        case .leaveOneOut, .predefinedSplit: return LeaveOneOut()
        case .leaveOneGroupOut: return LeaveOneGroupOut()
        }
    }

    // MARK: What goes together

    private func chosen(_ plan: TrainingPlan, _ task: LearningTask) throws -> FoldRule {
        if let rule { return rule }
        guard column == nil || plan.groups == nil else {
            throw ApusError(
                .invalidParameter,
                "There is a column of folds (\(column ?? "")) and one of groups (\(plan.groups ?? "")), and each would "
                    + "split the rows in its own way; leave one out.")
        }
        if column != nil { return .predefinedSplit }
        if plan.groups != nil { return .groupKFold }
        return task == .classification ? .stratifiedKFold : .kFold
    }

    private func checkSettings(_ rule: FoldRule, _ plan: TrainingPlan, _ task: LearningTask) throws {
        func refuse(_ problem: String) throws { throw ApusError(.invalidParameter, "\(rule.rawValue) \(problem)") }
        if rule.needsClasses, task != .classification {
            try refuse("keeps the shares of classes, and \(plan.target) is a number; choose another way to split.")
        }
        if rule.usesGroups, plan.groups == nil {
            try refuse("keeps groups together; name the column that tells them with --groups COLUMN.")
        }
        if !rule.usesGroups, let groups = plan.groups {
            let grouped = FoldRule.allCases.filter(\.usesGroups).map(\.rawValue).joined(separator: ", ")
            try refuse("would tear the groups of \(groups) apart; choose one of \(grouped), or leave out the groups.")
        }
        if rule == .predefinedSplit, column == nil {
            try refuse("takes its folds from a column; name it with --fold-column COLUMN.")
        }
        if rule != .predefinedSplit, let column {
            try refuse("has no use for the folds of \(column); choose predefined-split, or leave the column out.")
        }
        if rule.countsItself, count != nil {
            try refuse("has as many folds as the rows tell; leave out their number (--cv).")
        }
        if shuffle, !rule.canShuffle {
            let reason = rule == .timeSeriesSplit ? "keeps the order of the rows" : "has no order to shuffle"
            try refuse("\(reason); leave out --shuffle.")
        }
        if repeats != nil, !rule.repeats {
            try refuse("is not repeated; choose repeated-k-fold or repeated-stratified-k-fold.")
        }
        if testSize != nil, !rule.hasTestSize {
            try refuse("tests on every row once, so that the size of its test side cannot be chosen.")
        }
        if rule == .timeSeriesSplit, case .fraction(let share) = testSize {
            try refuse("tests on a number of rows, not on a share (\(share)); give a whole number.")
        }
        if gap != nil || maxTrainSize != nil, rule != .timeSeriesSplit {
            try refuse("knows no time; a gap and a longest training go with time-series-split.")
        }
    }

    /// The fold of each row: its place among the values of a column, ascending; -1 for rows that are always trained on.
    private static func folds(of column: Column) throws -> [Int] {
        guard column.type.isNumeric else {
            let (codes, texts) = column.codesOfTexts()
            let order = texts.indices.sorted {
                texts[$0].unicodeScalars.lexicographicallyPrecedes(texts[$1].unicodeScalars)
            }
            var places = [Int](repeating: 0, count: texts.count)
            for (place, code) in order.enumerated() { places[code] = place }
            return codes.map { $0 < 0 ? -1 : places[Int($0)] }
        }
        let numbers = try column.numbers()
        let values = Set(numbers.filter { $0 >= 0 }).sorted()
        let places = Dictionary(zip(values, 0...), uniquingKeysWith: { first, _ in first })
        return numbers.map { places[$0] ?? -1 }
    }
}

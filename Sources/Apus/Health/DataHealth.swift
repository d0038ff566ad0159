import ApusCore
import ApusFrame

/// What to know about a table before anything is learned from it: types, gaps and ranges, copies of rows, columns that say
/// nothing or too much, how columns go together, and, by group, who is in it and how often the target is what.
///
///     let health = try DataHealth(frame, target: "paid", sensitive: ["sex"])
///     for finding in health.findings { print(finding.text) }
///     try health.page(data: "loans.csv").write(to: "health.html")
///
/// A CSV file larger than memory is described in chunks, with the same counts: `DataHealth(csv: path, target: "paid")`.
/// What is then from a sample of the rows says so.
public struct DataHealth: Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// The columns, from left to right.
    public let columns: [ColumnHealth]
    /// The number of rows that repeat an earlier one.
    public let duplicateRows: Int
    /// Whether that number is exact; else it is an estimate from some millions of rows.
    public let duplicatesAreExact: Bool
    /// The column to predict.
    public let target: String?
    /// Whether it is a class or a number.
    public let task: LearningTask?
    /// How often each class occurs, the most frequent first; empty for numbers or without a target.
    public let classCounts: [(name: String, count: Int)]
    /// Pairs of columns that go together, the strongest first.
    public let associations: [Association]
    /// How well each column alone predicts the target, the best first.
    public let singleScores: [SingleColumnScore]
    /// The groups of each sensitive column, and of all of them together where there are several.
    public let groupings: [GroupHealth]
    /// What deserves a look, the most serious first.
    public let findings: [HealthFinding]
    /// How many rows associations, and quantiles if they are not exact, are from.
    public let sampleCount: Int
    /// How many rows single columns were judged on.
    public let judgedCount: Int
    /// Whether medians and quartiles are of all rows, not of the sample.
    public let quantilesAreExact: Bool
    let sample: DataFrame

    /// How many rows are compared and judged.
    private static let (compared, judged) = (10_000, 10_000)

    /// Describes a frame.
    ///
    /// - Parameters:
    ///   - frame: The table, of at least one row.
    ///   - target: The column to predict; default: the one that has the role.
    ///   - sensitive: The columns whose groups are compared; default: those that have the role.
    /// - Throws: `ApusError` with code `unknownName` for a column that is not there, and `invalidInput` for a table without
    ///   rows and for a sensitive column of far too many values.
    public init(_ frame: DataFrame, target: String? = nil, sensitive: [String] = []) throws {
        let target = target ?? frame.columnNames(in: .target).first
        let sensitive = sensitive.isEmpty ? frame.columnNames(in: .sensitive) : sensitive
        for name in [target].compactMap(\.self) + sensitive { _ = try frame.indexOfColumn(name) }
        var scan = FrameScan(target: target, sensitive: sensitive)
        try scan.add(frame)
        try self.init(scan, whole: frame, target: target, sensitive: sensitive)
    }

    /// Describes a CSV or TSV file, compressed by gzip or not, some rows at a time: memory does not grow with the file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - options: How to read it.
    ///   - target: The column to predict; default: none.
    ///   - sensitive: The columns whose groups are compared.
    ///   - rows: How many rows are held at a time.
    ///   - progress: Is told the rows that were read.
    /// - Throws: `ApusError`, as for a frame and as for reading the file.
    public init(
        csv path: String, options: CSVOptions = CSVOptions(), target: String? = nil, sensitive: [String] = [],
        rows: Int = 50_000, progress: ProgressHandler? = nil
    ) throws {
        func scan(_ options: CSVOptions) throws -> FrameScan {
            var scan = FrameScan(target: target, sensitive: sensitive)
            let chunks = try DataFrame.chunks(csv: path, rows: rows, options: options)
            while let chunk = try chunks.next() {
                if scan.rowCount == 0 {
                    for name in [target].compactMap(\.self) + sensitive { _ = try chunk.indexOfColumn(name) }
                }
                try scan.add(chunk)
                progress?(ProgressUpdate(stage: "rows read", completed: scan.rowCount, total: nil))
            }
            return scan
        }
        let scanned: FrameScan
        do {
            scanned = try scan(options)
        } catch let error as ApusError where error.code == .unreadableData {
            // A value further down may be of another type than those of the first rows; then all rows decide about types.
            var options = options
            options.types = try DataFrame.types(csv: path, rows: rows, options: options)
            scanned = try scan(options)
        }
        try self.init(scanned, whole: nil, target: target, sensitive: sensitive)
    }

    private init(_ scan: FrameScan, whole: DataFrame?, target: String?, sensitive: [String]) throws {
        guard scan.rowCount > 0, !scan.columns.isEmpty else {
            throw ApusError(.invalidInput, "A table without rows has nothing to describe; add rows to it.")
        }
        let sample = try scan.sample()
        self.sample = sample
        self.target = target
        rowCount = scan.rowCount
        sampleCount = min(sample.rowCount, DataHealth.compared)
        quantilesAreExact = whole != nil || sample.rowCount == scan.rowCount
        (duplicateRows, duplicatesAreExact) = scan.duplicates
        let source = whole ?? sample
        let schema = (whole ?? sample).schema
        let tallies = scan.columns
        let columns = Parallel.map(tallies.count) { place in
            ColumnHealth(
                tallies[place], schema[place], values: source.columns[place], sample: sample.columns[place],
                isTarget: schema[place].name == target, isSensitive: sensitive.contains(schema[place].name))
        }
        self.columns = columns

        let compared = DataHealth.thinned(sample, to: DataHealth.compared)
        let worthy = columns.filter { !$0.isConstant && !$0.isIdentifier }.map(\.name)
        associations = try Association.all(in: compared, of: worthy)

        var (task, classes): (LearningTask?, [(name: String, count: Int)]) = (nil, [])
        if let target {
            let found = try sample.suggestedTask(of: target)
            let judged = DataHealth.thinned(sample, to: DataHealth.judged)
            judgedCount = judged.rowCount
            let features = columns.filter {
                $0.name != target && !$0.isConstant && !$0.roles.contains(.ignored) && !$0.roles.contains(.identifier)
            }
            singleScores = try SingleColumnScore.all(in: judged, of: features.map(\.name), target: target, task: found)
            let counts = tallies.first { $0.name == target }?.valueCounts
            classes = found == .classification ? (counts ?? []).map { (name: $0.value, count: $0.count) } : []
            task = found
        } else {
            (judgedCount, singleScores) = (0, [])
        }
        self.task = task
        classCounts = classes
        groupings = scan.groups.map { GroupHealth.all($0, task: task, classes: classes.map(\.name)) } ?? []
        findings = HealthFinding.all(
            rowCount: rowCount, columns: columns, duplicates: (duplicateRows, duplicatesAreExact),
            classCounts: classCounts, associations: associations, scores: singleScores, target: target, task: task,
            groupings: groupings)
    }

    /// At most `count` rows, evenly taken.
    private static func thinned(_ frame: DataFrame, to count: Int) -> DataFrame {
        guard frame.rowCount > count else { return frame }
        return (try? frame.selecting(rows: (0..<count).map { $0 * frame.rowCount / count })) ?? frame
    }
}

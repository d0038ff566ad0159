import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn

/// How well one column alone predicts the target, on rows that were held out.
///
/// Five folds; a shallow tree for numbers, the shares of the levels for text. A column that alone predicts nearly
/// everything often knows the answer from after the event: a leak.
public struct SingleColumnScore: Sendable, Hashable {
    /// The column.
    public let column: String
    /// The area under the ROC curve (of several classes the mean, each against the rest) or R² for numbers.
    public let value: Double

    /// From which score on a column is suspected to be a leak.
    public static func threshold(_ task: LearningTask) -> Double { task == .classification ? 0.98 : 0.95 }

    private static let folds = 5
    /// How many different classes are judged.
    static let mostClasses = 50

    /// The scores of columns, the highest first; columns whose score is not defined are left out.
    ///
    /// - Parameters:
    ///   - frame: The rows; those without a target are left out.
    static func all(
        in frame: DataFrame, of names: [String], target: String, task: LearningTask
    ) throws -> [SingleColumnScore] {
        let column: Column = try frame[target]
        let rows = (0..<frame.rowCount).filter { !column.missing[$0] }
        guard rows.count >= 4 * folds else { return [] }
        let frame = try frame.selecting(rows: rows)
        var order = Array(0..<rows.count)
        var random = RandomState(seed: 0)
        for place in order.indices.reversed() where place > 0 {
            order.swapAt(place, Int(random.longWord() % UInt64(place + 1)))
        }
        var places = [Int](repeating: 0, count: rows.count)
        for (place, row) in order.enumerated() { places[row] = place % folds }
        let fold = places
        let columns = try names.map { try frame[$0] as Column }
        let scores: [Double?]
        switch task {
        case .classification:
            let labels = try frame.labels(of: target).compacted
            guard labels.classes.count > 1, labels.classes.count <= mostClasses else { return [] }
            scores = try Parallel.tryMap(columns.count) { try classification(columns[$0], labels, fold) }
        case .regression:
            let truth = try frame.numbers(of: target)
            guard truth.allSatisfy(\.isFinite) else { return [] }
            scores = try Parallel.tryMap(columns.count) { try regression(columns[$0], truth, fold) }
        }
        return zip(names, scores).compactMap { name, score in score.map { SingleColumnScore(column: name, value: $0) } }
            .sorted { $0.value == $1.value ? $0.column < $1.column : $0.value > $1.value }
    }

    /// The numbers of a column with infinite ones missing; nil for text.
    private static func finite(_ column: Column) throws -> [Double]? {
        column.type.isNumeric ? try column.numbers().map { $0.isFinite ? $0 : .nan } : nil
    }

    private static func levelCodes(_ column: Column) -> (codes: [Int], count: Int) {
        guard case .categorical(let codes, let levels) = column.asCategorical().values else { return ([], 0) }
        return (codes.map { $0 < 0 ? levels.count : Int($0) }, levels.count + 1)
    }

    private static func classification(_ column: Column, _ labels: Labels, _ fold: [Int]) throws -> Double? {
        let width = labels.classes.count
        var probabilities = [Double](repeating: 0, count: fold.count * width)
        let numbers = try finite(column)
        let (codes, levels) = numbers == nil ? levelCodes(column) : ([], 0)
        for k in 0..<folds {
            let (learned, judged) = (fold.indices.filter { fold[$0] != k }, fold.indices.filter { fold[$0] == k })
            if let numbers {
                let tree = DecisionTreeClassifier(maxDepth: 6, minSamplesLeaf: 5)
                let known = labels.selecting(rows: learned).compacted
                guard known.classes.count > 1 else { return nil }
                let model = try tree.fit(
                    Matrix(rows: learned.count, columns: 1, values: learned.map { numbers[$0] }), known)
                let shares = try model.predictProba(
                    Matrix(rows: judged.count, columns: 1, values: judged.map { numbers[$0] }))
                let places = known.classes.names.map { labels.classes.names.firstIndex(of: $0) ?? 0 }
                for (place, row) in judged.enumerated() {
                    for (c, value) in shares.row(place).enumerated() { probabilities[row * width + places[c]] = value }
                }
            } else {
                var (counts, totals) = (
                    [Double](repeating: 0, count: levels * width), [Double](repeating: 0, count: width)
                )
                for row in learned {
                    counts[codes[row] * width + labels.codes[row]] += 1
                    totals[labels.codes[row]] += 1
                }
                for row in judged {
                    // One row's worth of the overall shares, so that a level that is new or rare says little.
                    let level = counts[codes[row] * width..<(codes[row] + 1) * width]
                    let size = level.reduce(0, +) + 1
                    for (c, count) in level.enumerated() {
                        probabilities[row * width + c] = (count + totals[c] / Double(learned.count)) / size
                    }
                }
            }
        }
        if width == 2 {
            return try rocAUCScore(labels, scores: fold.indices.map { probabilities[$0 * 2 + 1] }).value
        }
        // A class that a fold did not learn leaves shares that do not add up to 1.
        for row in fold.indices {
            let sum = probabilities[row * width..<(row + 1) * width].reduce(0, +)
            for c in 0..<width {
                probabilities[row * width + c] = sum > 0 ? probabilities[row * width + c] / sum : 1 / Double(width)
            }
        }
        return try rocAUCScore(
            labels, probabilities: Matrix(rows: fold.count, columns: width, values: probabilities)
        ).value
    }

    private static func regression(_ column: Column, _ truth: [Double], _ fold: [Int]) throws -> Double? {
        var predictions = [Double](repeating: 0, count: fold.count)
        let numbers = try finite(column)
        let (codes, levels) = numbers == nil ? levelCodes(column) : ([], 0)
        for k in 0..<folds {
            let (learned, judged) = (fold.indices.filter { fold[$0] != k }, fold.indices.filter { fold[$0] == k })
            if let numbers {
                let model = try DecisionTreeRegressor(maxDepth: 8, minSamplesLeaf: 5).fit(
                    Matrix(rows: learned.count, columns: 1, values: learned.map { numbers[$0] }),
                    learned.map { truth[$0] })
                let values = try model.predict(
                    Matrix(rows: judged.count, columns: 1, values: judged.map { numbers[$0] }))
                for (place, row) in judged.enumerated() { predictions[row] = values[place] }
            } else {
                var (sums, counts) = ([Double](repeating: 0, count: levels), [Double](repeating: 0, count: levels))
                for row in learned {
                    sums[codes[row]] += truth[row]
                    counts[codes[row]] += 1
                }
                let mean = learned.reduce(0) { $0 + truth[$1] } / Double(learned.count)
                for row in judged { predictions[row] = (sums[codes[row]] + mean) / (counts[codes[row]] + 1) }
            }
        }
        return try r2Score(truth, predictions).value
    }
}

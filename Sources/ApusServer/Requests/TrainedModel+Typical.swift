import Apus
import ApusCore
import ApusFrame

extension TrainedModel {
    /// A row like those of the training: the mean of numbers, the most frequent of the levels.
    var typicalRow: [Cell] {
        let references = Dictionary(summary.references.map { ($0.column, $0) }, uniquingKeysWith: { first, _ in first })
        return encoder.inputColumns.map { column in
            switch column.schema.type {
            case .double, .dateTime: column.replacement == .missing ? .number(column.mean) : column.replacement
            case .int: column.replacement == .missing ? .number(column.mean.rounded()) : column.replacement
            case .bool: .flag(false)
            case .string, .categorical:
                (references[column.schema.name]?.mostFrequent(of: column.levels) ?? column.levels.first)
                    .map { .text($0) } ?? .missing
            }
        }
    }

    /// The largest number that every column can hold without the predictions running out of numbers: trees compare in 32
    /// bits, kernels take powers, columns may be scaled. Found by trying.
    var largestNumber: Double {
        // Far above any that is measured, and its square is still a number.
        let candidates = [1e100, 3.4e38, 1e30, 1e20]
        return candidates.first(where: takes) ?? 1e12
    }

    /// Whether rows of numbers of a size, in four patterns of signs, can be predicted.
    private func takes(_ size: Double) -> Bool {
        let typical = typicalRow
        let rows = [0, 1, 2, 3].map { pattern in
            typical.enumerated().map { place, cell -> Cell in
                guard case .number = cell else { return cell }
                return .number((pattern >> (place & 1)) & 1 == 0 ? size : -size)
            }
        }
        guard let prediction = try? predict(rows: rows, probabilities: givesProbabilities) else { return false }
        if case .numbers(let numbers) = prediction.values, !numbers.allSatisfy(\.isFinite) { return false }
        return prediction.probabilities.map { $0.values.allSatisfy(\.isFinite) } ?? true
    }
}

extension TrainingSummary.Reference {
    /// The level that occurred most often, if it is one of those that the model knows.
    fileprivate func mostFrequent(of known: [String]) -> String? {
        zip(levels, counts).max { $0.1 < $1.1 }.flatMap { known.contains($0.0) ? $0.0 : nil }
    }
}

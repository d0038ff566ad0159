import Apus
import ApusCore
import ApusFrame
import ApusTrust

/// What is counted of a model's predictions and outcomes, and the place of each count in a block.
struct MonitorLayout: Sendable {
    /// A sensitive column, its groups and the places of their counts.
    struct Groups: Sendable {
        /// The place of the column among the model's inputs, or after them among the columns that are only watched.
        let input: Int
        /// How values make groups.
        let rule: GroupRule
        /// The names of the groups: those of training, then the others and those without a value.
        let names: [String]
        private let places: [String: Int]
        private let holdsTimes: Bool
        /// The place of the first group's counts among predictions, three each: rows, positive predictions, labelled.
        let firstPrediction: Int
        /// The place of the first group's sum of predicted numbers.
        let firstSum: Int
        /// The place of the first group's counts among outcomes, six each.
        let firstOutcome: Int
        /// The place of the first group's sum of absolute errors among outcomes.
        let firstError: Int

        /// The name of the group of values that did not occur in training.
        static let others = "(other)"

        init(
            _ rule: GroupRule, _ input: Int, holdsTimes: Bool, firstPrediction: Int, firstSum: Int,
            firstOutcome: Int, firstError: Int
        ) {
            self.rule = rule
            self.input = input
            self.holdsTimes = holdsTimes
            names = rule.values + [Self.others, GroupRule.missing]
            places = Dictionary(zip(rule.values, 0...), uniquingKeysWith: { first, _ in first })
            self.firstPrediction = firstPrediction
            self.firstSum = firstSum
            self.firstOutcome = firstOutcome
            self.firstError = firstError
        }

        /// The group of a value.
        func group(of cell: Cell) -> Int {
            guard cell != .missing else { return names.count - 1 }
            if rule.bounds.isEmpty { return places[cell.description] ?? names.count - 2 }
            let value: Double? =
                switch cell {
                case .number(let value): value
                case .flag(let flag): flag ? 1 : 0
                case .text(let text): holdsTimes ? DateTime(text)?.secondsSince1970 : Double(text)
                case .missing: nil
                }
            return value.map(rule.quarter) ?? names.count - 2
        }
    }

    /// Counts of an outcome group: labelled, right, and of two classes the four cells.
    static let outcomeWidth = 6

    let columns: [(input: Int, column: MonitoredColumn)]
    let groups: [Groups]
    /// The classes as text; empty for a regressor.
    let classes: [String]
    let isRegression: Bool
    /// The scores of the predictions, where the reference has them.
    let scores: MonitoredColumn?
    /// The reference of the predictions.
    let predictions: PredictionReference?
    /// The place of the first class's count.
    let firstClass: Int
    /// The place of the two counts that the estimate of performance needs: predictions of the last of two classes, and all
    /// that have probabilities. Its three sums: of the probability that a predicted last class is right, of the last class
    /// where it is not predicted, and of the variance; of more classes the first is that of the predicted class.
    let firstEstimate: (count: Int, sum: Int)
    /// The place of the count of predictions whose outcome is known.
    let labelled: Int
    let emptyPredictions: BlockCounts
    let emptyOutcomes: BlockCounts

    /// The most classes whose confusions are counted.
    static let confusedClasses = 40

    /// Whether the confusions of the classes are counted.
    var countsConfusions: Bool { (2...Self.confusedClasses).contains(classes.count) }

    /// The layout for a model.
    init(_ model: TrainedModel) {
        let inputs = model.encoder.inputColumns
        let summary = model.summary
        var (count, sum) = (0, 0)
        let references = Dictionary(
            summary.references.map { ($0.column, $0) }, uniquingKeysWith: { first, _ in first })
        var columns: [(Int, MonitoredColumn)] = []
        for (place, input) in inputs.enumerated() {
            guard let reference = references[input.schema.name],
                let column = MonitoredColumn(reference, input, firstCount: count, firstSum: sum)
            else { continue }
            count += column.countWidth
            sum += column.sumWidth
            columns.append((place, column))
        }
        self.columns = columns
        classes = model.classes?.names ?? []
        isRegression = model.classes == nil
        firstClass = count
        count += classes.count
        predictions = summary.predictions
        scores = summary.predictions?.scores.flatMap {
            MonitoredColumn(scores: $0, firstCount: count, firstSum: sum)
        }
        count += scores?.countWidth ?? 0
        sum += scores?.sumWidth ?? 0
        firstEstimate = (count, sum)
        labelled = count + 2
        count += 3
        sum += 3
        // Outcomes: how many, how many right; the confusions; the sums of errors and of squared errors.
        var outcome = 2 + (2...Self.confusedClasses ~= classes.count ? classes.count * classes.count : 0)
        var error = 3
        var groups: [Groups] = []
        let names = inputs.map(\.schema.name) + model.watchedColumns.map(\.column)
        for rule in summary.groupRules ?? [] {
            guard let input = names.firstIndex(of: rule.column) else { continue }
            let made = Groups(
                rule, input, holdsTimes: input < inputs.count && inputs[input].schema.type == .dateTime,
                firstPrediction: count,
                firstSum: sum, firstOutcome: outcome, firstError: error)
            count += 3 * made.names.count
            sum += made.names.count
            outcome += Self.outcomeWidth * made.names.count
            error += made.names.count
            groups.append(made)
        }
        self.groups = groups
        emptyPredictions = BlockCounts(counts: count, sums: sum)
        emptyOutcomes = BlockCounts(counts: outcome, sums: error)
    }

    // MARK: Counting

    /// Counts a row and what was predicted for it.
    func count(_ cells: [Cell], _ prediction: Prediction, row: Int, in block: inout BlockCounts) {
        for (input, column) in columns where input < cells.count { column.count(cells[input], in: &block) }
        var isPositive = false
        var number = 0.0
        switch prediction.values {
        case .numbers(let numbers):
            number = numbers[row]
            scores?.count(number, in: &block)
        case .labels(let labels):
            let code = labels.codes[row]
            guard code < classes.count else { return }
            block.counts[firstClass + code] += 1
            isPositive = code == classes.count - 1
            if let probabilities = prediction.probabilities { count(probabilities, row, code, &block) }
        }
        for group in groups {
            // A column that is only watched need not be sent.
            let place = group.group(of: group.input < cells.count ? cells[group.input] : .missing)
            block.counts[group.firstPrediction + 3 * place] += 1
            if isPositive { block.counts[group.firstPrediction + 3 * place + 1] += 1 }
            if isRegression, number.isFinite { block.sums[group.firstSum + place] += number }
        }
    }

    private func count(_ probabilities: Matrix, _ row: Int, _ code: Int, _ block: inout BlockCounts) {
        let isBinary = classes.count == 2
        let score = probabilities[row, isBinary ? 1 : code]
        guard score.isFinite else { return }
        scores?.count(score, in: &block)
        let probability = predictions?.calibrated(score) ?? min(max(score, 0), 1)
        let (count, sum) = firstEstimate
        block.counts[count + 1] += 1
        if !isBinary || code == 1 {
            block.counts[count] += 1
            block.sums[sum] += probability
        } else {
            block.sums[sum + 1] += probability
        }
        block.sums[sum + 2] += probability * (1 - probability)
    }

    /// Counts that an earlier prediction has its true label.
    func countLabel(_ groupPlaces: [Int?], in block: inout BlockCounts) {
        block.counts[labelled] += 1
        for (group, place) in zip(groups, groupPlaces) {
            if let place { block.counts[group.firstPrediction + 3 * place + 2] += 1 }
        }
    }

    /// Counts an outcome.
    func count(_ outcome: JoinedOutcome.Pair, _ groupPlaces: [Int?], in block: inout BlockCounts) {
        block.counts[0] += 1
        switch outcome {
        case .numbers(let predicted, let truth):
            let error = predicted - truth
            guard error.isFinite else { return }
            block.sums[0] += error.magnitude
            block.sums[1] += error * error
            block.sums[2] += error
            for (group, place) in zip(groups, groupPlaces) {
                guard let place else { continue }
                block.counts[group.firstOutcome + Self.outcomeWidth * place] += 1
                block.sums[group.firstError + place] += error.magnitude
            }
        case .classes(let predicted, let truth):
            let isRight = predicted == truth
            if isRight { block.counts[1] += 1 }
            if countsConfusions { block.counts[2 + truth * classes.count + predicted] += 1 }
            let last = classes.count - 1
            for (group, place) in zip(groups, groupPlaces) {
                guard let place else { continue }
                let first = group.firstOutcome + Self.outcomeWidth * place
                block.counts[first] += 1
                if isRight { block.counts[first + 1] += 1 }
                // True and false positives, then false and true negatives.
                let cell = predicted == last ? (truth == last ? 2 : 3) : (truth == last ? 4 : 5)
                block.counts[first + cell] += 1
            }
        }
    }
}

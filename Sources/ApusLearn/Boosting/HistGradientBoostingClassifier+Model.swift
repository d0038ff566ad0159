@_spi(Trusted) import ApusCore

extension HistGradientBoostingClassifier {
    /// A boosted classifier.
    public struct Model: DecisionModel {
        /// `hist-gradient-boosting`.
        public static let catalogName = HistGradientBoostingClassifier.catalogName

        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// The trees.
        public let trees: BoostedTrees
        /// The negated mean loss of the training rows before the first iteration and after each; empty without early
        /// stopping.
        public let trainScore: [Double]
        /// The negated mean loss of the held-out rows before the first iteration and after each; empty where none were
        /// held out.
        public let validationScore: [Double]

        /// The number of columns that it was fitted on.
        public var featureCount: Int { trees.featureCount }
        /// How many iterations there were.
        public var iterations: Int { trees.iterations }

        private var loss: BoostingLoss { Self.loss(classes) }

        private static func loss(_ classes: Labels.Classes) -> BoostingLoss {
            classes.count == 2 ? .binary : .multinomial(classes: classes.count)
        }

        /// The scores of each row: n × 1 for two classes, positive for the second; n × K for more.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func decisionFunction(_ x: Matrix) throws -> Matrix { try trees.scores(x) }

        /// The class with the highest score; of equal ones the first.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> Labels { Self.labels(try trees.scores(x), classes) }

        /// The probability of each class for each row: n × K.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predictProba(_ x: Matrix) throws -> Matrix { loss.answers(try trees.scores(x)) }

        /// The scores after each iteration.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func stagedDecisionFunction(_ x: Matrix) throws -> StagedPredictions<Matrix> {
            try StagedPredictions(trees, x) { $0 }
        }

        /// The classes after each iteration.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func stagedPredict(_ x: Matrix) throws -> StagedPredictions<Labels> {
            let classes = classes
            return try StagedPredictions(trees, x) { Self.labels($0, classes) }
        }

        /// The probabilities after each iteration.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func stagedPredictProba(_ x: Matrix) throws -> StagedPredictions<Matrix> {
            let loss = loss
            return try StagedPredictions(trees, x) { loss.answers($0) }
        }

        private static func labels(_ scores: Matrix, _ classes: Labels.Classes) -> Labels {
            let width = scores.columns
            if width == 1 { return Labels(trustedCodes: scores.values.map { $0 > 0 ? 1 : 0 }, classes: classes) }
            let codes = (0..<scores.rows).map { i in
                (1..<width).reduce(0) { scores.values[i * width + $1] > scores.values[i * width + $0] ? $1 : $0 }
            }
            return Labels(trustedCodes: codes, classes: classes)
        }

        init(classes: Labels.Classes, trees: BoostedTrees, trainScore: [Double], validationScore: [Double]) {
            self.classes = classes
            self.trees = trees
            self.trainScore = trainScore
            self.validationScore = validationScore
        }
    }
}

extension HistGradientBoostingClassifier.Model {
    /// Puts the trees and the classes into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(trainScore, as: "train-score")
        archive.store(validationScore, as: "validation-score")
        trees.encode(into: &archive)
    }

    /// Takes a model out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        let classes = try archive.classes("classes")
        guard classes.count >= 2 else { throw archive.damaged("there are fewer than two classes") }
        let trees = try BoostedTrees(from: archive)
        guard trees.outputs == Self.loss(classes).outputs else {
            throw archive.damaged("\(classes.count) classes have \(trees.outputs) scores")
        }
        self.init(
            classes: classes, trees: trees, trainScore: try archive.doubles("train-score"),
            validationScore: try archive.doubles("validation-score"))
    }
}

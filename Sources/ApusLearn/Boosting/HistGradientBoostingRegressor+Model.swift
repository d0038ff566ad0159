import ApusCore

extension HistGradientBoostingRegressor {
    /// A boosted regressor.
    public struct Model: RegressorModel {
        /// `hist-gradient-boosting`.
        public static let catalogName = HistGradientBoostingRegressor.catalogName

        /// The loss it was fitted with, which says whether scores are logarithms.
        public let loss: Loss
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

        /// The predicted number of each row.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func predict(_ x: Matrix) throws -> [Double] { link.answers(try trees.scores(x)).values }

        /// The predicted numbers after each iteration.
        ///
        /// - Throws: `ApusError` with code `shapeMismatch` or `invalidInput`.
        public func stagedPredict(_ x: Matrix) throws -> StagedPredictions<[Double]> {
            let link = link
            return try StagedPredictions(trees, x) { link.answers($0).values }
        }

        /// A loss with the same relation of score and prediction.
        private var link: BoostingLoss { loss == .poisson || loss == .gamma ? .poisson : .squared }

        init(loss: Loss, trees: BoostedTrees, trainScore: [Double], validationScore: [Double]) {
            self.loss = loss
            self.trees = trees
            self.trainScore = trainScore
            self.validationScore = validationScore
        }
    }
}

extension HistGradientBoostingRegressor.Model {
    /// Puts the trees into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(.string(loss.rawValue), as: "loss")
        archive.store(trainScore, as: "train-score")
        archive.store(validationScore, as: "validation-score")
        trees.encode(into: &archive)
    }

    /// Takes a model out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let loss = HistGradientBoostingRegressor.Loss(rawValue: try archive.string("loss")) else {
            throw archive.damaged("the loss is unknown")
        }
        let trees = try BoostedTrees(from: archive)
        guard trees.outputs == 1 else { throw archive.damaged("a regression has \(trees.outputs) scores") }
        self.init(
            loss: loss, trees: trees, trainScore: try archive.doubles("train-score"),
            validationScore: try archive.doubles("validation-score"))
    }
}

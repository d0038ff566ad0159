import ApusCore

extension ExtraTreesRegressor {
    /// A fitted forest that predicts a number.
    public struct Model: ForestRegressorModel {
        /// `extra-trees`.
        public static let catalogName = ExtraTreesRegressor.catalogName

        /// The trees; the value of a node is the number it predicts.
        public let forest: Forest
        /// What the trees say of the training rows that they did not draw, if that was asked for.
        public let outOfBag: OutOfBagRegression?

        /// A model of the given parts.
        public init(forest: Forest, outOfBag: OutOfBagRegression?) {
            self.forest = forest
            self.outOfBag = outOfBag
        }
    }
}

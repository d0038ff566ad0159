import ApusCore

extension ExtraTreesClassifier {
    /// A fitted forest that tells classes apart.
    public struct Model: ForestClassifierModel {
        /// `extra-trees`.
        public static let catalogName = ExtraTreesClassifier.catalogName

        /// The trees; the value of a node holds the share of each class.
        public let forest: Forest
        /// The classes it can answer, ascending.
        public let classes: Labels.Classes
        /// What the trees say of the training rows that they did not draw, if that was asked for.
        public let outOfBag: OutOfBagClassification?

        /// A model of the given parts.
        public init(forest: Forest, classes: Labels.Classes, outOfBag: OutOfBagClassification?) {
            self.forest = forest
            self.classes = classes
            self.outOfBag = outOfBag
        }
    }
}

import ApusCore

extension DecisionTreeRegressor {
    /// A fitted tree that predicts a number.
    public struct Model: RegressorModel {
        /// `decision-tree`.
        public static let catalogName = DecisionTreeRegressor.catalogName

        /// The tree; the value of a node is the number it predicts.
        public let tree: Tree

        /// The number of columns that it was fitted on.
        public var featureCount: Int { tree.featureCount }
        /// How much each feature lowers the impurity, scaled to a sum of 1.
        public var featureImportances: [Double] { tree.featureImportances }
        /// The depth of the deepest leaf.
        public var depth: Int { tree.depth }
        /// The number of leaves.
        public var leafCount: Int { tree.leafCount }

        /// The value of each row's leaf.
        public func predict(_ x: Matrix) throws -> [Double] { try tree.leafValues(x) }

        /// The node index of each row's leaf.
        public func apply(_ x: Matrix) throws -> [Int] { try tree.apply(x) }

        /// The nodes that each row passes, from the root to its leaf.
        public func decisionPath(_ x: Matrix) throws -> [[Int]] { try tree.decisionPath(x) }

        /// Puts the tree into an archive.
        public func encode(into archive: inout ModelArchive) { tree.encode(into: &archive) }

        /// Takes a model out of an archive.
        public init(from archive: ModelArchive) throws {
            let tree = try Tree(from: archive)
            guard tree.valueWidth == 1 else {
                throw archive.damaged("a tree that predicts one number has \(tree.valueWidth) values at a node")
            }
            self.init(tree: tree)
        }

        init(tree: Tree) { self.tree = tree }
    }
}

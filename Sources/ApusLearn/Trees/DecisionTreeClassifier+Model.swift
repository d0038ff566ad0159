import ApusCore

extension DecisionTreeClassifier {
    /// A fitted tree that tells classes apart.
    public struct Model: ClassifierModel {
        /// `decision-tree`.
        public static let catalogName = DecisionTreeClassifier.catalogName

        /// The tree; the value of a node holds the share of each class.
        public let tree: Tree
        /// The classes it can answer, ascending.
        public let classes: Labels.Classes

        /// The number of columns that it was fitted on.
        public var featureCount: Int { tree.featureCount }
        /// How much each feature lowers the impurity, scaled to a sum of 1.
        public var featureImportances: [Double] { tree.featureImportances }
        /// The depth of the deepest leaf.
        public var depth: Int { tree.depth }
        /// The number of leaves.
        public var leafCount: Int { tree.leafCount }

        /// The most frequent class of each row's leaf; the first of equally frequent ones.
        public func predict(_ x: Matrix) throws -> Labels {
            let best = (0..<tree.nodeCount).map { node in
                let shares = tree.value(node)
                var best = shares.startIndex
                for k in shares.indices where shares[k] > shares[best] { best = k }
                return best - shares.startIndex
            }
            let codes = try tree.leaves(x).map { best[Int($0)] }
            return try Labels(codes: codes, classes: classes)
        }

        /// The share of each class in each row's leaf.
        public func predictProba(_ x: Matrix) throws -> Matrix {
            Matrix(rows: x.rows, columns: classes.count, values: try tree.leafValues(x))
        }

        /// The node index of each row's leaf.
        public func apply(_ x: Matrix) throws -> [Int] { try tree.apply(x) }

        /// The nodes that each row passes, from the root to its leaf.
        public func decisionPath(_ x: Matrix) throws -> [[Int]] { try tree.decisionPath(x) }

        /// Puts the tree and the classes into an archive.
        public func encode(into archive: inout ModelArchive) {
            archive.store(classes, as: "classes")
            tree.encode(into: &archive)
        }

        /// Takes a model out of an archive.
        public init(from archive: ModelArchive) throws {
            let classes = try archive.classes("classes")
            let tree = try Tree(from: archive)
            guard tree.valueWidth == classes.count else {
                throw archive.damaged("a tree of \(classes.count) classes has \(tree.valueWidth) values at a node")
            }
            self.init(tree: tree, classes: classes)
        }

        init(tree: Tree, classes: Labels.Classes) {
            self.tree = tree
            self.classes = classes
        }
    }
}

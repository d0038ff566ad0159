/// A decision tree drawn as cards joined by branches, the root on top, the left branch for yes.
///
/// Each card says the question and how many rows came by, and shows as a bar which classes they belong to or, for
/// numbers, where the prediction lies between the smallest and the largest one of the tree. The thicker a branch, the
/// more rows take it. The picture is as large as the tree needs.
///
///     try model.diagram(featureNames: names).write(svg: "tree.svg")
public struct TreeDiagram: Sendable, Hashable {
    /// A card of the picture.
    public struct Node: Sendable, Hashable {
        /// The question, such as `age ≤ 42`; nil at a leaf.
        public var question: String?
        /// The answer: the class or the number that is predicted here.
        public var answer: String
        /// A line of facts, such as `gini 0.48, 120 rows`.
        public var facts: String
        /// The share of each class, or one share from 0 to 1 of the way between the smallest and the largest number.
        public var shares: [Double]
        /// The part of all rows that reached this card, 0 to 1.
        public var weight: Double
        /// The places of the two children in the list of nodes, the one for yes first; nil at a leaf.
        public var children: [Int]
        /// How many further cards below are left out; more than 0 only where the picture is cut at a depth.
        public var hidden: Int

        /// A card.
        public init(
            question: String?, answer: String, facts: String, shares: [Double], weight: Double, children: [Int],
            hidden: Int = 0
        ) {
            self.question = question
            self.answer = answer
            self.facts = facts
            self.shares = shares
            self.weight = weight
            self.children = children
            self.hidden = hidden
        }
    }

    /// The most cards that are drawn; a larger picture cannot be read.
    public static let mostNodes = 2047

    let nodes: [Node]
    let classes: [String]
    let title: String

    /// - Parameters:
    ///   - nodes: The cards, the root first and each child after its parent. Links that break this rule are left out.
    ///   - classes: The names that belong to `shares`; empty for a tree that predicts numbers.
    ///   - title: What stands above the picture.
    public init(nodes: [Node], classes: [String] = [], title: String = "Decision tree") {
        let kept = Array(nodes.prefix(Self.mostNodes))
        var parents = [Int](repeating: -1, count: kept.count)
        self.nodes = kept.indices.map { index in
            var node = kept[index]
            node.children = node.children.filter { $0 > index && $0 < kept.count && parents[$0] < 0 }
            for child in node.children { parents[child] = index }
            return node
        }
        self.classes = classes
        self.title = title
    }

    /// The picture as a self-contained SVG document, as wide and high as the tree needs.
    public func svg(theme: ChartTheme = .automatic) -> String {
        TreeDiagramRenderer(self).document(theme)
    }

    /// Writes the picture as an SVG file, under a temporary name that is exchanged for `path` when it is complete.
    ///
    /// - Throws: `ApusError(.unwritableFile)` when the file cannot be written; an existing file is then unchanged.
    public func write(svg path: String, theme: ChartTheme = .automatic) throws {
        try PictureFile.write(svg(theme: theme), to: path)
    }
}

import ApusCore

/// A fitted forest that tells classes apart: its answer is the mean of its trees' class shares.
public protocol ForestClassifierModel: ClassifierModel {
    /// The trees; the value of a node holds the share of each class.
    var forest: Forest { get }
    /// What the trees say of the training rows that they did not draw, if that was asked for.
    var outOfBag: OutOfBagClassification? { get }

    /// A model of the given parts.
    init(forest: Forest, classes: Labels.Classes, outOfBag: OutOfBagClassification?)
}

extension ForestClassifierModel {
    /// The number of columns that it was fitted on.
    public var featureCount: Int { forest.featureCount }
    /// The trees, in the order of their seeds.
    public var trees: [Tree] { forest.trees }
    /// How much each feature lowers the impurity, scaled to a sum of 1.
    public var featureImportances: [Double] { forest.featureImportances }

    /// The class with the greatest mean share; the first of equal ones.
    public func predict(_ x: Matrix) throws -> Labels {
        let means = try forest.means(x)
        let width = classes.count
        let codes = (0..<x.rows).map { row in
            var best = row * width
            for k in row * width..<(row + 1) * width where means[k] > means[best] { best = k }
            return best - row * width
        }
        return try Labels(codes: codes, classes: classes)
    }

    /// The mean over the trees of the share of each class in each row's leaf: n × K.
    public func predictProba(_ x: Matrix) throws -> Matrix {
        Matrix(rows: x.rows, columns: classes.count, values: try forest.means(x))
    }

    /// The node index of each row's leaf in each tree: n lists of one index a tree.
    public func apply(_ x: Matrix) throws -> [[Int]] { try forest.apply(x) }

    /// Puts the trees and the classes into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        forest.encode(into: &archive)
        outOfBag?.encode(into: &archive)
    }

    /// Takes a model out of an archive.
    public init(from archive: ModelArchive) throws {
        let classes = try archive.classes("classes")
        let forest = try Forest(from: archive)
        guard forest.valueWidth == classes.count else {
            throw archive.damaged("trees of \(classes.count) classes have \(forest.valueWidth) values at a node")
        }
        let hasOutOfBag = archive.tensors["oob-decision"] != nil || archive.attributes["oob-score"] != nil
        self.init(
            forest: forest, classes: classes,
            outOfBag: hasOutOfBag ? try OutOfBagClassification(from: archive, width: classes.count) : nil)
    }
}

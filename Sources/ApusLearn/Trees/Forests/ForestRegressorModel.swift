import ApusCore

/// A fitted forest that predicts a number: the mean of its trees' numbers.
public protocol ForestRegressorModel: RegressorModel {
    /// The trees; the value of a node is the number it predicts.
    var forest: Forest { get }
    /// What the trees say of the training rows that they did not draw, if that was asked for.
    var outOfBag: OutOfBagRegression? { get }

    /// A model of the given parts.
    init(forest: Forest, outOfBag: OutOfBagRegression?)
}

extension ForestRegressorModel {
    /// The number of columns that it was fitted on.
    public var featureCount: Int { forest.featureCount }
    /// The trees, in the order of their seeds.
    public var trees: [Tree] { forest.trees }
    /// How much each feature lowers the impurity, scaled to a sum of 1.
    public var featureImportances: [Double] { forest.featureImportances }

    /// The mean over the trees of the value of each row's leaf.
    public func predict(_ x: Matrix) throws -> [Double] { try forest.means(x) }

    /// The node index of each row's leaf in each tree: n lists of one index a tree.
    public func apply(_ x: Matrix) throws -> [[Int]] { try forest.apply(x) }

    /// Puts the trees into an archive.
    public func encode(into archive: inout ModelArchive) {
        forest.encode(into: &archive)
        outOfBag?.encode(into: &archive)
    }

    /// Takes a model out of an archive.
    public init(from archive: ModelArchive) throws {
        let forest = try Forest(from: archive)
        guard forest.valueWidth == 1 else {
            throw archive.damaged("trees that predict one number have \(forest.valueWidth) values at a node")
        }
        let hasOutOfBag = archive.tensors["oob-prediction"] != nil || archive.attributes["oob-score"] != nil
        self.init(forest: forest, outOfBag: hasOutOfBag ? try OutOfBagRegression(from: archive) : nil)
    }
}

/// What minimal cost-complexity pruning makes of a tree as leaves grow more expensive.
public struct PruningPath: Sendable, Equatable {
    /// The prices of a leaf from which on the tree is smaller, ascending from 0.
    public let alphas: [Double]
    /// The impurity of the leaves that are left at each price, weighted by their part of the samples.
    public let impurities: [Double]
}

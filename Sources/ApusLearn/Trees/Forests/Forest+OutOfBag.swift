import ApusCore

extension Forest {
    /// For each training row the mean value over the trees that did not draw it, and how many those are.
    ///
    /// - Parameters:
    ///   - x: The training rows.
    ///   - drawn: For each tree one bit a row: whether it was drawn.
    func outOfBagMeans(_ x: Matrix, drawn: [[UInt64]]) throws -> (means: [Double], trees: [Int]) {
        try ForestWalkKernel.outOfBagMeans(
            trees.map(\.walk), values: trees.map(\.values), width: valueWidth, drawn: drawn, of: x)
    }
}

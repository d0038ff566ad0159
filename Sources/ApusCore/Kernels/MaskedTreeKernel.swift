import CApusKernels

/// What trees say of a row for many coalitions of features, the others coming from other rows.
///
/// No such row is made. A tree is reduced to the nodes at which the row and another one part ways, and these are walked with
/// the coalitions as bits: each word leads 64 of them to the leaves.
@_documentation(visibility: internal)
public enum MaskedTreeKernel {
    /// Coalitions of features as bits.
    public struct Coalitions: Sendable {
        /// How many there are.
        public let count: Int
        let words: Int
        /// Features × words.
        let bits: [UInt64]

        /// Coalitions by what they contain.
        ///
        /// - Parameters:
        ///   - count: How many there are.
        ///   - features: Of how many features.
        ///   - contains: Whether a coalition, the first number, has a feature, the second.
        public init(count: Int, features: Int, contains: (Int, Int) -> Bool) {
            let words = (count + 63) / 64
            var bits = [UInt64](repeating: 0, count: features * words)
            for coalition in 0..<count {
                for feature in 0..<features where contains(coalition, feature) {
                    bits[feature * words + coalition >> 6] |= 1 << UInt64(coalition & 63)
                }
            }
            self.count = count
            self.words = words
            self.bits = bits
        }
    }

    /// The sum of the trees for each coalition, on average over the other rows: coalitions × outputs.
    ///
    /// - Parameters:
    ///   - trees: The trees.
    ///   - row: A value for each column, as the trees compare them.
    ///   - others: The other rows.
    ///   - weights: Their weights, which add up to 1.
    ///   - features: The feature of each column; -1 for columns in which the row does not differ from the others.
    ///   - coalitions: The coalitions of the features.
    ///   - outputs: How many outputs the trees have together.
    public static func means(
        _ trees: [TreeShapKernel.Tree], _ row: [Double], others: Matrix, weights: [Double], features: [Int32],
        coalitions: Coalitions, outputs: Int
    ) -> [Double] {
        let size = 64 * coalitions.words
        var bases = [Double](repeating: 0, count: outputs)
        var sums = [Double](repeating: 0, count: outputs * size)
        let inner = trees.map { $0.count / 2 }.max() ?? 0
        var forks = [ApusMaskedFork](repeating: ApusMaskedFork(), count: inner + 1)
        var masks = [UInt64](repeating: 0, count: (1 + 2 * TreeShapKernel.longestWay(trees)) * coalitions.words)
        var state = [UInt8](repeating: 0, count: Int(features.max() ?? 0) + 1)
        forks.withUnsafeMutableBufferPointer { forks in
            masks.withUnsafeMutableBufferPointer { masks in
                state.withUnsafeMutableBufferPointer { state in
                    var scratch = ApusMaskedScratch(
                        forks: forks.baseAddress, masks: masks.baseAddress, state: state.baseAddress)
                    bases.withUnsafeMutableBufferPointer { bases in
                        sums.withUnsafeMutableBufferPointer { sums in
                            for tree in trees {
                                tree.withTree { shape in
                                    var shape = shape
                                    apus_masked_add(
                                        &shape, row, others.values, weights, others.rows, others.columns, features,
                                        coalitions.bits, coalitions.words, &scratch,
                                        bases.baseAddress.unsafelyUnwrapped + tree.firstOutput,
                                        sums.baseAddress.unsafelyUnwrapped + tree.firstOutput * size)
                                }
                            }
                        }
                    }
                }
            }
        }
        var means: [Double] = []
        means.reserveCapacity(coalitions.count * outputs)
        for i in 0..<coalitions.count {
            for k in 0..<outputs { means.append(bases[k] + sums[k * size + i]) }
        }
        return means
    }
}

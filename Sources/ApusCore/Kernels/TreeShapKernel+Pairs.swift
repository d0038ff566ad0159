import CApusKernels

extension TreeShapKernel {
    /// The most different columns on a way that pairs of rows are compared along.
    public static let longestWay = 1024

    /// The most different columns on a way from the root of one of the trees.
    public static func longestWay(_ trees: [Tree]) -> Int { trees.map(\.ways).max() ?? 0 }

    /// The values of some rows where columns are taken from other rows, on average over these: rows × outputs × columns.
    ///
    /// - Parameters:
    ///   - trees: The trees, none of whose ways asks about more than `longestWay` columns.
    ///   - x: The rows.
    ///   - background: The other rows, at least one, of as many columns.
    ///   - outputs: How many outputs the trees have together.
    ///   - isSingle: Whether values are compared as 32-bit numbers.
    ///   - factors: What the values of each pair are multiplied with, rows × background rows × outputs; nil for 1.
    public static func interventional(
        _ trees: [Tree], _ x: Matrix, background: Matrix, outputs: Int, isSingle: Bool, factors: [Double]? = nil
    ) -> [Double] {
        let columns = x.columns
        let size = longestWay(trees) + 1
        let (gain, loss) = weights(size)
        let others = trees.map { sides($0, background, 0..<background.rows, isSingle: isSingle) }
        let width = trees.map(\.width).max() ?? 1
        return [Double](filledInParallelRows: x.rows, width: outputs * columns, blockSize: 8) { rows, result in
            let target = result.base + rows.lowerBound * outputs * columns
            target.initialize(repeating: 0, count: rows.count * outputs * columns)
            var forks = [ApusShapFork](repeating: ApusShapFork(), count: size + 1)
            var sums = [Double](repeating: 0, count: 4 * width * (size + 1))
            var state = [UInt8](repeating: 0, count: columns)
            func add(_ k: Int, _ own: UnsafePointer<UInt8>, _ other: Range<Int>, to phi: UnsafeMutablePointer<Double>) {
                let tree = trees[k]
                tree.withTree { shape in
                    var shape = shape
                    others[k].withUnsafeBufferPointer { all in
                        apus_shap_pairs(
                            &shape, own, all.baseAddress.unsafelyUnwrapped + other.lowerBound * tree.count, other.count,
                            columns, gain, loss, size, &forks, &sums, &state, phi + tree.firstOutput * columns)
                    }
                }
            }
            let own = trees.map { sides($0, x, rows, isSingle: isSingle) }
            guard let factors else {
                for k in trees.indices {
                    own[k].withUnsafeBufferPointer { own in
                        for row in 0..<rows.count {
                            add(
                                k, own.baseAddress.unsafelyUnwrapped + row * trees[k].count, 0..<background.rows,
                                to: target + row * outputs * columns)
                        }
                    }
                }
                let count = Double(background.rows)
                for k in 0..<rows.count * outputs * columns { target[k] /= count }
                return
            }
            var phi = [Double](repeating: 0, count: outputs * columns)
            for row in rows {
                let place = row - rows.lowerBound
                for other in 0..<background.rows {
                    phi.withUnsafeMutableBufferPointer { phi in
                        let base = phi.baseAddress.unsafelyUnwrapped
                        phi.update(repeating: 0)
                        for k in trees.indices {
                            own[k].withUnsafeBufferPointer { own in
                                add(
                                    k, own.baseAddress.unsafelyUnwrapped + place * trees[k].count, other..<other + 1,
                                    to: base)
                            }
                        }
                    }
                    for w in 0..<outputs {
                        let factor = factors[(row * background.rows + other) * outputs + w] / Double(background.rows)
                        for j in 0..<columns {
                            target[(place * outputs + w) * columns + j] += phi[w * columns + j] * factor
                        }
                    }
                }
            }
        }
    }

    /// For each row and node whether the row goes left.
    private static func sides(_ tree: Tree, _ x: Matrix, _ rows: Range<Int>, isSingle: Bool) -> [UInt8] {
        let start = rows.lowerBound * x.columns
        let values = x.values[start..<start + rows.count * x.columns].map { isSingle ? Double(Float($0)) : $0 }
        var sides = [UInt8](repeating: 0, count: rows.count * tree.count)
        tree.withTree { shape in
            var shape = shape
            apus_shap_sides(&shape, values, rows.count, x.columns, &sides)
        }
        return sides
    }

    /// What a leaf that `i` columns of the row and `j` of the other lead to gives to each of the former, and takes from
    /// each of the latter: (i - 1)! j! / (i + j)! and i! (j - 1)! / (i + j)!.
    private static func weights(_ size: Int) -> (gain: [Double], loss: [Double]) {
        var gain = [Double](repeating: 0, count: size * size)
        var loss = gain
        for i in 0..<size {
            // 1 / (i · C(i + j, i)), from one j to the next.
            var inverse = 1.0
            for j in 0..<size {
                if i > 0 { gain[i * size + j] = inverse / Double(i) }
                if j > 0 { loss[i * size + j] = inverse / Double(j) }
                inverse *= Double(j + 1) / Double(i + j + 1)
            }
        }
        return (gain, loss)
    }
}

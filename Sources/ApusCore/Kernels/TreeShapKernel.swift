import CApusKernels

/// Shapley values of trees.
///
/// A leaf is a product game: it gives its value when all splits on the way to it agree. Its Shapley values are integrals of
/// polynomials over (0, 1), which a few points of Gauss and Legendre give exactly, so that one walk through a tree, up and
/// down, serves all columns and leaves at once.
@_documentation(visibility: internal)
public enum TreeShapKernel {
    /// The values of some rows: rows × outputs × columns, row after row.
    ///
    /// - Parameters:
    ///   - trees: The trees, which are added up in their order.
    ///   - x: The rows; NaN stands for a missing value, categories for themselves as codes from 0 to 255.
    ///   - outputs: How many outputs the trees have together.
    ///   - isSingle: Whether values are compared as 32-bit numbers.
    public static func pathDependent(_ trees: [Tree], _ x: Matrix, outputs: Int, isSingle: Bool) -> [Double] {
        walk(trees, x, outputs: outputs, size: x.columns, isSingle: isSingle) { tree, place, phi in
            var tree = tree
            apus_shap_paths(
                &tree, place.panel, place.lanes, place.columns, place.points, place.weights, place.count, place.scratch,
                place.path, phi)
        }
    }

    /// The interactions of different columns: rows × outputs × columns × columns, the upper triangles alone.
    public static func interactions(_ trees: [Tree], _ x: Matrix, outputs: Int, isSingle: Bool) -> [Double] {
        walk(trees, x, outputs: outputs, size: x.columns * x.columns, isSingle: isSingle) { tree, place, phi in
            var tree = tree
            apus_shap_interactions(
                &tree, place.panel, place.lanes, place.columns, place.points, place.weights, place.count, place.scratch,
                place.path, phi)
        }
    }

    /// Where a walk works: the rows, the quadrature and the storage.
    private struct Place {
        let panel: UnsafePointer<Double>
        let lanes: Int, columns: Int
        let points: UnsafePointer<Double>, weights: UnsafePointer<Double>
        let count: Int
        let scratch: UnsafeMutablePointer<Double>
        let path: UnsafeMutablePointer<Int32>
    }

    private static let widest = 64

    /// How many rows are walked side by side: as many as keep their values in the cache. Each row is on its own, so the
    /// number does not show in the values.
    private static func lanes(_ trees: [Tree], rows: Int, size: Int) -> Int {
        let level = trees.map { $0.levelSize * ($0.depth + 1) }.max() ?? 1
        var lanes = min(widest, (rows + 7) / 8 * 8)
        while lanes > 8, lanes * max(size, level) > 1 << 18 { lanes /= 2 }
        return (lanes + 7) / 8 * 8
    }

    private static func walk(
        _ trees: [Tree], _ x: Matrix, outputs: Int, size: Int, isSingle: Bool,
        _ body: @Sendable (ApusShapTree, Place, UnsafeMutablePointer<Double>) -> Void
    ) -> [Double] {
        let columns = x.columns
        let lanes = lanes(trees, rows: x.rows, size: size * outputs)
        let rules = (0...(trees.map(\.points).max() ?? 1)).map { GaussLegendre(count: $0) }
        let scratchSize = trees.map { (1 + $0.depth) * apus_shap_level(lanes, $0.points, $0.width) }.max() ?? 1
        let depth = trees.map(\.depth).max() ?? 0
        return [Double](filledInParallelRows: x.rows, width: outputs * size, blockSize: lanes) { rows, result in
            var panel = panel(x, rows, lanes: lanes, isSingle: isSingle)
            var phi = [Double](repeating: 0, count: outputs * size * lanes)
            var scratch = [Double](repeating: 0, count: scratchSize)
            var path = [Int32](repeating: 0, count: depth + 1)
            for tree in trees {
                let rule = rules[tree.points]
                tree.withTree { shape in
                    panel.withUnsafeMutableBufferPointer { panel in
                        scratch.withUnsafeMutableBufferPointer { scratch in
                            path.withUnsafeMutableBufferPointer { path in
                                phi.withUnsafeMutableBufferPointer { phi in
                                    rule.points.withUnsafeBufferPointer { points in
                                        rule.weights.withUnsafeBufferPointer { weights in
                                            let place = Place(
                                                panel: UnsafePointer(panel.baseAddress.unsafelyUnwrapped),
                                                lanes: lanes, columns: columns,
                                                points: points.baseAddress.unsafelyUnwrapped,
                                                weights: weights.baseAddress.unsafelyUnwrapped, count: points.count,
                                                scratch: scratch.baseAddress.unsafelyUnwrapped,
                                                path: path.baseAddress.unsafelyUnwrapped)
                                            body(
                                                shape, place,
                                                phi.baseAddress.unsafelyUnwrapped + tree.firstOutput * size * lanes)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            for row in rows {
                let lane = row - rows.lowerBound
                let target = result.base + row * outputs * size
                for k in 0..<outputs * size { target[k] = phi[k * lanes + lane] }
            }
        }
    }

    private static func panel(_ x: Matrix, _ rows: Range<Int>, lanes: Int, isSingle: Bool) -> [Double] {
        var panel = [Double](repeating: 0, count: x.columns * lanes)
        for row in rows {
            for column in 0..<x.columns {
                let value = x.values[row * x.columns + column]
                panel[column * lanes + row - rows.lowerBound] = isSingle ? Double(Float(value)) : value
            }
        }
        return panel
    }
}

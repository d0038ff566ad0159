import ApusCore

/// Points along an outer curve, class 0, and along an inner one, class 1: what moons and circles have in common.
struct TwoCurves {
    let outer: [(x: Double, y: Double)]
    let inner: [(x: Double, y: Double)]

    /// The points as a sample: put in random order first, then moved by noise.
    func sample(shuffle: Bool, noise: Double?, seed: UInt32) throws -> ClassificationSample {
        let points = outer + inner
        let codes = [Int](repeating: 0, count: outer.count) + [Int](repeating: 1, count: inner.count)
        var random = RandomState(seed: seed)
        let order = shuffle ? random.permutation(points.count) : Array(points.indices)
        let noises = noise == nil ? [] : random.gaussian(count: points.count * 2)
        var values = [Double](repeating: 0, count: points.count * 2)
        for (row, index) in order.enumerated() {
            values[2 * row] = points[index].x
            values[2 * row + 1] = points[index].y
        }
        if let noise {
            for k in values.indices { values[k] += noise * noises[k] }
        }
        return ClassificationSample(
            x: Matrix(rows: points.count, columns: 2, values: values),
            y: try Labels(generated: order.map { codes[$0] }, outOf: 2))
    }

    /// Throws unless the sizes are usable and `noise`, where there is one, is a standard deviation.
    static func check(outer: Int, inner: Int) throws {
        guard outer >= 0, inner >= 0, outer + inner > 0 else {
            throw ApusError(
                .invalidParameter,
                "nSamples is \(outer) outer and \(inner) inner points; neither can be negative, nor both 0.")
        }
    }
}

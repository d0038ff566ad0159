import ApusCore

/// The folds that calibration holds out, drawn as the reference draws them.
enum CalibrationFolds {
    static let count = 5

    /// All places in random order; contiguous fifths of it are the folds.
    static func order(_ size: Int, seed: UInt32) -> [Int] {
        var random = RandomState(seed: seed)
        var order = Array(0..<size)
        for i in order.indices { order.swapAt(i, i + below(UInt32(clamping: size - i), &random)) }
        return order
    }

    /// The places in `order` of one fold.
    static func range(_ fold: Int, of size: Int) -> Range<Int> { fold * size / count..<(fold + 1) * size / count }

    /// A whole number below `range` by Lemire's multiplication with rejection.
    private static func below(_ range: UInt32, _ random: inout RandomState) -> Int {
        var product = UInt64(random.word()) * UInt64(range)
        if UInt32(truncatingIfNeeded: product) < range {
            let limit = (0 &- range) % range
            while UInt32(truncatingIfNeeded: product) < limit { product = UInt64(random.word()) * UInt64(range) }
        }
        return Int(product >> 32)
    }
}

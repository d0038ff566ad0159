/// Whole-array tests for NaN and infinities.
@_documentation(visibility: internal)
public enum FiniteKernel {
    /// Whether every value is finite.
    ///
    /// `x * 0` is 0 for a finite x and NaN for all else, so eight running sums vectorise and one test at the end decides.
    public static func allFinite(_ values: [Double]) -> Bool {
        Parallel.mapBlocks(of: values.count, size: 1 << 18) { allFinite(values, $0) }.allSatisfy { $0 }
    }

    private static func allFinite(_ values: [Double], _ range: Range<Int>) -> Bool {
        values.withUnsafeBufferPointer { whole in
            let buffer = UnsafeBufferPointer(rebasing: whole[range])
            var sums = SIMD8<Double>.zero
            let whole = buffer.count & ~7
            var i = 0
            while i < whole {
                let block = UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped + i)
                    .loadUnaligned(as: SIMD8<Double>.self)
                sums += block * 0
                i += 8
            }
            var total = sums.sum()
            while i < buffer.count {
                total += buffer[i] * 0
                i += 1
            }
            return total == 0
        }
    }
}

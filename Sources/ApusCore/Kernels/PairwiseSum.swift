/// The sum of `term(i)` over `range`, halved again and again down to blocks of 128 that are summed in eight lanes.
///
/// Rounding errors grow with the logarithm of the number of terms. The order is NumPy's, so sums agree with it.
@inlinable
public func pairwiseSum(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
    let count = range.count
    let start = range.lowerBound
    if count < 8 {
        var sum = 0.0
        for i in range { sum += term(i) }
        return sum
    }
    if count <= 128 {
        var lanes = SIMD8<Double>.zero
        let whole = count & ~7
        for block in stride(from: start, to: start + whole, by: 8) {
            lanes += SIMD8(
                term(block), term(block + 1), term(block + 2), term(block + 3), term(block + 4), term(block + 5),
                term(block + 6), term(block + 7))
        }
        let low = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
        let high = (lanes[4] + lanes[5]) + (lanes[6] + lanes[7])
        var sum = low + high
        for i in start + whole..<range.upperBound { sum += term(i) }
        return sum
    }
    let half = start + (count / 2) / 8 * 8
    return pairwiseSum(start..<half, term) + pairwiseSum(half..<range.upperBound, term)
}

/// The sum of numbers in NumPy's order: halves are added up on their own, down to blocks of 128 with eight running sums.
func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
    let count = values.count
    let start = values.startIndex
    if count < 8 { return values.reduce(0, +) }
    if count > 128 {
        var half = count / 2
        half -= half % 8
        return pairwiseSum(values[start..<start + half]) + pairwiseSum(values[(start + half)...])
    }
    var sums = Array(values[start..<start + 8])
    var place = 8
    while place + 8 <= count {
        for k in 0..<8 { sums[k] += values[start + place + k] }
        place += 8
    }
    let blocks = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
    return values[(start + place)...].reduce(blocks, +)
}

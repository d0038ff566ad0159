import ApusCore
import Testing

/// Expects `|actual - expected| <= max(absolute, relative * |expected|)`; infinities and NaN only equal themselves.
public func expectClose(
    _ actual: Double, _ expected: Double, relative: Double = 1e-12, absolute: Double = 0,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    let excess = excess(actual, expected, relative: relative, absolute: absolute)
    if excess <= 1 { return }
    report(
        "\(actual) is not close to \(expected): they differ by \(actual - expected), \(excess) times what is allowed",
        comment(), sourceLocation)
}

/// Expects `|actual - expected| <= max(absolute, relative * |expected|)` of each pair of elements; reports the worst.
public func expectClose(
    _ actual: [Double], _ expected: [Double], relative: Double = 1e-12, absolute: Double = 0,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        return report("there are \(actual.count) elements, expected \(expected.count)", comment(), sourceLocation)
    }
    var worst = (index: 0, excess: 0.0)
    var failures = 0
    for index in actual.indices {
        let excess = excess(actual[index], expected[index], relative: relative, absolute: absolute)
        if excess > 1 { failures += 1 }
        if excess > worst.excess { worst = (index, excess) }
    }
    if failures == 0 { return }
    let (a, e) = (actual[worst.index], expected[worst.index])
    report(
        "\(failures) of \(actual.count) elements are not close; the worst, at \(worst.index), is \(a), expected \(e): "
            + "they differ by \(a - e), \(worst.excess) times what is allowed", comment(), sourceLocation)
}

/// Expects the same bits; every NaN equals every other, and -0 is not 0.
public func expectBitwise(
    _ actual: Double, _ expected: Double, _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if isBitwiseEqual(actual, expected) { return }
    report("\(actual) is not \(expected): they differ by \(actual - expected)", comment(), sourceLocation)
}

/// Expects the same bits of each pair of elements; every NaN equals every other, and -0 is not 0. Reports the first
/// and the worst that differ.
public func expectBitwise(
    _ actual: [Double], _ expected: [Double], _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        return report("there are \(actual.count) elements, expected \(expected.count)", comment(), sourceLocation)
    }
    let different = actual.indices.filter { !isBitwiseEqual(actual[$0], expected[$0]) }
    guard let first = different.first else { return }
    func difference(_ index: Int) -> Double {
        let difference = (actual[index] - expected[index]).magnitude
        return difference.isNaN ? .infinity : difference
    }
    let worst = different.max { difference($0) < difference($1) } ?? first
    report(
        "\(different.count) of \(actual.count) elements differ; the first, at \(first), is \(actual[first]), expected "
            + "\(expected[first]); the worst, at \(worst), is \(actual[worst]), expected \(expected[worst])",
        comment(), sourceLocation)
}

/// Expects the same shape, and `|actual - expected| <= max(absolute, relative * |expected|)` of each pair of elements.
public func expectClose(
    _ actual: Matrix, _ expected: Matrix, relative: Double = 1e-12, absolute: Double = 0,
    _ comment: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let message = difference(of: actual, from: expected) else {
        return expectClose(
            actual.values, expected.values, relative: relative, absolute: absolute, comment(),
            sourceLocation: sourceLocation)
    }
    report(message, comment(), sourceLocation)
}

/// Expects the same shape, and the same bits of each pair of elements.
public func expectBitwise(
    _ actual: Matrix, _ expected: Matrix, _ comment: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let message = difference(of: actual, from: expected) else {
        return expectBitwise(actual.values, expected.values, comment(), sourceLocation: sourceLocation)
    }
    report(message, comment(), sourceLocation)
}

/// How the shapes differ, or nil if they do not.
private func difference(of actual: Matrix, from expected: Matrix) -> String? {
    if actual.rows == expected.rows, actual.columns == expected.columns { return nil }
    return "the matrix is \(actual.rows) × \(actual.columns), expected \(expected.rows) × \(expected.columns)"
}

/// How many times the allowed difference the two are apart; infinite where no difference is allowed.
private func excess(_ actual: Double, _ expected: Double, relative: Double, absolute: Double) -> Double {
    if actual == expected || actual.isNaN && expected.isNaN { return 0 }
    guard actual.isFinite, expected.isFinite else { return .infinity }
    // Where the difference overflows, so does the excess, and that is right.
    return (actual - expected).magnitude / max(absolute, relative * expected.magnitude)
}

private func isBitwiseEqual(_ actual: Double, _ expected: Double) -> Bool {
    actual.bitPattern == expected.bitPattern || actual.isNaN && expected.isNaN
}

private func report(_ message: String, _ comment: String, _ sourceLocation: SourceLocation) {
    let message = comment.isEmpty ? message : "\(comment): \(message)"
    Issue.record("\(message)", sourceLocation: sourceLocation)
}

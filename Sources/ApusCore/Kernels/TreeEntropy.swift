#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Entropy in bits: -Σ q log₂ q.
enum EntropyImpurity: ClassImpurity {
    private static let ln2 = log(2.0)

    @inline(__always)
    static func impurity(_ sums: UnsafePointer<Double>, _ count: Int, _ weight: Double) -> Double {
        var entropy = 0.0
        for c in 0..<count where sums[c] > 0 {
            let share = sums[c] / weight
            entropy -= share * (log(share) / ln2)
        }
        return entropy
    }

    /// The table of x log₂ x for whole numbers up to a limit.
    static func table(upTo limit: Int) -> UnsafeMutablePointer<Double> {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: limit + 1)
        table[0] = 0
        for x in 0..<limit { table[x + 1] = Double(x + 1) * log2(Double(x + 1)) }
        return table
    }

    /// With f(x) = x log₂ x the proxy is Σ f(cₗ) - f(l) + Σ f(cᵣ) - f(r). Candidates whose tabulated value is clearly
    /// below the best need no logarithm; the others are compared by the reference's own arithmetic.
    static func search(
        _ criterion: inout ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit
    ) {
        guard criterion.isExact, let table = criterion.table else {
            criterion.searchInOrder(pass, &split)
            return
        }
        let (start, end) = (pass.start, pass.end)
        let first = max(pass.firstCut, start + pass.limits.rows)
        let last = min(pass.lastCut, end - pass.limits.rows)
        guard first <= last else { return }
        let (codes, weights, classes) = (criterion.codes, criterion.weights, criterion.classes)
        let left = criterion.left
        let right = criterion.right
        left.update(repeating: 0, count: classes)
        right.update(from: criterion.total, count: classes)
        let weight = criterion.weight
        var weightLeft = 0.0
        var termsLeft = 0.0
        var termsRight = 0.0
        for c in 0..<classes { termsRight += table[Int(right[c])] }
        // Each of the sums' terms is rounded once for each row, and none exceeds the weight times its logarithm.
        let tolerance = (8 * Double(end - start) + 64) * .ulpOfOne * (table[Int(weight)] + weight)
        for place in start + 1...last {
            let row = pass.row(place - 1)
            let code = Int(codes[row])
            let w = weights?[row] ?? 1
            let (l, r) = (left[code], right[code])
            termsLeft += table[Int(l + w)] - table[Int(l)]
            termsRight += table[Int(r - w)] - table[Int(r)]
            left[code] = l + w
            right[code] = r - w
            weightLeft += w
            let weightRight = weight - weightLeft
            let estimate = termsLeft - table[Int(weightLeft)] + termsRight - table[Int(weightRight)]
            if estimate + tolerance < split.proxy { continue }
            if place < first || place < pass.presentEnd && pass.isTied(place) { continue }
            if weightLeft < pass.limits.weight || weightRight < pass.limits.weight { continue }
            let proxy =
                -weightRight * impurity(right, classes, weightRight) - weightLeft * impurity(left, classes, weightLeft)
            if proxy > split.proxy { pass.record(place, proxy, into: &split) }
        }
    }
}

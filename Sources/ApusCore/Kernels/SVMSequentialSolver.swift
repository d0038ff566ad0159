import CApusKernels

/// Sequential minimal optimisation: moves two multipliers at a time, the worst violator and the one that lowers the
/// objective most with it (second-order selection), leaving settled ones out meanwhile (shrinking).
///
/// It takes the reference's path: the same pairs in the same order, sums rounded alike. Multipliers stand in an order
/// of their own, active ones first.
///
/// Source: R.-E. Fan, P.-H. Chen, C.-J. Lin, "Working set selection using second order information for training support
/// vector machines", JMLR 6 (2005); C.-C. Chang and C.-J. Lin, "LIBSVM", ACM TIST 2 (2011).
@_documentation(visibility: internal)
public final class SVMSequentialSolver {
    private let problem: SVMProblem
    private let limits: SVMProblem.Limits
    private let rows: SVMRows
    private let count: Int
    private let isDoubled: Bool

    private typealias Numbers = UnsafeMutablePointer<Double>
    private let block: Numbers
    private let gradient, boundGradient, value, least, most, linear, diagonal: Numbers
    /// For each group 0 where a multiplier may grow (`up`) or fall (`low`), else an infinity that hides it.
    private let up, low: [Numbers]
    private let gathered: [UnsafeMutablePointer<Float>]
    private var nextGathered = 0
    /// The row of each multiplier; kept where rows have two.
    private let rowOf: UnsafeMutablePointer<Int32>
    private var group: [UInt8]
    private var original: [Int]
    private var active: Int
    private var isUnshrunk = false

    /// A solver of a problem over rows.
    ///
    /// - Parameters:
    ///   - problem: One multiplier for each row, or two.
    ///   - kernel: The kernel function, or nil when `x` holds kernel values.
    ///   - x: The rows, or the kernel values.
    ///   - indices: Which rows take part, in this order.
    ///   - limits: When to stop.
    public init(
        _ problem: SVMProblem, kernel: SVMKernel?, _ x: Matrix, rows indices: [Int], limits: SVMProblem.Limits
    ) {
        let count = problem.linear.count
        self.problem = problem
        self.limits = limits
        self.count = count
        rows = SVMRows(kernel, x, rows: indices, cacheBytes: limits.cacheBytes)
        isDoubled = count > indices.count
        active = count
        original = Array(0..<count)
        group = problem.isGrouped ? problem.upper.map { $0 > 0 ? 0 : 1 } : [UInt8](repeating: 0, count: count)
        let groups = problem.isGrouped ? 2 : 1
        let block = Numbers.allocate(capacity: max(1, count * (7 + 2 * groups)))
        block.initialize(repeating: 0, count: max(1, count * (7 + 2 * groups)))
        self.block = block
        func part(_ k: Int) -> Numbers { block + k * count }
        (gradient, boundGradient, value, least) = (part(0), part(1), part(2), part(3))
        (most, linear, diagonal) = (part(4), part(5), part(6))
        up = (0..<groups).map { part(7 + 2 * $0) }
        low = (0..<groups).map { part(8 + 2 * $0) }
        gathered = (0..<(isDoubled ? 2 : 0)).map { _ in .allocate(capacity: count) }
        rowOf = .allocate(capacity: isDoubled ? count : 1)
        for k in 0..<count {
            linear[k] = problem.linear[k]
            gradient[k] = problem.linear[k]
            least[k] = problem.lower[k]
            most[k] = problem.upper[k]
            value[k] = problem.start?[k] ?? 0
            diagonal[k] = rows.diagonal[isDoubled ? k % indices.count : k]
            for g in 0..<groups { (up[g][k], low[g][k]) = (.infinity, -.infinity) }
            mark(k)
        }
        for buffer in gathered { buffer.initialize(repeating: 0, count: count) }
        for k in 0..<(isDoubled ? count : 0) { rowOf[k] = Int32(truncatingIfNeeded: k % indices.count) }
    }

    deinit {
        block.deallocate()
        rowOf.deallocate()
        for buffer in gathered { buffer.deallocate() }
    }

    /// Solves.
    ///
    /// - Parameter stepped: Called every thousand iterations with how many were done; what it throws ends the work.
    public func solve(_ stepped: (Int) throws -> Void) throws -> SVMProblem.Solution {
        startGradient()
        var iterations = 0
        var untilShrinking = min(count, 1000) + 1
        let limit = limits.most(count)
        var converged = true
        while true {
            if iterations >= limit {
                converged = false
                break
            }
            untilShrinking -= 1
            if untilShrinking == 0 {
                untilShrinking = min(count, 1000)
                if limits.shrinking { shrink() }
            }
            var pair = select()
            if pair == nil {
                restoreGradient()
                active = count
                pair = select()
                if pair == nil { break }
                untilShrinking = 1
            }
            guard let (i, j) = pair else { break }
            iterations += 1
            move(i, j)
            if iterations % 1000 == 0 { try stepped(iterations) }
        }
        if !converged {
            restoreGradient()
            active = count
        }
        return solution(iterations, converged)
    }

    private func solution(_ iterations: Int, _ converged: Bool) -> SVMProblem.Solution {
        var multipliers = [Double](repeating: 0, count: count)
        var slopes = multipliers
        var twice = 0.0
        for k in 0..<count {
            multipliers[original[k]] = value[k]
            slopes[original[k]] = gradient[k]
            twice += value[k] * (gradient[k] + linear[k])
        }
        let (threshold, margin) = problem.threshold(multipliers, slopes)
        return SVMProblem.Solution(
            multipliers: multipliers, threshold: threshold, margin: margin, objective: twice / 2,
            iterations: iterations, converged: converged)
    }

    private func startGradient() {
        for k in 0..<count where value[k] != 0 {
            let row = row(k, count)
            apus_svm_add(gradient, row, value[k], count)
            if isAtOuterBound(k) { apus_svm_add(boundGradient, row, value[k], count) }
        }
    }

    /// The two multipliers to move next, the first upwards and the second down; nil when none violates the conditions.
    private func select() -> (Int, Int)? {
        var violation = -Double.infinity
        var best: (gain: Double, i: Int, j: Int)?
        for g in up.indices {
            var (smallest, greatest, gain) = (0.0, 0.0, 0.0)
            let i = apus_svm_first(gradient, up[g], active, &smallest)
            guard i >= 0 else { continue }
            let j = apus_svm_second(
                gradient, low[g], row(i, active), diagonal, smallest, diagonal[i], active, &greatest, &gain)
            violation = max(violation, greatest - smallest)
            if j >= 0, best.map({ gain < $0.gain || gain == $0.gain && j > $0.j }) ?? true { best = (gain, i, j) }
        }
        guard let best, !(violation < limits.tolerance) else { return nil }
        return (best.i, best.j)
    }

    /// Moves `i` up and `j` down as far as it pays and the bounds allow.
    private func move(_ i: Int, _ j: Int) {
        let rowI = row(i, active)
        let rowJ = row(j, active)
        var curvature = diagonal[i] + diagonal[j] - 2 * Double(rowI[j])
        if !(curvature > 0) { curvature = 1e-12 }
        let step = (gradient[j] - gradient[i]) / curvature
        let (oldI, oldJ) = (value[i], value[j])
        let sum = oldI + oldJ
        value[i] = oldI + step
        value[j] = oldJ - step
        if sum > most[i] + least[j] {
            if value[i] > most[i] {
                value[i] = most[i]
                value[j] = sum - most[i]
            }
        } else if value[j] < least[j] {
            value[j] = least[j]
            value[i] = sum - least[j]
        }
        apus_svm_step(gradient, rowI, value[i] - oldI, rowJ, value[j] - oldJ, active)
        let (wasI, wasJ) = (boundary(oldI, i), boundary(oldJ, j))
        mark(i)
        mark(j)
        moveBoundary(i, from: wasI)
        moveBoundary(j, from: wasJ)
    }

    /// The value of a multiplier if it is at its outer bound, the one that is not 0; else 0.
    private func boundary(_ value: Double, _ k: Int) -> Double {
        if most[k] > 0 { return value >= most[k] ? most[k] : 0 }
        return value <= least[k] ? least[k] : 0
    }

    private func isAtOuterBound(_ k: Int) -> Bool { boundary(value[k], k) != 0 }

    /// Keeps the gradient of what is at an outer bound, from which that of inactive multipliers is rebuilt.
    private func moveBoundary(_ k: Int, from old: Double) {
        let new = boundary(value[k], k)
        if (new != 0) == (old != 0) { return }
        apus_svm_add(boundGradient, row(k, count), new != 0 ? new : -old, count)
    }

    private func mark(_ k: Int) {
        let g = Int(group[k])
        up[g][k] = value[k] < most[k] ? 0 : .infinity
        low[g][k] = value[k] > least[k] ? 0 : -.infinity
    }

    // MARK: Shrinking

    private func shrink() {
        // Taken before inactive multipliers come back, as in the reference.
        let extremes = gradientExtremes()
        if !isUnshrunk, extremes.map({ $0.most - $0.least }).max().map({ $0 <= limits.tolerance * 10 }) ?? true {
            isUnshrunk = true
            restoreGradient()
            active = count
        }
        func isSettled(_ k: Int) -> Bool {
            let g = Int(group[k])
            if up[g][k] != 0 { return gradient[k] < extremes[g].least }
            if low[g][k] != 0 { return gradient[k] > extremes[g].most }
            return false
        }
        var k = 0
        while k < active {
            if isSettled(k) {
                active -= 1
                while active > k {
                    if !isSettled(active) {
                        swap(k, active)
                        break
                    }
                    active -= 1
                }
            }
            k += 1
        }
    }

    private func gradientExtremes() -> [(least: Double, most: Double)] {
        up.indices.map { g in
            var (smallest, greatest) = (0.0, 0.0)
            apus_svm_extremes(gradient, up[g], low[g], active, &smallest, &greatest)
            return (smallest, greatest)
        }
    }

    /// Computes the gradient of inactive multipliers.
    private func restoreGradient() {
        if active == count { return }
        for k in active..<count { gradient[k] = boundGradient[k] + linear[k] }
        let free = (0..<active).filter { value[$0] < most[$0] && value[$0] > least[$0] }
        let (few, many) = (free.count.multipliedReportingOverflow(by: count), 2 * active * (count - active))
        if few.partialValue > many {
            for i in active..<count {
                let row = row(i, active)
                for j in free { gradient[i] += value[j] * Double(row[j]) }
            }
        } else {
            for i in free {
                apus_svm_add(gradient + active, row(i, count) + active, value[i], count - active)
            }
        }
    }

    private func swap(_ i: Int, _ j: Int) {
        if !isDoubled { rows.swap(i, j) }
        for numbers in [gradient, boundGradient, value, least, most, linear, diagonal] + up + low {
            let kept = numbers[i]
            numbers[i] = numbers[j]
            numbers[j] = kept
        }
        if isDoubled {
            let row = rowOf[i]
            rowOf[i] = rowOf[j]
            rowOf[j] = row
        }
        group.swapAt(i, j)
        original.swapAt(i, j)
    }

    /// The kernel values of a multiplier's row with those of the first multipliers.
    private func row(_ k: Int, _ needed: Int) -> UnsafePointer<Float> {
        guard isDoubled else { return rows.row(k, needed) }
        let n = rows.count
        let whole = rows.row(Int(rowOf[k]), n)
        let buffer = gathered[nextGathered]
        nextGathered = 1 - nextGathered
        apus_svm_gather(whole, rowOf, needed, buffer)
        return UnsafePointer(buffer)
    }
}

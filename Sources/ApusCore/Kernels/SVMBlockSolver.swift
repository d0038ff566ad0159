import CApusKernels

/// Solves a programme over many rows by working sets: in each round the worst violators join the newer half of the last
/// set, their kernel rows are computed together, the small programme is solved by sequential minimal optimisation, and
/// all gradients follow. It ends when no violation is left above the tolerance.
///
/// Source: T. Joachims, "Making large-scale SVM learning practical" (1999); Z. Wen et al., "ThunderSVM", JMLR 19
/// (2018).
@_documentation(visibility: internal)
public final class SVMBlockSolver {
    /// Most multipliers in a working set.
    static let setSize = 256

    private let problem: SVMProblem
    private let rows: SVMBlockRows
    private let shared: SVMSharedRows
    private let segments: [Int]
    private let starts: [Int]
    /// Rows in the problem; multipliers are as many or twice as many.
    private let rowCount: Int
    private let count: Int
    private let isWide: Bool
    private let diagonal: [Double]
    /// The kernel rows of each segment with the other one.
    private var own: [SVMRowStore]

    private typealias Numbers = UnsafeMutablePointer<Double>
    private let block: Numbers
    private let gradient, up, low, value: Numbers

    /// The working set, newest last, and the kernel rows of each with each segment.
    private var members: [Int32] = []
    private var held: [[SVMKernelRow]] = []
    private var isMember: [UInt8]
    /// The kernel values inside the working set, `setSize` apart.
    private var inner = [Float](repeating: 0, count: setSize * setSize)
    private var keys = [Double](repeating: 0, count: setSize)
    private var places = [Int32](repeating: 0, count: setSize)

    init(
        _ problem: SVMProblem, _ rows: SVMBlockRows, segments: [Int], shared: SVMSharedRows, ownBytes: Int, isWide: Bool
    ) {
        self.problem = problem
        self.rows = rows
        self.shared = shared
        self.segments = segments
        self.isWide = isWide
        var starts = [0]
        for g in segments { starts.append(starts[starts.count - 1] + rows.counts[g]) }
        self.starts = starts
        rowCount = starts[segments.count]
        count = problem.linear.count
        let diagonal = segments.flatMap { rows.diagonal($0) }
        self.diagonal = count > rowCount ? diagonal + diagonal : diagonal
        own =
            segments.count == 2
            ? (0..<2).map { SVMRowStore(count: rows.counts[segments[1 - $0]], bytes: ownBytes / 2) } : []
        block = .allocate(capacity: max(1, 4 * count))
        block.initialize(repeating: 0, count: max(1, 4 * count))
        (gradient, up, low, value) = (block, block + count, block + 2 * count, block + 3 * count)
        isMember = [UInt8](repeating: 0, count: count)
        for k in 0..<count {
            gradient[k] = problem.linear[k]
            value[k] = problem.start?[k] ?? 0
            mark(k)
        }
    }

    deinit { block.deallocate() }

    private func mark(_ k: Int) {
        up[k] = value[k] < problem.upper[k] ? 0 : .infinity
        low[k] = value[k] > problem.lower[k] ? 0 : -.infinity
    }

    /// Solves.
    ///
    /// - Parameter stepped: Called each round with how many pairs were moved; what it throws ends the work.
    func solve(
        tolerance: Double, iterations limit: Int, _ stepped: (Int) throws -> Void
    ) throws -> SVMProblem.Solution {
        try startGradient(stepped)
        var iterations = 0
        var converged = false
        while iterations < limit {
            try stepped(iterations)
            var (least, most) = (0.0, 0.0)
            apus_svm_extremes(gradient, up, low, count, &least, &most)
            let gap = most - least
            if !(gap >= tolerance) {
                converged = true
                break
            }
            renewMembers(least, most)
            let moved = solveMembers(max(tolerance / 2, gap / 10), limit - iterations)
            iterations += moved
            if moved == 0 { break }
        }
        return solution(iterations, converged)
    }

    private func solution(_ iterations: Int, _ converged: Bool) -> SVMProblem.Solution {
        let multipliers = UnsafeBufferPointer(start: value, count: count)
        let slopes = UnsafeBufferPointer(start: gradient, count: count)
        let (threshold, margin) = problem.threshold(multipliers, slopes)
        var twice = 0.0
        for k in 0..<count { twice += value[k] * (gradient[k] + problem.linear[k]) }
        return SVMProblem.Solution(
            multipliers: Array(multipliers), threshold: threshold, margin: margin, objective: twice / 2,
            iterations: iterations, converged: converged)
    }

    /// Σ β K of every row: what the machine says about it before the threshold is subtracted.
    var sums: [Double] { (0..<rowCount).map { gradient[$0] - problem.linear[$0] } }

    // MARK: Kernel rows

    /// The segment of a multiplier, and its place there.
    private func locate(_ member: Int32) -> (segment: Int, place: Int) {
        var row = Int(member)
        if row >= rowCount { row -= rowCount }
        return segments.count == 2 && row >= starts[1] ? (1, row - starts[1]) : (0, row)
    }

    /// The kernel rows of multipliers with every segment: kept ones and new ones.
    private func kernelRows(_ members: [Int32]) -> [[SVMKernelRow]] {
        var result = [[SVMKernelRow?]](
            repeating: [SVMKernelRow?](repeating: nil, count: segments.count), count: members.count)
        for from in segments.indices {
            let located = members.indices.filter { locate(members[$0]).segment == from }
            if located.isEmpty { continue }
            // The two multipliers of a regression's row share its kernel row.
            var places: [Int] = []
            var slots: [Int: Int] = [:]
            for index in located {
                let place = locate(members[index]).place
                if slots[place] == nil {
                    slots[place] = places.count
                    places.append(place)
                }
            }
            for to in segments.indices {
                let group = segments[from]
                var found = from == to ? shared.rows(places, of: group) : own[from].rows(places)
                let missing = found.indices.filter { found[$0] == nil }
                if !missing.isEmpty {
                    let fresh = missing.map { _ in SVMKernelRow(count: rows.padded[segments[to]]) }
                    rows.compute(
                        missing.map { places[$0] }, of: group, with: segments[to], into: fresh.map(\.values),
                        isWide: isWide)
                    for (index, row) in zip(missing, fresh) { found[index] = row }
                    let additions = zip(missing, fresh).map { (place: places[$0], row: $1) }
                    if from == to { shared.keep(additions, of: group) } else { own[from].keep(additions) }
                }
                for index in located { result[index][to] = slots[locate(members[index]).place].flatMap { found[$0] } }
            }
        }
        return result.map { $0.compactMap { $0 } }
    }

    /// Adds multiples of kernel rows to all gradients.
    private func add(_ scales: [Double], of held: [[SVMKernelRow]]) {
        if scales.isEmpty { return }
        for segment in segments.indices {
            let pointers = Pointers(held.map { UnsafePointer($0[segment].values) }, gradient + starts[segment])
            let length = starts[segment + 1] - starts[segment]
            let copies = count > rowCount ? [0, rowCount] : [0]
            spread(length, by: 8192, isWide) { part in
                let shifted = pointers.rows.map { $0.map { $0 + part.lowerBound } }
                for copy in copies {
                    apus_svm_add_rows(
                        pointers.target + copy + part.lowerBound, shifted, scales, scales.count, part.count)
                }
            }
        }
    }

    private struct Pointers: @unchecked Sendable {
        let rows: [UnsafePointer<Float>?]
        let target: UnsafeMutablePointer<Double>
        init(_ rows: [UnsafePointer<Float>], _ target: UnsafeMutablePointer<Double>) {
            self.rows = rows
            self.target = target
        }
    }

    private func startGradient(_ stepped: (Int) throws -> Void) throws {
        let begun = (0..<count).filter { value[$0] != 0 }
        for start in stride(from: 0, to: begun.count, by: 48) {
            try stepped(0)
            let part = begun[start..<min(start + 48, begun.count)]
            add(part.map { value[$0] }, of: kernelRows(part.map { Int32(truncatingIfNeeded: $0) }))
        }
    }

    // MARK: The working set

    /// Keeps the newer half of the working set and fills it with the worst violators of either side.
    private func renewMembers(_ least: Double, _ most: Double) {
        let kept = min(members.count, Self.setSize / 2)
        let dropped = members.count - kept
        for member in members[..<dropped] { isMember[Int(member)] = 0 }
        members.removeFirst(dropped)
        held.removeFirst(dropped)
        let room = Self.setSize - kept
        var rising = worst(up, 1, most, room)
        var falling = worst(low, -1, -least, room)
        var chosen: [Int32] = []
        // From either side in turn; a multiplier may be on both.
        rising.reverse()
        falling.reverse()
        var takesRising = true
        while chosen.count < room, !(rising.isEmpty && falling.isEmpty) {
            let next = takesRising && !rising.isEmpty || falling.isEmpty ? rising.popLast() : falling.popLast()
            takesRising.toggle()
            guard let next, isMember[Int(next)] == 0 else { continue }
            isMember[Int(next)] = 1
            chosen.append(next)
        }
        // Kernel values of neighbours lie near each other.
        chosen.sort()
        members += chosen
        held += kernelRows(chosen)
        gatherInner(kept: kept, dropped: dropped)
    }

    private func worst(_ mask: Numbers, _ sign: Double, _ limit: Double, _ most: Int) -> [Int32] {
        let found = apus_svm_worst(gradient, mask, sign, isMember, count, limit, most, &keys, &places)
        return Array(places[..<found])
    }

    /// Fills the kernel values inside the working set; those between members that stayed are moved.
    private func gatherInner(kept: Int, dropped: Int) {
        let size = Self.setSize
        let columns = members.map { locate($0) }
        inner.withUnsafeMutableBufferPointer { inner in
            if dropped > 0 {
                for a in 0..<kept {
                    for b in 0..<kept { inner[a * size + b] = inner[(a + dropped) * size + b + dropped] }
                }
            }
            for a in kept..<members.count {
                for (b, column) in columns.enumerated() where b <= a {
                    let value = held[a][column.segment].values[column.place]
                    inner[a * size + b] = value
                    inner[b * size + a] = value
                }
            }
        }
    }

    /// Solves the programme of the working set, the other multipliers fixed, and brings all gradients up to date.
    ///
    /// - Returns: How many pairs were moved.
    private func solveMembers(_ tolerance: Double, _ limit: Int) -> Int {
        let size = Self.setSize
        let q = members.count
        var (f, up, low, diagonal) = ([Double](), [Double](), [Double](), [Double]())
        for member in members {
            let k = Int(member)
            f.append(gradient[k])
            up.append(self.up[k])
            low.append(self.low[k])
            diagonal.append(self.diagonal[k])
        }
        var values = members.map { value[Int($0)] }
        let (lower, upper) = (members.map { problem.lower[Int($0)] }, members.map { problem.upper[Int($0)] })
        var moved = 0
        inner.withUnsafeBufferPointer { inner in
            let base = inner.baseAddress.unsafelyUnwrapped
            while moved < limit {
                var (least, most, gain) = (0.0, 0.0, 0.0)
                let i = apus_svm_first(f, up, q, &least)
                guard i >= 0 else { break }
                let rowI = base + i * size
                let j = apus_svm_second(f, low, rowI, diagonal, least, diagonal[i], q, &most, &gain)
                guard j >= 0, most - least >= tolerance else { break }
                let rowJ = base + j * size
                var curvature = diagonal[i] + diagonal[j] - 2 * Double(rowI[j])
                if !(curvature > 0) { curvature = 1e-12 }
                let step = min((f[j] - f[i]) / curvature, min(upper[i] - values[i], values[j] - lower[j]))
                let (oldI, oldJ) = (values[i], values[j])
                // Exactly at the bound where a bound stops the step.
                values[i] = step == upper[i] - oldI ? upper[i] : oldI + step
                values[j] = step == oldJ - lower[j] ? lower[j] : oldJ - step
                apus_svm_step(&f, rowI, values[i] - oldI, rowJ, values[j] - oldJ, q)
                for k in [i, j] {
                    up[k] = values[k] < upper[k] ? 0 : .infinity
                    low[k] = values[k] > lower[k] ? 0 : -.infinity
                }
                moved += 1
            }
        }
        var scales: [Double] = []
        var changed: [[SVMKernelRow]] = []
        for (index, member) in members.enumerated() where values[index] != value[Int(member)] {
            scales.append(values[index] - value[Int(member)])
            changed.append(held[index])
            value[Int(member)] = values[index]
            mark(Int(member))
        }
        add(scales, of: changed)
        return moved
    }
}

import CApusKernels

/// The kernel rows of one problem of the sequential solver: computed when they are asked for, kept as far as memory
/// allows, in the order that the solver has put its variables into.
///
/// Values are rounded to single precision, as in the reference.
final class SVMRows {
    /// How many rows there are.
    let count: Int
    /// The kernel value of each row with itself, in the original order.
    let diagonal: [Double]

    private let kernel: SVMKernel?
    private let width: Int
    /// The rows, swapped along with the variables.
    private let x: UnsafeMutablePointer<Double>
    private let norms: UnsafeMutablePointer<Double>
    /// All kernel values, when they are given; `place` tells where each row is in them.
    private let given: Matrix?
    private var place: [Int]
    private let scratch: UnsafeMutablePointer<Double>

    private var kept: [UnsafeMutablePointer<Float>?]
    private var length: [Int]
    private var previous: [Int]
    private var next: [Int]
    private var room: Int

    /// The rows of `x` with the given indices.
    ///
    /// - Parameters:
    ///   - kernel: The kernel function, or nil when `x` holds the kernel values themselves.
    ///   - x: n × d rows, or n × n kernel values.
    ///   - rows: Which of them take part, in this order.
    ///   - cacheBytes: How much memory kept rows may take; two rows always fit.
    init(_ kernel: SVMKernel?, _ x: Matrix, rows: [Int], cacheBytes: Int) {
        let n = rows.count
        count = n
        self.kernel = kernel
        place = rows
        kept = [UnsafeMutablePointer<Float>?](repeating: nil, count: n)
        length = [Int](repeating: 0, count: n)
        // A circular list from the least to the most recently used; its end is at index n.
        previous = Array(0...n)
        next = Array(0...n)
        room = max(2 * n, cacheBytes / MemoryLayout<Float>.size)
        scratch = .allocate(capacity: max(1, n))
        scratch.initialize(repeating: 0, count: max(1, n))
        if let kernel {
            let d = x.columns
            width = d
            given = nil
            let copy = UnsafeMutablePointer<Double>.allocate(capacity: max(1, n * d))
            let norms = UnsafeMutablePointer<Double>.allocate(capacity: max(1, n))
            norms.initialize(repeating: 0, count: max(1, n))
            x.values.withUnsafeBufferPointer { values in
                let base = values.baseAddress.unsafelyUnwrapped
                for (k, row) in rows.enumerated() {
                    (copy + k * d).initialize(from: base + row * d, count: d)
                    apus_svm_dots(copy + k * d, copy + k * d, 1, d, norms + k)
                }
            }
            self.x = copy
            self.norms = norms
            var values = Array(UnsafeBufferPointer(start: norms, count: n))
            switch kernel.shape {
            case .linear: break
            case .rbf: values = [Double](repeating: 1, count: n)
            case .poly, .sigmoid: apus_svm_values(kernel.c, &values, 0, norms, n)
            }
            diagonal = values
        } else {
            width = 0
            given = x
            self.x = .allocate(capacity: 1)
            norms = .allocate(capacity: 1)
            diagonal = rows.map { x[$0, $0] }
        }
    }

    deinit {
        for row in kept { row?.deallocate() }
        x.deallocate()
        norms.deallocate()
        scratch.deallocate()
    }

    /// The values of the row now at `index` with the rows now at `0..<needed`; valid until the row after the next is
    /// asked for.
    func row(_ index: Int, _ needed: Int) -> UnsafePointer<Float> {
        if length[index] > 0 { unlink(index) }
        if length[index] < needed {
            let start = length[index]
            let more = needed - start
            while room < more, next[count] != count { drop(next[count]) }
            let fresh = UnsafeMutablePointer<Float>.allocate(capacity: needed)
            if let old = kept[index] {
                fresh.initialize(from: old, count: start)
                old.deallocate()
            }
            compute(index, start, needed, fresh)
            kept[index] = fresh
            length[index] = needed
            room -= more
        }
        link(index)
        return UnsafePointer(kept[index].unsafelyUnwrapped)
    }

    private func compute(_ index: Int, _ start: Int, _ end: Int, _ out: UnsafeMutablePointer<Float>) {
        let count = end - start
        if let given {
            let row = place[index] * given.columns
            given.values.withUnsafeBufferPointer { values in
                for k in start..<end { out[k] = Float(values[row + place[k]]) }
            }
        } else if let kernel {
            apus_svm_dots(x + index * width, x + start * width, count, width, scratch)
            apus_svm_values(kernel.c, scratch, norms[index], norms + start, count)
            apus_svm_narrow(scratch, out + start, count)
        }
    }

    /// Exchanges two rows, and their values in all rows that are kept.
    func swap(_ i: Int, _ j: Int) {
        if i == j { return }
        place.swapAt(i, j)
        if kernel != nil {
            for q in 0..<width {
                let value = x[i * width + q]
                x[i * width + q] = x[j * width + q]
                x[j * width + q] = value
            }
            let norm = norms[i]
            norms[i] = norms[j]
            norms[j] = norm
        }
        if length[i] > 0 { unlink(i) }
        if length[j] > 0 { unlink(j) }
        kept.swapAt(i, j)
        length.swapAt(i, j)
        if length[i] > 0 { link(i) }
        if length[j] > 0 { link(j) }
        let (low, high) = (min(i, j), max(i, j))
        var row = next[count]
        while row != count {
            let following = next[row]
            if length[row] > low, let values = kept[row] {
                if length[row] > high {
                    let value = values[low]
                    values[low] = values[high]
                    values[high] = value
                } else {
                    drop(row)
                }
            }
            row = following
        }
    }

    private func drop(_ index: Int) {
        unlink(index)
        kept[index]?.deallocate()
        kept[index] = nil
        room += length[index]
        length[index] = 0
    }

    private func unlink(_ index: Int) {
        next[previous[index]] = next[index]
        previous[next[index]] = previous[index]
    }

    private func link(_ index: Int) {
        next[index] = count
        previous[index] = previous[count]
        next[previous[index]] = index
        previous[count] = index
    }
}

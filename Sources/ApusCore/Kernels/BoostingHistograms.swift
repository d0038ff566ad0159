import CApusKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The histograms of the nodes of a growing tree, in slots that are used again and again.
final class BoostingHistograms {
    /// Numbers in a histogram of one feature: 256 bins of four.
    static let width = 1024

    private let bins: BoostingBins
    private var slots: [UnsafeMutableRawPointer] = []
    private var free: [Int] = []
    private let size: Int

    init(_ bins: BoostingBins) {
        self.bins = bins
        size = bins.features.count * Self.width
    }

    deinit { for slot in slots { slot.deallocate() } }

    /// A slot with unknown content.
    func take() throws -> Int {
        if let slot = free.popLast() { return slot }
        let bytes = size * 8
        let physical = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        let limit = physical.overflow || physical.partialValue <= 0 ? Int.max : physical.partialValue / 2
        guard slots.count < limit / bytes else {
            throw ApusError(
                .unavailable,
                "The histograms of a tree with so many open nodes take more than half of the memory, "
                    + "\(limit >> 20) MB; set maxLeafNodes or maxDepth.")
        }
        slots.append(UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64))
        return slots.count - 1
    }

    /// Gives a slot back.
    func release(_ slot: Int) { free.append(slot) }

    /// Gives all slots back.
    func releaseAll() { free = Array(slots.indices) }

    /// The numbers in a slot.
    func slot(_ index: Int) -> UnsafeMutableBufferPointer<Double> {
        UnsafeMutableBufferPointer(start: slots[index].assumingMemoryBound(to: Double.self), count: size)
    }

    /// Sums up rows for all features.
    ///
    /// - Parameters:
    ///   - index: The slot to fill.
    ///   - list: The rows; nil for all.
    ///   - count: How many rows.
    ///   - pairs: Gradient and hessian of each row of the data.
    func build(_ index: Int, list: SharedBuffer<UInt32>?, count: Int, _ pairs: SharedBuffer<Float>) {
        let view = view
        let parts = view.parts(work: count * bins.features.count)
        Parallel.forEach(parts.count) { part in view.build(index, parts[part], list: list, pairs) }
    }

    /// What threads need to work on slots.
    var view: View { View(bins: bins, slots: slots.map { Slot(base: $0.assumingMemoryBound(to: Double.self)) }) }

    struct Slot: @unchecked Sendable {
        let base: UnsafeMutablePointer<Double>
    }

    struct View: Sendable {
        let bins: BoostingBins
        let slots: [Slot]

        /// Work below which a second thread costs more than it brings.
        private static let leastWork = 16384

        /// Ranges of features for threads to share out; the results do not depend on them.
        func parts(work: Int) -> [Range<Int>] {
            let features = bins.features.count
            let threads = max(1, min(Parallel.threads, features, work / Self.leastWork))
            // Wide data in narrow parts, so that a part's histograms stay in the cache.
            let count = max(threads, (features + 31) / 32)
            return (0..<count).map { features * $0 / count..<features * ($0 + 1) / count }
        }

        func feature(_ feature: Int, of slot: Int) -> UnsafeMutablePointer<Double> {
            slots[slot].base + feature * BoostingHistograms.width
        }

        func build(
            _ index: Int, _ features: Range<Int>, list: SharedBuffer<UInt32>?, _ pairs: SharedBuffer<Float>
        ) {
            let histogram = feature(features.lowerBound, of: index)
            histogram.initialize(repeating: 0, count: features.count * BoostingHistograms.width)
            bins.byRow.withUnsafeBufferPointer { bytes in
                apus_boosting_histogram(
                    bytes.baseAddress.unsafelyUnwrapped + features.lowerBound, bins.stride, list?.base,
                    list?.count ?? bins.rows, pairs.base, features.count, histogram)
            }
        }

        func subtract(_ child: Int, from parent: Int, _ features: Range<Int>) {
            for f in features {
                let (from, less) = (feature(f, of: parent), feature(f, of: child))
                let used = bins.features[f].count
                apus_boosting_subtract(from, less, used)
                if bins.hasMissing[f] {
                    apus_boosting_subtract(from + BoostingHistograms.width - 4, less + BoostingHistograms.width - 4, 1)
                }
            }
        }
    }
}

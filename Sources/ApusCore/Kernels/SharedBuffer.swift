/// Storage that several threads fill at once, each its own part.
///
/// Kernels use it to let blocks of rows write into one output array. Writing the same place from two threads is the
/// kernel's mistake; nothing outside a kernel sees one of these.
@_documentation(visibility: internal)
public struct SharedBuffer<Element>: @unchecked Sendable {
    /// The first element.
    public let base: UnsafeMutablePointer<Element>
    /// How many elements there are.
    public let count: Int

    /// A view of storage that outlives every use of it.
    @inlinable
    public init(_ buffer: UnsafeMutableBufferPointer<Element>) {
        base = buffer.baseAddress.unsafelyUnwrapped
        count = buffer.count
    }

    /// The element at `index`, unchecked in release builds.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }
}

extension Array where Element: BitwiseCopyable {
    /// Fresh storage of `count` elements, filled by blocks of `blockSize` in parallel.
    ///
    /// - Parameters:
    ///   - count: Number of elements times `width`.
    ///   - rows: Number of rows that are cut into blocks.
    ///   - width: Elements that belong to a row.
    ///   - blockSize: Rows in a block.
    ///   - fill: Writes every element of the rows it is given.
    @_documentation(visibility: internal)
    @inlinable
    public init(
        filledInParallelRows rows: Int, width: Int, blockSize: Int,
        _ fill: @Sendable (Range<Int>, SharedBuffer<Element>) -> Void
    ) {
        let total = rows * width
        guard total > 0 else {
            self = []
            return
        }
        self.init(unsafeUninitializedCapacity: total) { buffer, filled in
            let whole = UnsafeMutableBufferPointer(rebasing: buffer[0..<total])
            let shared = SharedBuffer(whole)
            let ranges = Parallel.blocks(of: rows, size: blockSize)
            Parallel.forEach(ranges.count) { fill(ranges[$0], shared) }
            filled = total
        }
    }
}

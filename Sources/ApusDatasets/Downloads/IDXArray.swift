import ApusCore

/// An array of bytes in the IDX format, in which MNIST is published.
///
/// Two zeros, the type of the elements (8 for bytes), the number of dimensions, each dimension as four bytes with the
/// most significant first, and then the elements with the last index running fastest.
struct IDXArray {
    /// The length in each dimension.
    let shape: [Int]
    /// The elements.
    let elements: ArraySlice<UInt8>

    /// Reads the bytes of an IDX file.
    ///
    /// - Parameter name: What the file is called in messages.
    /// - Throws: `ApusError` with code `unreadableData` when the bytes are no such file, or too few or too many.
    init(_ bytes: [UInt8], name: String) throws {
        func unreadable(_ what: String) -> ApusError { ApusError(.unreadableData, "\(name) \(what); get it again.") }
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else { throw unreadable("is no IDX file") }
        guard bytes[2] == 8 else { throw unreadable("holds elements of type \(bytes[2]) where bytes are expected") }
        let start = 4 + 4 * Int(bytes[3])
        guard bytes.count >= start else { throw unreadable("ends within its header") }
        shape = stride(from: 4, to: start, by: 4).map { place in
            bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        elements = bytes[start...]
        var count = 1
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw unreadable("announces more elements than there can be") }
            count = product
        }
        guard elements.count == count else {
            throw unreadable("holds \(elements.count) elements where \(count) are announced")
        }
    }
}

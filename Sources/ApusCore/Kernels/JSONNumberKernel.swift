/// Numbers in JSON text, correctly rounded at the speed of the CSV reader.
@_documentation(visibility: internal)
public enum JSONNumberKernel {
    /// The number that some of the bytes spell; infinite where it is too large for a double.
    ///
    /// - Parameter range: Indices of `bytes` that hold a number of JSON's grammar, and nothing else.
    public static func double(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        // The converter may look one byte past the number.
        guard range.upperBound < bytes.count else { return Double(String(decoding: bytes[range], as: UTF8.self)) }
        return bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { CSVNumber.double($0 + range.lowerBound, range.count, CSVPowers.table) }
        }
    }
}

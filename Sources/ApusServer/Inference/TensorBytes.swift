import ApusFrame

/// The binary form of tensors: elements in row-major order, little-endian, texts behind their length in four bytes.
enum TensorBytes {
    /// Reads `count` elements.
    ///
    /// - Throws: `RequestFailure` when the bytes are not exactly as many elements, or a text is not UTF-8.
    static func cells(_ bytes: ArraySlice<UInt8>, _ type: TensorType, count: Int, field: String) throws -> [Cell] {
        guard let width = type.width else { return try texts(bytes, count: count, field: field) }
        guard bytes.count == count * width else {
            throw RequestFailure(
                400, "wrongByteCount",
                "\(field) has \(bytes.count) bytes where \(count) elements of \(type.rawValue) take \(count * width).",
                field: field)
        }
        var cells: [Cell] = []
        cells.reserveCapacity(count)
        var start = bytes.startIndex
        for _ in 0..<count {
            var bits: UInt64 = 0
            for place in (0..<width).reversed() { bits = bits << 8 | UInt64(bytes[start + place]) }
            cells.append(cell(bits, type))
            start += width
        }
        return cells
    }

    private static func cell(_ bits: UInt64, _ type: TensorType) -> Cell {
        switch type {
        case .bool: .flag(bits != 0)
        case .uint8, .uint16, .uint32, .uint64: .number(Double(bits))
        case .int8: .number(Double(Int8(truncatingIfNeeded: bits)))
        case .int16: .number(Double(Int16(truncatingIfNeeded: bits)))
        case .int32: .number(Double(Int32(truncatingIfNeeded: bits)))
        case .int64: .number(Double(Int64(bitPattern: bits)))
        case .fp16: number(half(UInt16(truncatingIfNeeded: bits)))
        case .fp32: number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .fp64: number(Double(bitPattern: bits))
        case .bytes: .missing
        }
    }

    /// NaN is how numeric tools write that there is no value.
    private static func number(_ value: Double) -> Cell { value.isNaN ? .missing : .number(value) }

    /// The number that sixteen bits stand for; not every platform has the type.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023)
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
            }
        return bits >> 15 == 1 ? -size : size
    }

    private static func texts(_ bytes: ArraySlice<UInt8>, count: Int, field: String) throws -> [Cell] {
        func cut() -> RequestFailure {
            RequestFailure(
                400, "wrongByteCount",
                "\(field) is no list of \(count) texts, each behind its length in four bytes.", field: field)
        }
        guard count <= bytes.count / 4 else { throw cut() }
        var cells: [Cell] = []
        cells.reserveCapacity(count)
        var rest = bytes
        for _ in 0..<count {
            guard rest.count >= 4 else { throw cut() }
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count else { throw cut() }
            guard let text = String(validating: rest.prefix(length), as: UTF8.self) else {
                throw RequestFailure(400, "invalidText", "\(field) holds bytes that are not UTF-8.", field: field)
            }
            cells.append(.text(text))
            rest = rest.dropFirst(length)
        }
        guard rest.isEmpty else { throw cut() }
        return cells
    }

    /// Appends a whole number or the bits of another.
    static func append(_ bits: UInt64, width: Int, to bytes: inout [UInt8]) {
        for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * UInt64(place)))) }
    }

    /// Appends a text behind its length.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        append(UInt64(text.utf8.count), width: 4, to: &bytes)
        bytes += text.utf8
    }
}

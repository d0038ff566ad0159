import ApusCore

/// JSON in the making, as bytes.
struct JSONText {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already.
    mutating func raw(_ text: String) { bytes += text.utf8 }

    /// Bytes that are JSON already.
    mutating func raw(_ text: [UInt8]) { bytes += text }

    /// A whole number.
    mutating func whole(_ value: Int) { bytes += value.description.utf8 }

    /// A finite number, in the shortest form that reads back to the same bits.
    mutating func number(_ value: Double) { bytes += value.description.utf8 }

    /// A string in quotes.
    mutating func string(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0x0A: bytes += [0x5C, 0x6E]
            case 0x00..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += [0x5C, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    /// Any value whose numbers are finite; names in ascending order.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .int(let whole): self.whole(whole)
        case .double(let number): number.isFinite ? self.number(number) : raw("null")
        case .string(let text): string(text)
        case .array(let values):
            raw("[")
            for (place, value) in values.enumerated() {
                if place > 0 { raw(",") }
                self.value(value)
            }
            raw("]")
        case .object(let fields):
            raw("{")
            for (place, (name, value)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { raw(",") }
                string(name)
                raw(":")
                self.value(value)
            }
            raw("}")
        }
    }
}

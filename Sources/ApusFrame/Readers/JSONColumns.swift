import ApusCore

extension ColumnBuilder {
    /// A column with `count` rows that have no value.
    init(_ name: String, type: ColumnType?, missing count: Int) {
        self.init(name, type: type)
        for _ in 0..<count { appendMissing() }
    }

    /// Adds a value; false when it is not of the type that is asked for.
    mutating func append(_ value: JSONScanner.Value, _ scanner: JSONScanner) throws -> Bool {
        switch value {
        case .null:
            appendMissing()
            return true
        case .flag(let flag): return append(flag)
        case .number(let range, let isWhole):
            if kind == .string { return append(spelled: scanner.bytes[range]) }
            if isWhole, kind != .double, let whole = Int(String(decoding: scanner.bytes[range], as: UTF8.self)) {
                return append(whole)
            }
            let number = JSONNumberKernel.double(scanner.bytes, range) ?? .nan
            return append(number, spelled: scanner.bytes[range])
        case .text(let range, let isPlain):
            if isPlain { return append(text: scanner.bytes[range]) }
            return append(text: try scanner.string(range, isPlain: false).utf8)
        case .nested(let range): return append(spelled: scanner.bytes[range])
        }
    }
}

/// Text as XML may hold it.
enum XMLText {
    /// `text` with the five special characters escaped and everything left out that XML 1.0 forbids or that a reader
    /// cannot see: control characters, unpaired directional overrides, noncharacters.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n", "\r": result.append(" ")
            default: if isVisible(scalar) { result.append(scalar) }
            }
        }
        return String(result)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x202a...0x202e, 0x2066...0x2069, 0xfdd0...0xfdef: return false
        case let code where code & 0xfffe == 0xfffe: return false
        default: return true
        }
    }
}

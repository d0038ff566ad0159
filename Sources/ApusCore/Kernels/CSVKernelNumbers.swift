/// Numbers in text: correctly rounded, whatever their length.
enum CSVNumber {
    /// The whole number that some bytes spell, or nil when they spell none or one that does not fit.
    @inline(__always)
    static func int(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        var (p, rest) = (start, length)
        var negative = false
        if rest > 1, p[0] == 0x2D || p[0] == 0x2B {
            negative = p[0] == 0x2D
            p += 1
            rest -= 1
        }
        guard rest > 0 else { return nil }
        if rest <= 8 {
            let digits = (CSVWord.load(p) ^ CSVWord.all(0x30)) << UInt64(64 - 8 * rest)
            guard areDigits(digits) else { return nil }
            let value = Int(eightDigits(digits))
            return negative ? -value : value
        }
        return longInt(p, rest, negative)
    }

    private static func longInt(_ start: UnsafePointer<UInt8>, _ length: Int, _ negative: Bool) -> Int? {
        var (p, rest) = (start, length)
        while rest > 1, p[0] == 0x30 {
            p += 1
            rest -= 1
        }
        guard rest <= 19 else { return nil }
        var magnitude: UInt64 = 0
        while rest >= 8 {
            let digits = CSVWord.load(p) ^ CSVWord.all(0x30)
            guard areDigits(digits) else { return nil }
            magnitude = magnitude &* 100_000_000 &+ eightDigits(digits)
            p += 8
            rest -= 8
        }
        while rest > 0 {
            let digit = p[0] &- 0x30
            guard digit < 10 else { return nil }
            // Nineteen digits are less than 2^64, so this cannot wrap around.
            magnitude = magnitude &* 10 &+ UInt64(digit)
            p += 1
            rest -= 1
        }
        if negative { return magnitude <= 1 << 63 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int(exactly: magnitude)
    }

    /// Whether eight bytes, from which the code of "0" was taken by exclusive or, were all digits.
    @inline(__always)
    private static func areDigits(_ word: UInt64) -> Bool {
        ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 == 0
    }

    /// The number of which a word holds the digits, the first in the lowest byte.
    @inline(__always)
    private static func eightDigits(_ word: UInt64) -> UInt64 {
        let pairs = (word &* 2561) >> 8 & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 6_553_601) >> 16 & 0x0000_FFFF_0000_FFFF
        return (fours &* 42_949_672_960_001) >> 32
    }

    /// The number that some bytes spell, correctly rounded, or nil when they spell none: digits with an optional sign,
    /// decimal point and exponent, or an infinity.
    @inline(__always)
    static func double(_ start: UnsafePointer<UInt8>, _ length: Int, _ powers: UnsafePointer<UInt64>) -> Double? {
        var p = start
        let end = start + length
        guard length > 0 else { return nil }
        let negative = p[0] == 0x2D
        if negative || p[0] == 0x2B { p += 1 }
        var mantissa: UInt64 = 0
        let integerStart = p
        while true {
            let digit = p[0] &- 0x30
            if digit > 9 || p == end { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            p += 1
        }
        var digits = p - integerStart
        var exponent = 0
        if p < end, p[0] == 0x2E {
            p += 1
            let fractionStart = p
            while end - p >= 8 {
                let word = CSVWord.load(p) ^ CSVWord.all(0x30)
                if !areDigits(word) { break }
                mantissa = mantissa &* 100_000_000 &+ eightDigits(word)
                p += 8
            }
            while p < end {
                let digit = p[0] &- 0x30
                if digit > 9 { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                p += 1
            }
            exponent = fractionStart - p
            digits -= exponent
        }
        guard digits > 0 else { return infinity(start, length) }
        if p < end {
            guard let power = scientific(p, end) else { return nil }
            exponent += power
        }
        // Up to 19 digits fit into 64 bits.
        if digits <= 19 {
            if mantissa <= 1 << 53, exponent <= 22, exponent >= -22 {
                let exact = Double(mantissa)
                let value = exponent < 0 ? exact / tens(-exponent, powers) : exact * tens(exponent, powers)
                return negative ? -value : value
            }
            if let value = CSVPowers.scale(mantissa, exponent, powers) { return negative ? -value : value }
        }
        return slow(start, length)
    }

    /// 10 to the power of 0 to 22, each of which is exact.
    @inline(__always)
    private static func tens(_ exponent: Int, _ powers: UnsafePointer<UInt64>) -> Double {
        Double(bitPattern: powers[exponent])
    }

    /// The power of ten in an exponent such as `e-12`, limited to what cannot overflow.
    private static func scientific(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        guard start[0] | 0x20 == 0x65, start + 1 < end else { return nil }
        var p = start + 1
        let negative = p[0] == 0x2D
        if negative || p[0] == 0x2B { p += 1 }
        guard p < end else { return nil }
        var power = 0
        while p < end {
            let digit = p[0] &- 0x30
            guard digit < 10 else { return nil }
            if power < 100_000 { power = power * 10 + Int(digit) }
            p += 1
        }
        return negative ? -power : power
    }

    private static func infinity(_ start: UnsafePointer<UInt8>, _ length: Int) -> Double? {
        guard length <= 9 else { return nil }
        switch string(start, length).lowercased() {
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: return nil
        }
    }

    /// The standard library's conversion, for many digits and extreme exponents. It rejects nothing that got here.
    private static func slow(_ start: UnsafePointer<UInt8>, _ length: Int) -> Double? {
        Double(string(start, length))
    }

    /// The text of some bytes.
    static func string(_ start: UnsafePointer<UInt8>, _ length: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
    }
}

/// Powers of ten to 128 bits, and Eisel and Lemire's conversion that needs no more (D. Lemire, "Number parsing at a
/// gigabyte per second", Software: Practice and Experience 51, 2021; proof that it never fails: N. Mushtak and
/// D. Lemire, "Fast number parsing without fallback", 2023).
enum CSVPowers {
    /// 10 to the power of 0 to 22, each of which is exact.
    private static let exactTens: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// The exponents of ten that the table covers; the standard library converts the few numbers beyond.
    private static let lowest = -64
    private static let highest = 64
    /// How many exact powers of ten come first in the table.
    private static let tensCount = 23

    /// The bits of the exact powers of ten, then high and low word of 5^q for each q from `lowest` to `highest`, scaled
    /// so that the highest bit is set; rounded down for q of at least 0 and below -27, up in between.
    nonisolated(unsafe) static let table: UnsafePointer<UInt64> = {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: tensCount + 2 * (highest - lowest + 1))
        for (place, power) in exactTens.enumerated() { words[place] = power.bitPattern }
        for (place, power) in (lowest...highest).enumerated() {
            let (high, low) = power >= 0 ? fivePower(power) : reciprocal(ofFivePower: -power)
            words[tensCount + 2 * place] = high
            words[tensCount + 2 * place + 1] = low
        }
        return UnsafePointer(words)
    }()

    /// `mantissa` times 10 to the power of `exponent`, correctly rounded; nil where the result is not a normal number
    /// or the exponent is not in the table.
    static func scale(_ mantissa: UInt64, _ exponent: Int, _ powers: UnsafePointer<UInt64>) -> Double? {
        guard mantissa != 0 else { return 0 }
        guard exponent >= lowest, exponent <= highest else { return nil }
        let place = tensCount + 2 * (exponent - lowest)
        let zeros = mantissa.leadingZeroBitCount
        let w = mantissa << UInt64(zeros)
        var (high, low) = w.multipliedFullWidth(by: powers[place])
        // Only if the 9 bits below the result are all ones can the second word of the power matter.
        if high & 0x1FF == 0x1FF {
            let second = w.multipliedFullWidth(by: powers[place + 1]).high
            low = low &+ second
            if second > low { high += 1 }
        }
        let upper = Int(high >> 63)
        let shift = UInt64(upper + 9)
        var bits = high >> shift
        var power = ((217_706 * exponent) >> 16) + 63 + upper - zeros + 1023
        guard power > 0 else { return nil }
        // Halfway between two doubles: to the even one, where the product is exact.
        if low <= 1, exponent >= -4, exponent <= 23, bits & 3 == 1, bits << shift == high { bits &= ~1 }
        bits += bits & 1
        bits >>= 1
        if bits >= 1 << 53 {
            bits = 1 << 52
            power += 1
        }
        guard power < 0x7FF else { return nil }
        return Double(bitPattern: UInt64(power) << 52 | bits & ((1 << 52) - 1))
    }

    /// The highest 128 bits of 5^power.
    private static func fivePower(_ power: Int) -> (UInt64, UInt64) {
        var words: [UInt64] = [1]
        for _ in 0..<power { multiplyByFive(&words) }
        return highest(words)
    }

    /// The highest 128 bits of 1 / 5^power, by long division of a power of two.
    private static func reciprocal(ofFivePower power: Int) -> (UInt64, UInt64) {
        var divisor: [UInt64] = [1]
        for _ in 0..<power { multiplyByFive(&divisor) }
        divisor.append(0)
        var remainder = [UInt64](repeating: 0, count: divisor.count)
        remainder[0] = 1
        var (high, low): (UInt64, UInt64) = (0, 0)
        while high >> 63 == 0 {
            shiftLeft(&remainder)
            let bit: UInt64 = subtract(divisor, from: &remainder) ? 1 : 0
            high = high << 1 | low >> 63
            low = low << 1 | bit
        }
        if power <= 27 {
            low &+= 1
            if low == 0 { high += 1 }
        }
        return (high, low)
    }

    private static func multiplyByFive(_ words: inout [UInt64]) {
        var carry: UInt64 = 0
        for i in words.indices {
            let product = words[i].multipliedFullWidth(by: 5)
            let (sum, overflow) = product.low.addingReportingOverflow(carry)
            words[i] = sum
            carry = product.high + (overflow ? 1 : 0)
        }
        if carry > 0 { words.append(carry) }
    }

    private static func highest(_ words: [UInt64]) -> (UInt64, UInt64) {
        let padded = [0, 0] + words
        let top = padded.count - 1
        let zeros = UInt64(padded[top].leadingZeroBitCount)
        func word(_ i: Int) -> UInt64 { zeros == 0 ? padded[i] : padded[i] << zeros | padded[i - 1] >> (64 - zeros) }
        return (word(top), word(top - 1))
    }

    private static func shiftLeft(_ words: inout [UInt64]) {
        var carry: UInt64 = 0
        for i in words.indices {
            let next = words[i] >> 63
            words[i] = words[i] << 1 | carry
            carry = next
        }
    }

    /// Subtracts where the difference is not negative, and says whether it did.
    private static func subtract(_ divisor: [UInt64], from words: inout [UInt64]) -> Bool {
        for i in words.indices.reversed() where words[i] != divisor[i] {
            if words[i] < divisor[i] { return false }
            break
        }
        var borrow: UInt64 = 0
        for i in words.indices {
            let (first, a) = words[i].subtractingReportingOverflow(divisor[i])
            let (second, b) = first.subtractingReportingOverflow(borrow)
            words[i] = second
            borrow = a || b ? 1 : 0
        }
        return true
    }
}

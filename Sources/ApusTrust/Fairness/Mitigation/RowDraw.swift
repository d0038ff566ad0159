import ApusCore

/// A number from 0 up to 1 that is drawn for a row by its content: the same row gets the same number under the same seed,
/// wherever it stands and whatever rows come with it.
///
/// That makes randomised classifiers repeatable. It also means that equal rows are answered equally, so that in a table of
/// few different rows the shares of answers are those of the different rows, not of all.
struct RowDraw {
    let seed: UInt32

    /// The number for each row.
    func numbers(_ x: Matrix) -> [Double] {
        let width = x.columns
        let values = x.values
        return (0..<x.rows).map { row in
            var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(seed) &* 0xD129_0DB3_1F5C_4A2B
            for k in row * width..<(row + 1) * width {
                // Both zeros are the same value.
                state = Self.mixed(state ^ (values[k] == 0 ? 0 : values[k].bitPattern))
            }
            return Double(Self.mixed(state) >> 11) * 0x1p-53
        }
    }

    /// SplitMix64's step and finaliser: G. Steele et al., OOPSLA 2014.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

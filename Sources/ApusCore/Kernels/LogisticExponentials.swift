/// Exponential and logarithm of eight numbers at once, to within about one unit in the last place.
///
/// Argument reduction and polynomials are those of Sun's fdlibm (`e_exp.c`, `e_log.c`): |r| ≤ ½ ln 2 for the exponential,
/// √½ ≤ m < √2 for the logarithm. No branch depends on the data, so a row costs the same whatever its score.
@_documentation(visibility: internal)
public enum ExponentialKernel {
    /// Eight numbers.
    public typealias Lanes = SIMD8<Double>
    /// How many numbers one call takes.
    public static let width = Lanes.scalarCount

    private typealias Bits = SIMD8<UInt64>
    private static let ln2High = 6.93147180369123816490e-01
    private static let ln2Low = 1.90821492927058770002e-10
    /// 1.5 · 2⁵²: adding it leaves the nearest whole number in the low bits.
    private static let rounder = 6755399441055744.0

    /// exp(x) for x ≤ 0; what is below -708 counts as -708, where the result is 3e-308.
    @inline(__always)
    public static func exp(_ argument: Lanes) -> Lanes {
        let x = argument.replacing(with: -708, where: argument .< -708)
        let shifted: Lanes = x * 1.44269504088896338700 + rounder
        let n: Lanes = shifted - rounder
        let high: Lanes = x - n * ln2High
        let low: Lanes = n * ln2Low
        let r: Lanes = high - low
        let t: Lanes = r * r
        var p: Lanes = t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06
        p = t * p + 6.61375632143793436117e-05
        p = t * p - 2.77777777770155933842e-03
        p = t * p + 1.66666666666666019037e-01
        let c: Lanes = r - t * p
        let quotient: Lanes = (r * c) / (2 - c)
        let fraction: Lanes = 1 - ((low - quotient) - high)
        // The low bits of `shifted` are n in two's complement; shifted up they add n to the exponent.
        let exponent: Bits = unsafeBitCast(shifted, to: Bits.self) &<< 52
        return unsafeBitCast(unsafeBitCast(fraction, to: Bits.self) &+ exponent, to: Lanes.self)
    }

    /// log(x) for normal x > 0.
    @inline(__always)
    public static func log(_ x: Lanes) -> Lanes {
        // Subtracting the bits of √½ first puts the mantissa between √½ and √2.
        let offset = Bits(repeating: 0x3fe6_a09e_667f_3bcd)
        let moved: Bits = unsafeBitCast(x, to: Bits.self) &- offset
        let mantissaBits: Bits = (moved & Bits(repeating: 0x000f_ffff_ffff_ffff)) &+ offset
        let exponentBits: Bits = ((moved &>> 52) &+ 2048) & 4095 | Bits(repeating: 0x4330_0000_0000_0000)
        let k: Lanes = unsafeBitCast(exponentBits, to: Lanes.self) - (4503599627370496 + 2048)
        let f: Lanes = unsafeBitCast(mantissaBits, to: Lanes.self) - 1
        let s: Lanes = f / (2 + f)
        let z: Lanes = s * s
        var p: Lanes = z * 1.479819860511658591e-01 + 1.531383769920937332e-01
        p = z * p + 1.818357216161805012e-01
        p = z * p + 2.222219843214978396e-01
        p = z * p + 2.857142874366239149e-01
        p = z * p + 3.999999999940941908e-01
        p = z * p + 6.666666666666735130e-01
        let remainder: Lanes = z * p
        let half: Lanes = f * f * 0.5
        let inner: Lanes = s * (half + remainder) + k * ln2Low
        return k * ln2High - ((half - inner) - f)
    }

    /// log(1 + x) for 0 ≤ x ≤ 1, without the loss that 1 + x brings where x is small.
    @inline(__always)
    public static func log1p(_ x: Lanes) -> Lanes {
        let u: Lanes = 1 + x
        let lost: Lanes = x - (u - 1)
        return log(u) + lost / u
    }
}

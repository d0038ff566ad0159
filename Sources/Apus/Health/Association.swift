import ApusCore
import ApusFrame

/// How strongly two columns go together, by the measure that suits their types.
public struct Association: Sendable, Hashable {
    /// A measure between two columns.
    public enum Measure: String, Sendable, Hashable, CaseIterable {
        /// Pearson's correlation of two columns of numbers, from -1 to 1.
        case pearson = "Pearson's r"
        /// Cramér's V of two columns of categories, from 0 to 1, corrected for chance.
        case cramersV = "Cramér's V"
        /// The correlation ratio η of a column of numbers by categories, from 0 to 1.
        case correlationRatio = "correlation ratio η"
    }

    /// The name of one column.
    public let first: String
    /// The name of the other.
    public let second: String
    /// How they were compared.
    public let measure: Measure
    /// The strength.
    public let value: Double

    /// Cramér's V of two columns of categories, with W. Bergsma's correction for chance (2013).
    ///
    /// - Parameters:
    ///   - a: For each row the place of its level, or -1 where it is missing.
    ///   - b: The same for the other column.
    /// - Returns: A value from 0 to 1; nil when fewer than two levels of one of them occur together with the other.
    public static func cramersV(_ a: [Int32], _ b: [Int32]) -> Double? {
        let width = Int(b.max() ?? -1) + 1
        let height = Int(a.max() ?? -1) + 1
        guard width > 0, height > 0, width.multipliedReportingOverflow(by: height).partialValue < 1 << 24 else {
            return nil
        }
        var counts = [Double](repeating: 0, count: width * height)
        var (rows, columns, total) = ([Double](repeating: 0, count: height), [Double](repeating: 0, count: width), 0.0)
        for (x, y) in zip(a, b) where x >= 0 && y >= 0 {
            counts[Int(x) * width + Int(y)] += 1
            rows[Int(x)] += 1
            columns[Int(y)] += 1
            total += 1
        }
        let (r, k) = (Double(rows.count { $0 > 0 }), Double(columns.count { $0 > 0 }))
        guard r > 1, k > 1 else { return nil }
        var chiSquare = 0.0
        for x in 0..<height where rows[x] > 0 {
            for y in 0..<width where columns[y] > 0 {
                let expected = rows[x] * columns[y] / total
                let difference = counts[x * width + y] - expected
                chiSquare += difference * difference / expected
            }
        }
        let phi = max(0, chiSquare / total - (r - 1) * (k - 1) / (total - 1))
        let least = min(r - (r - 1) * (r - 1) / (total - 1), k - (k - 1) * (k - 1) / (total - 1)) - 1
        return least > 0 ? min(1, (phi / least).squareRoot()) : nil
    }

    /// The correlation ratio: the root of the share of the variance of numbers that lies between categories.
    ///
    /// - Parameters:
    ///   - codes: For each row the place of its level, or -1 where it is missing.
    ///   - numbers: For each row its number; NaN where it is missing.
    /// - Returns: A value from 0 to 1; nil when the numbers are all the same or there is one category.
    public static func correlationRatio(_ codes: [Int32], _ numbers: [Double]) -> Double? {
        let levels = Int(codes.max() ?? -1) + 1
        var (sums, counts) = ([Double](repeating: 0, count: levels), [Double](repeating: 0, count: levels))
        var (sum, total) = (0.0, 0.0)
        for (code, number) in zip(codes, numbers) where code >= 0 && number.isFinite {
            sums[Int(code)] += number
            counts[Int(code)] += 1
            sum += number
            total += 1
        }
        guard counts.count(where: { $0 > 0 }) > 1 else { return nil }
        let mean = sum / total
        var (between, whole) = (0.0, 0.0)
        for level in 0..<levels where counts[level] > 0 {
            let difference = sums[level] / counts[level] - mean
            between += counts[level] * difference * difference
        }
        for (code, number) in zip(codes, numbers) where code >= 0 && number.isFinite {
            whole += (number - mean) * (number - mean)
        }
        return whole > 0 ? min(1, (between / whole).squareRoot()) : nil
    }

    /// Pearson's correlation over the rows where both have a finite value; nil for fewer than three or a constant column.
    public static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
        var (sumX, sumY, count) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) where a.isFinite && b.isFinite {
            sumX += a
            sumY += b
            count += 1
        }
        guard count > 2 else { return nil }
        let (meanX, meanY) = (sumX / count, sumY / count)
        var (squaresX, squaresY, products) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) where a.isFinite && b.isFinite {
            squaresX += (a - meanX) * (a - meanX)
            squaresY += (b - meanY) * (b - meanY)
            products += (a - meanX) * (b - meanY)
        }
        let divisor = squaresX.squareRoot() * squaresY.squareRoot()
        return divisor > 0 && divisor.isFinite ? min(1, max(-1, products / divisor)) : nil
    }
}

extension Association {
    /// How many levels a column of categories may have to be compared.
    static let mostLevels = 50
    /// How many columns are compared in pairs.
    static let mostColumns = 300

    private enum Values: Sendable {
        case numbers([Double])
        case codes([Int32])
    }

    /// All pairs of columns that can be compared, the strongest first.
    ///
    /// - Parameters:
    ///   - frame: The rows to compare them over.
    ///   - names: The columns.
    static func all(in frame: DataFrame, of names: [String]) throws -> [Association] {
        let columns = try names.map { try frame[$0] as Column }
        let prepared = Parallel.map(columns.count) { place -> Values? in
            let column = columns[place]
            if column.type.isNumeric { return (try? column.numbers()).map { .numbers($0) } }
            guard case .categorical(let codes, let levels) = column.asCategorical().values,
                levels.count <= mostLevels
            else { return nil }
            return .codes(codes)
        }
        let known = prepared.indices.filter { prepared[$0] != nil }.prefix(mostColumns)
        let pairs = known.flatMap { i in known.filter { $0 > i }.map { (i, $0) } }
        let found = Parallel.map(pairs.count) { place -> Association? in
            let (i, j) = pairs[place]
            func made(_ measure: Measure, _ value: Double?) -> Association? {
                value.map { Association(first: names[i], second: names[j], measure: measure, value: $0) }
            }
            switch (prepared[i], prepared[j]) {
            case (.numbers(let x), .numbers(let y)): return made(.pearson, pearson(x, y))
            case (.codes(let a), .codes(let b)): return made(.cramersV, cramersV(a, b))
            case (.codes(let codes), .numbers(let numbers)), (.numbers(let numbers), .codes(let codes)):
                return made(.correlationRatio, correlationRatio(codes, numbers))
            default: return nil
            }
        }
        return found.compactMap(\.self).sorted { a, b in
            a.value.magnitude == b.value.magnitude
                ? (a.first, a.second) < (b.first, b.second) : a.value.magnitude > b.value.magnitude
        }
    }
}

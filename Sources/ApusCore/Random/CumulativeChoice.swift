/// Draws indices with given probabilities and with replacement, many times over.
///
/// The draws are those of `choice(n, count, p=p)`; the running sums are made once and not for every call.
public struct CumulativeChoice: Sendable {
    private let cumulative: [Double]

    /// A choice among as many indices as there are probabilities.
    ///
    /// - Parameter probabilities: At least one, not negative, not all zero; they are divided by their sum.
    public init(probabilities: [Double]) {
        precondition(!probabilities.isEmpty, "there must be something to choose from")
        var sum = 0.0
        var cumulative = probabilities.map { p -> Double in
            sum += p
            return sum
        }
        for i in cumulative.indices { cumulative[i] /= sum }
        self.cumulative = cumulative
    }

    /// `count` indices.
    public func draw(_ count: Int, from random: inout RandomState) -> [Int] {
        random.uniform(count: count).map { target in
            var (low, high) = (0, cumulative.count)
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] > target { high = middle } else { low = middle + 1 }
            }
            return min(low, cumulative.count - 1)
        }
    }
}

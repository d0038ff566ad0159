extension RandomState {
    /// Puts the elements in random order, as `shuffle(values)` of a one-dimensional array or of the rows of a matrix.
    public mutating func shuffle<Element>(_ values: inout [Element]) {
        guard values.count > 1 else { return }
        var generator = self
        values.withUnsafeMutableBufferPointer { values in
            for i in stride(from: values.count - 1, to: 0, by: -1) {
                values.swapAt(i, Int(truncatingIfNeeded: generator.bounded(UInt64(i))))
            }
        }
        self = generator
    }

    /// The numbers 0 to `count - 1` in random order, as `permutation(count)`.
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        shuffle(&order)
        return order
    }

    /// `count` indices out of `0..<population` with replacement, as `choice(population, count)`.
    public mutating func choice(_ population: Int, count: Int) -> [Int] {
        integers(in: 0..<population, count: count)
    }

    /// `count` different indices out of `0..<population`, as `choice(population, count, replace=False)`.
    ///
    /// - Parameters:
    ///   - population: How many indices there are to choose from.
    ///   - count: At most `population`.
    public mutating func choiceWithoutReplacement(_ population: Int, count: Int) -> [Int] {
        precondition(count <= population, "cannot choose more different indices than there are")
        return Array(permutation(population).prefix(count))
    }

    /// `count` indices with replacement, index k with probability `probabilities[k]`, as `choice(n, count, p=p)`.
    ///
    /// - Parameters:
    ///   - probabilities: Not negative, not all zero; they are divided by their sum.
    ///   - count: How many indices to draw.
    public mutating func choice(probabilities: [Double], count: Int) -> [Int] {
        let cumulative = Self.cumulative(probabilities)
        let draws = uniform(count: count)
        guard cumulative.count <= Self.countedParts else { return draws.map { Self.upperBound(cumulative, $0) } }
        let bounds = cumulative.dropLast()
        return draws.map { draw in bounds.reduce(0) { $0 + (draw >= $1 ? 1 : 0) } }
    }

    /// `count` different indices, drawn by probability, as `choice(n, count, replace=False, p=p)`.
    ///
    /// - Parameters:
    ///   - probabilities: Not negative; at least `count` of them above zero.
    ///   - count: How many indices to draw.
    public mutating func choiceWithoutReplacement(probabilities: [Double], count: Int) -> [Int] {
        precondition(probabilities.count { $0 > 0 } >= count, "fewer probabilities above zero than indices to draw")
        var remaining = probabilities
        var found: [Int] = []
        while found.count < count {
            let draws = uniform(count: count - found.count)
            for index in found { remaining[index] = 0 }
            let cumulative = Self.cumulative(remaining)
            var seen = Set<Int>()
            for draw in draws {
                let index = Self.upperBound(cumulative, draw)
                if seen.insert(index).inserted { found.append(index) }
            }
        }
        return found
    }

    /// `count` different indices out of `0..<population`, as scikit-learn's `sample_without_replacement`, which picks its
    /// method by the ratio of the two.
    public mutating func sampleWithoutReplacement(_ population: Int, count: Int) -> [Int] {
        precondition(count <= population, "cannot choose more different indices than there are")
        if count == 0 { return [] }
        let ratio = Double(count) / Double(population)
        if ratio > 0.01, ratio < 0.99 { return Array(permutation(population).prefix(count)) }
        if ratio <= 0.01 {
            var seen = Set<Int>()
            return (0..<count).map { _ in
                while true {
                    let candidate = integer(in: 0..<population)
                    if seen.insert(candidate).inserted { return candidate }
                }
            }
        }
        var reservoir = Array(0..<count)
        for i in count..<population {
            let j = integer(in: 0..<i + 1)
            if j < count { reservoir[j] = i }
        }
        return reservoir
    }

    /// Up to so many parts it takes less time to count the bounds below a draw than to search among them.
    private static let countedParts = 8

    private static func cumulative(_ probabilities: [Double]) -> [Double] {
        var sum = 0.0
        var cumulative = probabilities.map { p -> Double in
            sum += p
            return sum
        }
        let last = sum
        for i in cumulative.indices { cumulative[i] /= last }
        return cumulative
    }

    /// The first index whose value is greater than `target`, at most the last one.
    private static func upperBound(_ ascending: [Double], _ target: Double) -> Int {
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if ascending[middle] > target { high = middle } else { low = middle + 1 }
        }
        return min(low, ascending.count - 1)
    }
}

/// The order in which features are tried at the nodes of one tree, and what is known about constant ones.
///
/// A Fisher-Yates draw without replacement over an arrangement that lives as long as the tree:
///
///     [ drawn constants | constants not drawn | found constant here | not drawn | drawn and usable ]
///
/// A known constant costs a visit but no search, and the draw goes on past the number of visits asked for until one
/// usable feature was seen.
struct FeatureOrder {
    private var features: [Int]
    private var constants: [Int]
    private let visitsAskedFor: Int

    /// The order for a tree over `count` features that visits `visits` of them at a node.
    init(count: Int, visits: Int) {
        features = Array(0..<count)
        constants = features
        visitsAskedFor = visits
    }

    /// Tries features at a node in random order.
    ///
    /// - Parameters:
    ///   - knownConstants: How many features are known to be constant from the node's parent.
    ///   - random: The tree's generator; the search may draw from it too.
    ///   - search: Searches a feature; false if it found it constant in the node.
    /// - Returns: How many features are known to be constant now.
    mutating func visit(
        knownConstants: Int, random: inout TreeRandom, _ search: (Int, inout TreeRandom) -> Bool
    ) -> Int {
        var remaining = features.count
        var visited = 0
        var drawn = 0
        var found = 0
        var total = knownConstants
        while remaining > total, visited < visitsAskedFor || visited <= found + drawn {
            visited += 1
            var place = random.integer(in: drawn..<remaining - found)
            if place < knownConstants {
                features.swapAt(drawn, place)
                drawn += 1
                continue
            }
            place += found
            if search(features[place], &random) {
                remaining -= 1
                features.swapAt(remaining, place)
            } else {
                features.swapAt(place, total)
                found += 1
                total += 1
            }
        }
        for k in 0..<knownConstants { features[k] = constants[k] }
        for k in knownConstants..<total { constants[k] = features[k] }
        return total
    }
}

/// The nodes that can be split, the one with the greatest gain first; among equal gains the order that Python's `heapq`
/// leaves, which the reference grows by.
struct BoostingHeap {
    private var items: [(node: Int, gain: Double)] = []

    /// How many nodes there are.
    var count: Int { items.count }

    /// Adds a node.
    mutating func push(_ node: Int, gain: Double) {
        items.append((node, gain))
        rise(to: 0, from: items.count - 1)
    }

    /// Removes the node with the greatest gain.
    mutating func pop() -> Int? {
        guard let last = items.popLast() else { return nil }
        guard let first = items.first else { return last.node }
        items[0] = last
        // The hole goes down to a leaf along the greater children, then the element rises from there.
        var place = 0
        var child = 1
        while child < items.count {
            let other = child + 1
            if other < items.count, !(items[child].gain > items[other].gain) { child = other }
            items[place] = items[child]
            place = child
            child = 2 * place + 1
        }
        items[place] = last
        rise(to: 0, from: place)
        return first.node
    }

    /// Removes the node in the last place.
    mutating func popLast() -> Int? { items.popLast()?.node }

    private mutating func rise(to top: Int, from start: Int) {
        let item = items[start]
        var place = start
        while place > top {
            let parent = (place - 1) / 2
            guard item.gain > items[parent].gain else { break }
            items[place] = items[parent]
            place = parent
        }
        items[place] = item
    }
}

/// A binary heap whose greatest element comes out first, with the order among equals that C++'s `push_heap` and
/// `pop_heap` have in the common implementation: the reference's best-first growth depends on it.
struct ImprovementHeap<Element> {
    private var items: [(element: Element, priority: Double)] = []

    /// Adds an element.
    mutating func push(_ element: Element, priority: Double) {
        items.append((element, priority))
        rise((element, priority), from: items.count - 1)
    }

    /// Removes and returns the element with the greatest priority, or nil when there is none.
    mutating func pop() -> Element? {
        guard let first = items.first, let last = items.popLast() else { return nil }
        let count = items.count
        guard count > 0 else { return first.element }
        // The hole goes down to a leaf along the greater children, then the last element rises from there.
        var hole = 0
        var child = 0
        while child < (count - 1) / 2 {
            child = 2 * (child + 1)
            if items[child].priority < items[child - 1].priority { child -= 1 }
            items[hole] = items[child]
            hole = child
        }
        if count % 2 == 0, child == (count - 2) / 2 {
            child = 2 * (child + 1)
            items[hole] = items[child - 1]
            hole = child - 1
        }
        rise(last, from: hole)
        return first.element
    }

    private mutating func rise(_ item: (element: Element, priority: Double), from place: Int) {
        var hole = place
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard items[parent].priority < item.priority else { break }
            items[hole] = items[parent]
            hole = parent
        }
        items[hole] = item
    }
}

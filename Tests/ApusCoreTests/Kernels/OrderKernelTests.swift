import ApusCore
import Testing

@Suite struct OrderKernelTests {
    @Test(arguments: [1, 2, 3, 16, 17, 18, 100, 999, 5000])
    func findsWhatSortingFinds(_ count: Int) {
        var random = RandomState(seed: UInt32(count))
        let columns: [[Double]] = [
            random.gaussian(count: count), random.integers(in: 0..<3, count: count).map { Double($0) },
            (0..<count).map { Double($0) }, (0..<count).map { Double(-$0) }, [Double](repeating: 7, count: count),
            (0..<count).map { Double(min($0, count - $0)) },
        ]
        for column in columns {
            let sorted = column.sorted()
            for place in Set([0, count / 3, count / 2, count - 1]) {
                var values = column
                #expect(OrderKernel.select(&values, at: place) == sorted[place])
                #expect(values.sorted() == sorted)
            }
            var values = column
            let middle = count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
            #expect(OrderKernel.median(&values) == middle)
            let quantiles = OrderKernel.quantiles(&values, at: [0, 1, 0.5])
            #expect(quantiles[0] == sorted[0] && quantiles[1] == sorted[count - 1])
        }
    }

    @Test func nothingHasNoMedian() {
        var none: [Double] = []
        #expect(OrderKernel.median(&none) == nil)
    }
}

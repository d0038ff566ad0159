import ApusCore
import Testing

@Suite struct RandomStateTests {
    @Test func drawsTheWordsDoublesAndGaussiansOfTheReference() {
        var words = RandomState(seed: 42)
        #expect((0..<4).map { _ in words.word() } == [1_608_637_542, 3_421_126_067, 4_083_286_876, 787_846_414])
        var doubles = RandomState(seed: 42)
        #expect(doubles.uniform(count: 2) == [0.3745401188473625, 0.9507143064099162])
        var gaussians = RandomState(seed: 42)
        #expect(gaussians.gaussian(count: 3) == [0.4967141530112327, -0.13826430117118466, 0.6476885381006925])
    }

    @Test func drawsTheIntegersAndPermutationsOfTheReference() {
        var integers = RandomState(seed: 42)
        #expect(integers.integers(in: 0..<100, count: 6) == [51, 92, 14, 71, 60, 20])
        var order = RandomState(seed: 42)
        #expect(order.permutation(10) == [8, 1, 5, 0, 7, 2, 9, 4, 3, 6])
        var seeds = RandomState(seed: 42)
        #expect((0..<3).map { _ in seeds.childSeed() } == [1_608_637_542, 1_273_642_419, 1_935_803_228])
        var zero = RandomState(seed: 0)
        #expect(zero.permutation(5) == [2, 0, 1, 3, 4])
    }

    @Test(arguments: [0, 1, 2, 623, 624, 625, 1248, 5001])
    func skippingWordsIsDrawingThemUnseen(_ count: Int) {
        var (drawn, skipped) = (RandomState(seed: 9), RandomState(seed: 9))
        for _ in 0..<count { _ = drawn.word() }
        skipped.skip(words: count)
        #expect(drawn == skipped)
        #expect(drawn.word() == skipped.word())
    }

    @Test(arguments: [0, 1, 310, 621, 623])
    func manyDoublesAreThoseDrawnOneByOne(_ before: Int) {
        var (one, many) = (RandomState(seed: 4), RandomState(seed: 4))
        one.skip(words: before)
        many.skip(words: before)
        #expect(many.uniform(count: 1000) == (0..<1000).map { _ in one.uniform() })
        #expect(one == many)
        // Few parts are counted, many are searched: the draws are the same.
        let shares = [0.2, 0, 0.3, 0.1, 0.4]
        let few = many.choice(probabilities: shares, count: 500)
        let padded = one.choice(probabilities: shares + [Double](repeating: 0, count: 20), count: 500)
        #expect(few == padded)
        #expect(one == many)
    }
}

import ApusCore
import ApusTestSupport
import Testing

@Suite struct RandomStateOracleTests {
    @Test func streamsFromAnySeed() throws {
        for example in try Oracle("random_state/streams").array("cases") {
            let seed: UInt32 = try example.integer("seed")
            var words = RandomState(seed: seed)
            let drawn = (0..<1260).map { _ in words.word() }
            #expect(try Array(drawn[..<8]) == example.integers("words"))
            #expect(try Array(drawn[1240...]) == example.integers("words_from_1240"))
            var doubles = RandomState(seed: seed)
            expectBitwise(doubles.uniform(count: 8), try example.doubles("doubles"))
            var gaussians = RandomState(seed: seed)
            expectBitwise(gaussians.gaussian(count: 9), try example.doubles("gaussians"))
            var exponentials = RandomState(seed: seed)
            expectBitwise((0..<6).map { _ in exponentials.exponential() }, try example.doubles("exponentials"))
        }
    }

    @Test func uniformNormalAndExponentialWithParameters() throws {
        for example in try Oracle("random_state/uniform").array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let (low, high) = (try example.double("low"), try example.double("high"))
            expectBitwise((0..<6).map { _ in random.uniform(low, high) }, try example.doubles("values"))
            #expect(try [random.word()] == example.integers("next"))
        }
        for example in try Oracle("random_state/normal").array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let (mean, deviation) = (try example.double("mean"), try example.double("deviation"))
            let expected = try example.doubles("values")
            let values = expected.map { _ in random.gaussian(mean: mean, standardDeviation: deviation) }
            expectBitwise(values, expected)
            expectBitwise(random.gaussian(), try example.double("next_gaussian"))
            #expect(try [random.word()] == example.integers("next"))
        }
        for example in try Oracle("random_state/exponential").array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let scale = try example.double("scale")
            expectBitwise((0..<5).map { _ in random.exponential(scale: scale) }, try example.doubles("values"))
            #expect(try [random.word()] == example.integers("next"))
        }
    }

    @Test func aGaussianLeftOverWaitsThroughOtherDraws() throws {
        let oracle = try Oracle("random_state/gaussian-cache")
        var random = RandomState(seed: try oracle.integer("seed"))
        expectBitwise(random.gaussian(), try oracle.double("first"))
        expectBitwise(random.uniform(), try oracle.double("double"))
        #expect(try random.permutation(5) == oracle.ints("permutation"))
        expectBitwise(random.gaussian(), try oracle.double("second"))
        #expect(try [random.word()] == oracle.integers("word"))
        let three = (0..<3).map { _ in random.gaussian(mean: 1, standardDeviation: 2) }
        expectBitwise(three, try oracle.doubles("three"))
        random = RandomState(seed: try oracle.integer("seed"))
        expectBitwise(random.gaussian(count: 2), try oracle.doubles("after_seeding"))
    }

    @Test func wholeNumbersOfAnySpan() throws {
        // Types of 8 and 16 bits cut words into pieces, which nothing in Apus needs.
        let examples = try Oracle("random_state/randint").array("cases").filter { example in
            let fits = try Int(example.string("high_text")) != nil
            return try fits && ["int32", "uint32", "int64"].contains(example.string("dtype"))
        }
        #expect(examples.count == 16)
        for example in examples {
            var random = RandomState(seed: try example.integer("seed"))
            let range = try example.int("low")..<example.int("high")
            let expected = try example.strings("values_text").compactMap { Int($0) }
            #expect(random.integers(in: range, count: 9) == expected, "\(range)")
            #expect(try [random.word()] == example.integers("next"), "\(range)")
        }
    }

    @Test func permutationsAndShuffles() throws {
        let oracle = try Oracle("random_state/permutation")
        for example in try oracle.array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let count = try example.int("count")
            #expect(try random.permutation(count) == example.ints("permutation"))
            var triples = (0..<count).map { $0 * 3 }
            random.shuffle(&triples)
            #expect(try triples == example.ints("shuffled_triples"))
            #expect(try [random.word()] == example.integers("next"))
        }
        let rows = try oracle.object("row_shuffle")
        var random = RandomState(seed: try rows.integer("seed"))
        let matrix = Matrix(rows: 7, columns: 2, values: (0..<14).map { Double($0) })
        expectBitwise(matrix.selecting(rows: random.permutation(7)), try rows.matrix("shuffled"))
        #expect(try [random.word()] == rows.integers("next"))
    }

    @Test func choicesWithAndWithoutReplacementAndProbabilities() throws {
        for example in try Oracle("random_state/choice").array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let (count, size) = (try example.int("count"), try example.int("size"))
            let replace = try example.bool("replace")
            let values =
                if example.has("p") {
                    try replace
                        ? random.choice(probabilities: example.doubles("p"), count: size)
                        : random.choiceWithoutReplacement(probabilities: example.doubles("p"), count: size)
                } else {
                    replace
                        ? random.choice(count, count: size) : random.choiceWithoutReplacement(count, count: size)
                }
            #expect(try values == example.ints("values"), "\(example)")
            #expect(try [random.word()] == example.integers("next"), "\(example)")
        }
    }

    @Test func samplesWithoutReplacementByAllThreeMethods() throws {
        for example in try Oracle("random_state/sample-without-replacement").array("cases") {
            var random = RandomState(seed: try example.integer("seed"))
            let (population, count) = (try example.int("population"), try example.int("count"))
            #expect(
                try random.sampleWithoutReplacement(population, count: count) == example.ints("values"), "\(example)")
            #expect(try [random.word()] == example.integers("next"), "\(example)")
        }
    }
}

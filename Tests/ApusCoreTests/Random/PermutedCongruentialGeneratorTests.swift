import ApusCore
import Testing

/// Literals are from NumPy 2.4.6.
struct PermutedCongruentialGeneratorTests {
    @Test func drawsTheWordsOfDefaultRng() {
        var random = PermutedCongruentialGenerator(seed: 5)
        let words = (0..<3).map { _ in random.longWord() }
        #expect(words == [0xce14_abee_abb8_e5a8, 0xced5_3525_05cc_99f5, 0x83ec_603f_7806_adc0])
    }

    @Test func halvesWordsLowerHalfFirst() {
        var random = PermutedCongruentialGenerator(seed: 5)
        #expect([random.word(), random.word(), random.word()] == [0xabb8_e5a8, 0xce14_abee, 0x05cc_99f5])
    }

    @Test func shufflesAsGeneratorShuffle() {
        var random = PermutedCongruentialGenerator(seed: 5)
        let orders = (0..<3).map { _ in
            var values = [true, true, false, false]
            random.shuffle(&values)
            return values
        }
        #expect(
            orders == [[false, true, false, true], [false, false, true, true], [false, true, true, false]])
    }
}

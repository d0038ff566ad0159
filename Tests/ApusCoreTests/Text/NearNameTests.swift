import ApusCore
import Testing

@Suite struct NearNameTests {
    @Test func findsTheNameThatWasMeant() {
        #expect(nearestName(to: "agee", among: ["income", "age"]) == "age")
        #expect(nearestName(to: "Random_Forest", among: ["ridge", "random-forest"]) == "random-forest")
        #expect(nearestName(to: "incmoe", among: ["age", "income"]) == "income")
    }

    @Test func suggestsNothingThatIsFarAway() {
        #expect(nearestName(to: "x", among: ["id", "age"]) == nil)
        #expect(nearestName(to: "", among: ["a"]) == nil)
        #expect(nearestName(to: "weight", among: []) == nil)
        #expect(nearestName(to: String(repeating: "z", count: 100_000), among: ["age"]) == nil)
    }
}

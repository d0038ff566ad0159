import ApusCore
import Testing

@Suite struct LabelsTests {
    @Test func sortsClassesByNumberAndByCodePoint() {
        #expect(Labels([10, 9, 10, -1]).classes == .integers([-1, 9, 10]))
        #expect(Labels([10, 9, 10, -1]).codes == [2, 1, 2, 0])
        #expect(Labels(["é", "z", "Z", "a"]).classes.names == ["Z", "a", "z", "é"])
        #expect(Labels([true, false]).codes == [1, 0])
        #expect(Labels([true, true]).classes == .booleans([true]))
    }

    @Test func readsBackWhatItWasMadeOf() {
        #expect(Labels([3, 1, 3]).integers == [3, 1, 3])
        #expect(Labels(["b", "a"]).strings == ["b", "a"])
        #expect(Labels([false, true, true]).booleans == [false, true, true])
        #expect(Labels([1]).booleans == nil)
    }

    @Test func selectsAndCompacts() throws {
        let y = Labels(["a", "b", "c", "a"])
        let some = y.selecting(rows: [0, 2])
        #expect(some.classes.count == 3)
        #expect(some.compacted.classes == .strings(["a", "c"]))
        #expect(some.compacted.codes == [0, 1])
        #expect(y.counts == [2, 1, 1])
    }

    @Test func refusesOneClassAndWrongLength() throws {
        let error = try #require(throws: ApusError.self) {
            try Labels(["yes", "yes"]).check(rows: 2, minimumClasses: 2)
        }
        #expect(error.message.contains("“yes”"))
        #expect(throws: ApusError.self) { try Labels([1, 2]).check(rows: 3) }
        #expect(throws: ApusError.self) { try Labels(codes: [0, 2], classes: .integers([1, 2])) }
    }
}

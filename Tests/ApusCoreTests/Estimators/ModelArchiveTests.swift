import ApusCore
import Testing

@Suite struct ModelArchiveTests {
    @Test func givesBackWhatWasStored() throws {
        var archive = ModelArchive()
        archive.store([1.5, 2.5], as: "numbers")
        archive.store([1, -2], as: "whole")
        archive.store(try Matrix([[1, 2], [3, 4]]), as: "matrix")
        archive.store(Labels.Classes.strings(["a", "b"]), as: "classes")
        archive.store(7, as: "seven")
        #expect(try archive.doubles("numbers", count: 2) == [1.5, 2.5])
        #expect(try archive.ints("whole") == [1, -2])
        #expect(try archive.matrix("matrix", rows: 2, columns: 2).row(1) == [3, 4])
        #expect(try archive.classes("classes") == .strings(["a", "b"]))
        #expect(try archive.int("seven") == 7)
    }

    @Test func keepsPartsApart() throws {
        var inner = ModelArchive()
        inner.store([1.0], as: "x")
        inner.store("deep", as: "name")
        var outer = ModelArchive()
        outer.store(inner, under: "first")
        outer.store([2.0], as: "firstx")
        #expect(outer.part("first") == inner)
        #expect(outer.part("second") == ModelArchive())
    }

    @Test func refusesWhatIsMissingOrDoesNotFit() {
        var archive = ModelArchive()
        archive.store([1.5, .infinity], as: "numbers")
        archive.store([5, 6], as: "whole")
        archive.store(["strings": ["a", "a"]], as: "twice")
        archive.store(["strings": ["a", 1]], as: "mixed")
        func refuses(_ body: () throws -> Any) {
            #expect { try body() } throws: { ($0 as? ApusError)?.code == .unreadableModel }
        }
        refuses { try archive.doubles("absent") }
        refuses { try archive.doubles("numbers") }
        refuses { try archive.doubles("whole") }
        refuses { try archive.ints("whole", count: 3) }
        refuses { try archive.ints("whole", in: 0...5) }
        refuses { try archive.matrix("numbers") }
        refuses { try archive.classes("twice") }
        refuses { try archive.classes("mixed") }
        refuses { try archive.int("absent") }
    }

    @Test func tensorsMustFillTheirShape() {
        #expect(throws: ApusError.self) { try Tensor(shape: [2, 3], values: .float64([1])) }
        #expect(throws: ApusError.self) { try Tensor(shape: [Int.max, 3], values: .float64([1])) }
        #expect(throws: ApusError.self) { try Tensor(shape: [-1, -1], values: .float64([1])) }
    }
}

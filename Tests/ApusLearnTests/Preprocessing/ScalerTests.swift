import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct ScalerTests {
    @Test func standardScalerScalesAsTheReference() throws {
        for example in try Oracle("preprocessing/standard-scaler").array("cases") {
            let name = try example.string("name")
            let x = try example.matrix("X")
            if example.has("weights") {
                // Weighted sums go through a matrix product there.
                let model = try StandardScaler().fit(x, weights: example.doubles("weights"))
                expectClose(model.means, try example.doubles("mean"), relative: 1e-12, absolute: 1e-15, name)
                expectClose(model.variances, try example.doubles("variance"), relative: 1e-12, name)
                expectClose(
                    try model.transform(x), try example.matrix("transformed"), relative: 1e-12, absolute: 1e-14, name)
            } else {
                let model = try StandardScaler().fit(x)
                expectBitwise(model.means, try example.doubles("mean"), name)
                expectBitwise(model.variances, try example.doubles("variance"), name)
                expectBitwise(model.scales, try example.doubles("scale"), name)
                expectBitwise(try model.transform(x), try example.matrix("transformed"), name)
                expectBitwise(try StandardScaler().fitTransform(x), try example.matrix("transformed"), name)
                expectClose(
                    try model.inverseTransform(model.transform(x)), x, relative: 1e-12, absolute: 1e-15, name)
            }
        }
    }

    @Test func standardScalerLeavesOutWhatItIsTold() throws {
        let x = try Matrix([[1, 10], [3, 30]])
        #expect(try StandardScaler(withMean: false).fitTransform(x) == Matrix([[1, 1], [3, 3]]))
        #expect(try StandardScaler(withStd: false).fitTransform(x) == Matrix([[-1, -10], [1, 10]]))
        #expect(try StandardScaler(withMean: false, withStd: false).fitTransform(x) == x)
    }

    @Test func standardScalerKeepsAColumnWithoutValuesMissing() throws {
        let x = try Matrix([[.nan, 1], [.nan, 3]])
        let model = try StandardScaler().fit(x)
        expectBitwise(try model.transform(x), try Matrix([[.nan, -1], [.nan, 1]]))
        try expectArchiveIsChecked(model) { _ = try $0.transform(x) }
    }

    @Test func minMaxScalerScalesAsTheReference() throws {
        for example in try Oracle("preprocessing/min-max-scaler").array("cases") {
            let name = try example.string("name")
            let x = try example.matrix("X")
            let range = try example.doubles("range")
            let fit = try MinMaxScaler(rangeLower: range[0], rangeUpper: range[1], clip: example.bool("clip"))
            let model = try fit.fit(x)
            expectBitwise(try model.transform(x), try example.matrix("transformed"), name)
            let later = Matrix(rows: x.rows, columns: x.columns, values: x.values.map { $0 * 1.5 })
            expectBitwise(try model.transform(later), try example.matrix("later"), name)
            if !fit.clip {
                expectClose(
                    try model.inverseTransform(model.transform(x)), x, relative: 1e-9, absolute: 1e-12, name)
            }
        }
    }

    @Test func keepTheirBitsInAnArchive() throws {
        let x = try Matrix([[1, 10, 7], [3, 30, 7], [4, 5, 7]])
        try expectArchiveIsChecked(StandardScaler(withMean: false).fit(x, weights: [1, 2, 0.5])) {
            _ = try $0.transform(x)
            _ = try $0.inverseTransform(x)
        }
        try expectArchiveIsChecked(MinMaxScaler(rangeLower: -2, rangeUpper: 5, clip: true).fit(x)) {
            _ = try $0.transform(x)
        }
    }

    @Test func refuseDataTheyCannotUse() throws {
        let empty = Matrix(rows: 0, columns: 2)
        let narrow = Matrix(rows: 2, columns: 0)
        let infinite = try Matrix([[1, .infinity], [0, 0]])
        for x in [empty, narrow, infinite] {
            #expect(throws: ApusError.self) { try StandardScaler().fit(x) }
            #expect(throws: ApusError.self) { try MinMaxScaler().fit(x) }
        }
        let x = try Matrix([[1, 2], [3, 4]])
        #expect(throws: ApusError.self) { try StandardScaler().fit(x, weights: [1]) }
        #expect(throws: ApusError.self) { try StandardScaler().fit(x, weights: [0, 0]) }
        #expect(throws: ApusError.self) { try StandardScaler().fit(Matrix([[1e200], [-1e200]])) }
        #expect(throws: ApusError.self) { try MinMaxScaler().fit(Matrix([[1.5e308], [-1.5e308]])) }
        #expect(throws: ApusError.self) { try MinMaxScaler(rangeLower: 1, rangeUpper: 1).fit(x) }
        #expect(throws: ApusError.self) { try MinMaxScaler(rangeLower: -.infinity).fit(x) }
        let (standard, range) = (try StandardScaler().fit(x), try MinMaxScaler().fit(x))
        let wide = try Matrix([[1, 2, 3]])
        #expect(throws: ApusError.self) { try standard.transform(wide) }
        #expect(throws: ApusError.self) { try standard.inverseTransform(wide) }
        #expect(throws: ApusError.self) { try range.transform(wide) }
        #expect(throws: ApusError.self) { try range.transform(infinite) }
    }
}

import ApusCore
import ApusLearn
import ApusTestSupport
import Testing

struct IsotonicRegressionTests {
    @Test func fitsTheFunctionOfTheReference() throws {
        let oracle = try Oracle("calibration/isotonic")
        let (x, queries) = (try oracle.doubles("x"), try oracle.doubles("queries"))
        for example in try oracle.array("cases") {
            let name = try example.string("name")
            var estimator = IsotonicRegression()
            let arguments = try example.object("arguments")
            if let up = try? arguments.bool("increasing") { estimator.increasing = up ? .increasing : .decreasing }
            if (try? arguments.string("increasing")) == "auto" { estimator.increasing = .auto }
            if arguments.has("out_of_bounds") { estimator.outOfBounds = .clip }
            estimator.yMin = try? arguments.double("y_min")
            estimator.yMax = try? arguments.double("y_max")
            let weights = example.has("weights") ? try example.doubles("weights") : nil
            let model = try estimator.fit(x, example.doubles("y"), weights: weights)
            #expect(try model.xThresholds == example.doubles("x_thresholds"), "\(name)")
            #expect(try model.yThresholds == example.doubles("y_thresholds"), "\(name)")
            expectBitwise(try model.predict(queries), try example.doubles("predicted"))
            try expectArchiveIsChecked(model) { _ = try $0.predict(Matrix(column: queries)) }
        }
    }

    /// Every function that goes up through blocks of the mean is worse, or the same.
    @Test func noOtherMonotonicFunctionIsCloser() throws {
        var random = RandomState(seed: 2)
        for _ in 0..<50 {
            let y = random.gaussian(count: 7)
            let fitted = try IsotonicRegression().fit((0..<7).map { Double($0) }, y).predict((0..<7).map { Double($0) })
            #expect(zip(fitted, fitted.dropFirst()).allSatisfy { $0 <= $1 })
            func loss(_ z: [Double]) -> Double { zip(y, z).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
            // The best over all ways to cut the rows into blocks of equal answers.
            var best = Double.infinity
            for cuts in 0..<64 {
                var (blocks, start) = ([Range<Int>](), 0)
                for end in 1...7 where end == 7 || cuts >> (end - 1) & 1 == 1 {
                    blocks.append(start..<end)
                    start = end
                }
                let means = blocks.map { y[$0].reduce(0, +) / Double($0.count) }
                guard zip(means, means.dropFirst()).allSatisfy({ $0 <= $1 }) else { continue }
                best = min(best, loss(zip(blocks, means).flatMap { [Double](repeating: $1, count: $0.count) }))
            }
            #expect(abs(loss(fitted) - best) < 1e-12)
        }
    }

    @Test func saysWhatItCannotDo() throws {
        #expect(throws: ApusError.self) { try IsotonicRegression().fit(Matrix(rows: 2, columns: 2), [1, 2]) }
        #expect(throws: ApusError.self) { try IsotonicRegression().fit([], []) }
        #expect(throws: ApusError.self) { try IsotonicRegression().fit([1, .nan], [1, 2]) }
        #expect(throws: ApusError.self) { try IsotonicRegression().fit([1, 2], [1]) }
        #expect(throws: ApusError.self) { try IsotonicRegression(yMin: 2, yMax: 1).fit([1, 2], [1, 2]) }
        let strict = try IsotonicRegression(outOfBounds: .raise).fit([1, 2], [1, 2])
        #expect(throws: ApusError.self) { try strict.predict([3]) }
        #expect(try strict.predict([1.5]) == [1.5])
        #expect(try IsotonicRegression().fit([1], [4]).predict([0, 9]) == [4, 4])
        #expect(try IsotonicRegression().fit([1, 2], [1, 2]).predict([0.5])[0].isNaN)
        #expect(throws: ApusError.self) { try IsotonicRegression().fit([1, 2], [1e308, -1e308], weights: [10, 10]) }
    }
}

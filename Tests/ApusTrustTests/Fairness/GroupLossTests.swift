import ApusCore
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

@Suite struct GroupLossTests {
    private static func losses(
        _ example: Oracle, _ predictions: [Double]
    ) throws -> [Double] {
        let (y, group, ends) = (try example.doubles("y"), try example.ints("group"), try example.doubles("ends"))
        let isSquare = try example.string("loss") == "square"
        func clipped(_ value: Double) -> Double { min(max(value, ends[0]), ends[1]) }
        let all = zip(y, predictions).map { truth, predicted in
            let difference = clipped(truth) - clipped(predicted)
            return isSquare ? difference * difference : difference.magnitude
        }
        return (0...(group.max() ?? 0)).map { place in
            let rows = group.indices.filter { group[$0] == place }
            return rows.reduce(0) { $0 + all[$1] } / Double(rows.count)
        }
    }

    @Test func boundsTheLossOfEachGroupAsTheReferenceDoes() throws {
        let cases = try Oracle("fairness/group-losses").array("cases")
        #expect(cases.count == 4)
        for example in cases {
            let (x, y) = (try example.matrix("x"), try example.doubles("y"))
            let (groups, ends) = (Labels(try example.ints("group")), try example.doubles("ends"))
            let loss = try #require(GroupLoss(rawValue: try example.string("loss")))
            let bound = try example.double("bound")
            let fair = GroupLossRegressor(
                LinearRegression(), loss: loss, bound: bound, least: ends[0], greatest: ends[1], eps: 0.05, maxIter: 30)
            let model = try fair.fit(x, y, sensitive: groups)
            let known = try example.doubles("by-group")
            let gap = try example.double("gap")
            let worst = known.max() ?? 0
            // Both are within their gap of the saddle point, and of each other.
            #expect(abs(model.achieved.error - (try example.double("error"))) <= 2 * gap + 1e-6, "\(example)")
            #expect(abs(model.achieved.disparity - worst) <= 2 * gap + 1e-6, "\(example)")
            #expect(model.iterations == (try example.int("rounds")), "\(example)")
            #expect(model.keepsBound == (worst <= bound + 1e-6), "\(example)")
            // The unmitigated loss is worse for some group; the mean of the mixture is no worse than the mixture.
            let before = try Self.losses(example, LinearRegression().fit(x, y).predict(x))
            expectClose(before, try example.doubles("before"), relative: 1e-9)
            let after = try Self.losses(example, model.predict(x))
            #expect((after.max() ?? 0) <= model.achieved.disparity + 1e-9)
            #expect((after.max() ?? 0) < (before.max() ?? 0) - 0.05)
        }
    }

    @Test func drawnAnswersAreThoseOfTheMixture() throws {
        let example = try #require(try Oracle("fairness/group-losses").array("cases").first)
        let (x, y) = (try example.matrix("x"), try example.doubles("y"))
        var fair = GroupLossRegressor(LinearRegression(), bound: 0.8, least: -3, greatest: 4, eps: 0.05, maxIter: 30)
        fair.randomized = true
        let model = try fair.fit(x, y, sensitive: Labels(example.ints("group")))
        #expect(model.parts.count > 1)
        let all = try model.parts.map { try $0.predict(x) }
        let drawn = try model.predict(x)
        for row in drawn.indices { #expect(all.contains { $0[row] == drawn[row] }) }
        let shares = all.indices.map { part in Double(drawn.indices.count { all[part][$0] == drawn[$0] }) / 160 }
        for (share, weight) in zip(shares, model.weights) { #expect(abs(share - weight) < 0.12) }
        #expect(try model.predict(x) == drawn)
        var archive = ModelArchive()
        model.encode(into: &archive)
        let again = try RegressorMixture<LinearRegression.Model>(from: archive)
        #expect(try again.predict(x) == drawn && again.achieved == model.achieved && again.range == model.range)
        // Singular values are for those who ask for them; a model goes without.
        for name in archive.tensors.keys.sorted() where !name.contains("singular") {
            var damaged = archive.tensors
            damaged[name] = nil
            #expect(throws: ApusError.self) {
                try RegressorMixture<LinearRegression.Model>(
                    from: ModelArchive(tensors: damaged, attributes: archive.attributes))
            }
        }
    }

    @Test func weightsCountAsRowsDo() throws {
        let example = try #require(try Oracle("fairness/group-losses").array("cases").first)
        let (x, y) = (try example.matrix("x"), try example.doubles("y"))
        let groups = Labels(try example.ints("group"))
        let fair = GroupLossRegressor(Ridge(), bound: 0.8, eps: 0.05, maxIter: 12, nu: 0.01)
        let weights = (0..<160).map { $0 % 4 == 0 ? 2.0 : 1 }
        let rows = (0..<160).flatMap { $0 % 4 == 0 ? [$0, $0] : [$0] }
        let weighted = try fair.fit(x, y, sensitive: groups, weights: weights)
        let repeated = try fair.fit(
            x.selecting(rows: rows), rows.map { y[$0] }, sensitive: groups.selecting(rows: rows))
        expectClose(weighted.achieved.error, repeated.achieved.error, relative: 1e-3)
        expectClose(try weighted.predict(x), try repeated.predict(x), relative: 0.02, absolute: 0.02)
    }

    @Test func refusesWhatCannotBeBounded() throws {
        let x = Matrix(rows: 6, columns: 1, values: [1, 2, 3, 4, 5, 6])
        let y: [Double] = [1, 2, 3, 4, 5, 7]
        let groups = Labels(["a", "a", "b", "b", "a", "b"])
        func message(_ body: () throws -> Void) throws -> String {
            try #require(throws: ApusError.self) { try body() }.message
        }
        let fair = GroupLossRegressor(LinearRegression())
        #expect(
            try message { _ = try fair.fit(x, y, sensitive: Labels(["a", "a", "a", "a", "a", "a"])) }.contains(
                "one group"))
        #expect(
            try message { _ = try fair.fit(x, y, sensitive: groups.selecting(rows: [0, 1])) }.contains(
                "groups for 6 rows"))
        #expect(
            try message { _ = try fair.fit(x, [Double](repeating: 2, count: 6), sensitive: groups) }.contains("range"))
        #expect(
            try message { _ = try GroupLossRegressor(LinearRegression(), bound: -1).fit(x, y, sensitive: groups) }
                .contains("bound"))
        #expect(
            try message { _ = try GroupLossRegressor(KNeighborsRegressor()).fit(x, y, sensitive: groups) }.contains(
                "weights"))
        #expect(
            try message {
                _ = try fair.fit(x, y, sensitive: groups, weights: [1, 1, 0, 0, 1, 0])
            }.contains("weigh nothing"))
    }
}

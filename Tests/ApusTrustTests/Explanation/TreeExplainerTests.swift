import ApusCore
import ApusLearn
import ApusTestSupport
import ApusTrust
import Testing

@Suite struct TreeExplainerTests {
    /// A table whose columns repeat values, so that trees ask about a column again and again.
    private func table(_ rows: Int, _ columns: Int, seed: UInt32, missing: Double = 0) -> Matrix {
        var random = RandomState(seed: seed)
        return Matrix(rows: rows, columns: columns) { values in
            for k in values.indices {
                let value = (random.gaussian() * 4).rounded() / 4
                values[k] = random.uniform() < missing ? .nan : value
            }
        }
    }

    private func score(_ x: Matrix) -> [Double] {
        (0..<x.rows).map { row in
            let v = x.row(row).map { $0.isNaN ? 0.3 : $0 }
            return v[0] + v[1] * v[2] - (v[3] > 0 ? v[0] : 0)
        }
    }

    /// The Shapley values of a game by its definition.
    private func shapley(_ players: Int, _ game: (Int) -> Double) -> [Double] {
        let worth = (0..<1 << players).map(game)
        func factorial(_ n: Int) -> Double { (0..<n).reduce(1) { $0 * Double($1 + 1) } }
        return (0..<players).map { player in
            (0..<1 << players).filter { $0 >> player & 1 == 0 }.reduce(0) { sum, coalition in
                let size = coalition.nonzeroBitCount
                let weight = factorial(size) * factorial(players - size - 1) / factorial(players)
                return sum + weight * (worth[coalition | 1 << player] - worth[coalition])
            }
        }
    }

    /// What a tree says where only some columns are known: both sides of other splits by their training rows.
    private func value(_ tree: Tree, _ node: Int, _ row: [Double], known: Int) -> Double {
        if tree.isLeaf(node) { return tree.value(node).last ?? 0 }
        let (left, right) = (Int(tree.left[node]), Int(tree.right[node]))
        let column = Int(tree.feature[node])
        if known >> column & 1 == 1 {
            let value = Double(Float(row[column]))
            let isLeft = value.isNaN ? tree.missingGoesLeft[node] : value <= tree.threshold[node]
            return self.value(tree, isLeft ? left : right, row, known: known)
        }
        let share = tree.weight[left] / tree.weight[node]
        return share * value(tree, left, row, known: known) + (1 - share) * value(tree, right, row, known: known)
    }

    @Test(arguments: [nil, 3, 1])
    func pathValuesAreThoseOfTheDefinition(depth: Int?) throws {
        let x = table(90, 5, seed: 1, missing: 0.1)
        let model = try DecisionTreeRegressor(maxDepth: depth).fit(x, score(x))
        let rows = x.selecting(rows: Array(0..<9))
        let explanation = try TreeExplainer(model).explain(rows)
        for row in 0..<9 {
            let expected = shapley(5) { value(model.tree, 0, rows.row(row), known: $0) }
            expectClose(
                explanation.contributions(row: row, output: 0), expected, relative: 1e-11, absolute: 1e-12)
        }
    }

    @Test func interventionalValuesAreThoseOfTheDefinition() throws {
        let x = table(90, 5, seed: 2, missing: 0.1)
        let model = try RandomForestClassifier(nEstimators: 5).fit(x, Labels(score(x).map { $0 > 0 ? 1 : 0 }))
        let background = x.selecting(rows: Array(80..<90))
        let rows = x.selecting(rows: Array(0..<9))
        let explanation = try TreeExplainer(model, background: background).explain(rows)
        for row in 0..<9 {
            let expected = shapley(5) { known in
                let mixed = Matrix(
                    rows: 10, columns: 5,
                    values: (0..<10).flatMap { other in
                        (0..<5).map { known >> $0 & 1 == 1 ? rows[row, $0] : background[other, $0] }
                    })
                let answers = (try? model.predictProba(mixed).column(1)) ?? []
                return answers.reduce(0, +) / 10
            }
            expectClose(
                explanation.contributions(row: row, output: 1), expected, relative: 1e-11, absolute: 1e-12)
        }
    }

    @Test func categoriesFollowTheModel() throws {
        var random = RandomState(seed: 5)
        let x = Matrix(rows: 200, columns: 3) { values in
            for row in 0..<200 {
                values[3 * row] = Double(random.integer(in: 0..<6))
                values[3 * row + 1] = random.gaussian()
                values[3 * row + 2] = random.uniform() < 0.1 ? .nan : random.gaussian()
            }
        }
        let y = (0..<200).map { [3.0, -1, 4, 1, -5, 9][Int(x[$0, 0])] + x[$0, 1] }
        var estimator = HistGradientBoostingRegressor(maxIter: 8)
        estimator.categoricalFeatures = [0]
        let model = try estimator.fit(x, y)
        let background = x.selecting(rows: Array(0..<20))
        for explainer in [try TreeExplainer(model), try TreeExplainer(model, background: background)] {
            let explanation = try explainer.explain(x)
            #expect(explanation.gap < 1e-12)
            #expect(explanation.ranking(output: 0)[0] == 0)
        }
    }

    @Test func numberOfThreadsDoesNotShow() throws {
        let x = table(300, 6, seed: 3)
        let model = try RandomForestRegressor(nEstimators: 9).fit(x, score(x))
        let explainers = [
            try TreeExplainer(model), try TreeExplainer(model, background: x.selecting(rows: Array(0..<20))),
        ]
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        for explainer in explainers {
            Parallel.threads = 1
            let alone = try explainer.explain(x)
            Parallel.threads = 3
            expectBitwise(try explainer.explain(x).values, alone.values)
            // A row is explained alike alone and among others.
            expectBitwise(
                try explainer.explain(x.selecting(rows: [7])).values, alone.contributions(row: 7, output: 0))
        }
    }

    @Test func aTreeWithoutSplitsGivesNothingToAnyColumn() throws {
        let x = table(20, 4, seed: 4)
        let model = try DecisionTreeRegressor(maxDepth: 3).fit(x, [Double](repeating: 2, count: 20))
        let explanation = try TreeExplainer(model).explain(x)
        #expect(explanation.values.allSatisfy { $0 == 0 })
        #expect(explanation.bases[0, 0] == 2)
        #expect(try TreeExplainer(model, background: x).explain(x).values.allSatisfy { $0 == 0 })
    }

    @Test func badInputIsRefused() throws {
        let x = table(60, 4, seed: 6)
        let boosted = try HistGradientBoostingClassifier(maxIter: 3).fit(x, Labels(score(x).map { $0 > 0 ? 1 : 0 }))
        #expect(throws: ApusError.self) { try TreeExplainer(boosted, output: .probability) }
        #expect(throws: ApusError.self) { try TreeExplainer(boosted, background: Matrix(rows: 0, columns: 4)) }
        #expect(throws: ApusError.self) { try TreeExplainer(boosted, background: table(5, 3, seed: 1)) }
        #expect(throws: ApusError.self) { try TreeExplainer(boosted, featureNames: ["a"]) }
        let explainer = try TreeExplainer(boosted, background: x)
        #expect(throws: ApusError.self) { try explainer.explain(table(5, 3, seed: 1)) }
        #expect(throws: ApusError.self) { try explainer.explainLoss(x, truth: [1]) }
        #expect(throws: ApusError.self) {
            try explainer.explainLoss(x, truth: [Double](repeating: 0.5, count: 60))
        }
        #expect(throws: ApusError.self) { try explainer.interactions(x) }
    }
}

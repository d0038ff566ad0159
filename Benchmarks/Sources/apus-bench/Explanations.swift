import ApusCore
import ApusLearn
import ApusTrust

/// A forest of 100 trees of depth 8 on 20,000 rows, and rows to explain.
private func forest(_ data: BenchData) throws -> (RandomForestClassifier.Model, Matrix) {
    let x = try data.matrix("classification", columns: 20, rows: 20_000)
    let y = try data.labels("classification-y", rows: 20_000)
    let model = try RandomForestClassifier(maxDepth: 8).fit(x, y)
    return (model, try data.matrix("classification-queries", columns: 20, rows: 1000))
}

private func sizes(_ explanation: Explanation) -> Double {
    explanation.meanMagnitudes(output: explanation.outputNames.count - 1).reduce(0, +)
}

let explanationWorks: [Work] = [
    Work("tree-shap") { data in
        let (model, rows) = try forest(data)
        let (explanation, seconds) = try timed { try TreeExplainer(model).explain(rows) }
        return Result(seconds, ["size": sizes(explanation), "gap": explanation.gap])
    },
    Work("tree-shap-background") { data in
        let (model, rows) = try forest(data)
        let background = try data.matrix("classification", columns: 20, rows: 20_000).selecting(rows: Array(0..<100))
        let few = rows.selecting(rows: Array(0..<min(200, rows.rows)))
        let (explanation, seconds) = try timed { try TreeExplainer(model, background: background).explain(few) }
        return Result(seconds, ["size": sizes(explanation), "gap": explanation.gap])
    },
    Work("kernel-shap") { data in
        let (model, rows) = try forest(data)
        let background = try data.matrix("classification", columns: 20, rows: 20_000).selecting(rows: Array(0..<50))
        let few = rows.selecting(rows: Array(0..<5))
        let (explanation, seconds) = try timed {
            try KernelExplainer(ModelFunction(model), background: Background(background)).explain(few)
        }
        return Result(seconds, ["size": sizes(explanation), "gap": explanation.gap])
    },
    Work("lime") { data in
        let (model, rows) = try forest(data)
        let training = try data.matrix("classification", columns: 20, rows: 20_000)
        let few = rows.selecting(rows: Array(0..<10))
        let explainer = try LimeTabularExplainer(training: training)
        let (locals, seconds) = try timed { try explainer.explain(few, ModelFunction(model), output: 1) }
        let scores = locals.compactMap(\.score)
        return Result(seconds, ["r2": scores.reduce(0, +) / Double(scores.count)])
    },
    Work("permutation-importance") { data in
        let model = try forest(data).0
        let x = try data.matrix("classification", columns: 20, rows: 30_000)
        let y = try data.labels("classification-y", rows: 30_000)
        let held = Array(x.rows * 2 / 3..<x.rows)
        let (rows, known) = (x.selecting(rows: held), y.selecting(rows: held))
        let (importance, seconds) = try timed { try PermutationImportance(of: model, rows, known) }
        return Result(seconds, ["baseline": importance.baseline, "sum": importance.means.reduce(0, +)])
    },
]

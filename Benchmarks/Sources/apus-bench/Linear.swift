import ApusEvaluation
import ApusLearn

let linearWorks: [Work] = [
    Work("linear") { data in
        let x = try data.matrix("regression", columns: 100, rows: 500_000)
        let y = try data.vector("regression-y", rows: 500_000)
        let (model, seconds) = try timed { try LinearRegression().fit(x, y) }
        let r2 = try r2Score(y, model.predict(x)).value ?? .nan
        return Result(seconds, ["r2": r2, "intercept": model.intercept])
    },
    Work("logistic") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try LogisticRegression().fit(x, y) }
        return Result(
            seconds, ["accuracy": try accuracyScore(y, model.predict(x)), "iterations": model.iterations])
    },
]

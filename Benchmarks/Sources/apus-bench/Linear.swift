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
    Work("ridge") { data in
        let x = try data.matrix("regression", columns: 100, rows: 500_000)
        let y = try data.vector("regression-y", rows: 500_000)
        let (model, seconds) = try timed { try Ridge().fit(x, y) }
        let r2 = try r2Score(y, model.predict(x)).value ?? .nan
        return Result(seconds, ["r2": r2, "intercept": model.intercept])
    },
    Work("lasso") { data in
        let x = try data.matrix("regression", columns: 100, rows: 500_000)
        let y = try data.vector("regression-y", rows: 500_000)
        let (model, seconds) = try timed { try Lasso().fit(x, y) }
        let r2 = try r2Score(y, model.predict(x)).value ?? .nan
        return Result(
            seconds, ["r2": r2, "features": model.coefficients.count { $0 != 0 }, "iterations": model.iterations])
    },
    Work("logistic-mnist") { data in
        let x = try data.matrix("mnist", columns: 784, rows: 20_000)
        let y = try data.labels("mnist-y", rows: 20_000)
        let (model, seconds) = try timed { try LogisticRegression(maxIter: 100).fit(x, y) }
        return Result(
            seconds, ["accuracy": try accuracyScore(y, model.predict(x)), "iterations": model.iterations])
    },
    Work("logistic") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try LogisticRegression().fit(x, y) }
        return Result(
            seconds, ["accuracy": try accuracyScore(y, model.predict(x)), "iterations": model.iterations])
    },
]

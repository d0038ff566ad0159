import ApusCore
import ApusEvaluation
import ApusLearn
import ApusTrust

let fairnessWorks: [Work] = [
    Work("exponentiated-gradient") { data in
        let x = try data.matrix("adult", columns: 106, rows: 48_842)
        let y = try data.labels("adult-y", rows: 48_842)
        let sex = try data.labels("adult-sex", rows: 48_842)
        let fair = ExponentiatedGradient(
            LogisticRegression(maxIter: 1000), constraint: .demographicParity, bound: 0.01, maxIter: 20)
        let (model, seconds) = try timed { try fair.fit(x, y, sensitive: sex) }
        return Result(
            seconds,
            ["error": model.achieved.error, "disparity": model.achieved.disparity, "rounds": model.iterations])
    }
]

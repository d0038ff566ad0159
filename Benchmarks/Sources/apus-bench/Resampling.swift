import ApusCore
import ApusLearn

let resamplingWorks: [Work] = [
    Work("smote") { data in
        let x = try data.matrix("classification", columns: 20, rows: 50_000)
        let y = try data.labels("classification-y", rows: 50_000)
        let rare = Labels(y.codes.indices.map { y.codes[$0] == 1 && $0 % 5 == 0 ? 1 : 0 })
        let (result, seconds) = try timed { try SMOTE().fitResample(x, rare) }
        return Result(
            seconds, ["rows": result.x.rows, "rare": result.y.counts[1], "last": result.x[result.x.rows - 1, 0]])
    }
]

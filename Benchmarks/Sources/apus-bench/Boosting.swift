import ApusCore
import ApusLearn

let boostingWorks: [Work] = [
    Work("boosting") { data in
        try boosted(
            try data.matrix("classification", columns: 20, rows: 80_000),
            try data.labels("classification-y", rows: 80_000))
    },
    Work("boosting-large") { data in
        try boosted(
            try data.matrix("wide-classification", columns: 28, rows: 1_000_000),
            try data.labels("wide-classification-y", rows: 1_000_000))
    },
]

/// 100 iterations without early stopping, with the share of training rows that the model gets right.
private func boosted(_ x: Matrix, _ y: Labels) throws -> Result {
    let (model, seconds) = try timed { try HistGradientBoostingClassifier(earlyStopping: false).fit(x, y) }
    let right = zip(try model.predict(x).codes, y.codes).count { $0 == $1 }
    return Result(seconds, ["accuracy": Double(right) / Double(y.count)])
}

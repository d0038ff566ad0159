import ApusCore
import ApusEvaluation
import ApusLearn

let supportVectorWorks: [Work] = [
    Work("svc") { try mnist(SVC(), $0) },
    Work("svc-512") { try mnist(SVC(cacheSize: 512), $0) },
    Work("svc-small") { data in
        let x = try data.matrix("classification", columns: 20, rows: 4_000)
        let y = try data.labels("classification-y", rows: 4_000)
        return try fittedAndPredicted(SVC(), (x, y), (x, y))
    },
]

/// The reference split of MNIST; a smaller run takes fewer of the training rows.
private func mnist(_ svc: SVC, _ data: BenchData) throws -> Result {
    // All rows are let go before the work begins, so that its peak of memory is its own.
    func part(_ rows: String, _ count: Int) throws -> (Matrix, Labels) {
        let x = Matrix(rows: 70_000, columns: 784, values: try data.numbers("mnist", count: 70_000 * 784))
        let y = Labels(try data.numbers("mnist-y", count: 70_000).map { Int($0) })
        let rows = try data.vector(rows, rows: count).map { Int($0) }
        return (x.selecting(rows: rows), y.selecting(rows: rows))
    }
    return try fittedAndPredicted(svc, try part("mnist-train", 56_000), try part("mnist-test", 14_000))
}

private func fittedAndPredicted(
    _ svc: SVC, _ train: (x: Matrix, y: Labels), _ test: (x: Matrix, y: Labels)
) throws -> Result {
    let (found, seconds) = try timed {
        let model = try svc.fit(train.x, train.y)
        return (model, try model.predict(test.x))
    }
    return Result(
        seconds, ["accuracy": try accuracyScore(test.y, found.1), "support vectors": found.0.support.count])
}

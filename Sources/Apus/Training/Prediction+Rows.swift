import ApusCore

extension Prediction {
    /// The answers for some rows, in the given order.
    func selecting(rows: [Int]) -> Prediction {
        let chosen: Values =
            switch values {
            case .labels(let labels): .labels(labels.selecting(rows: rows))
            case .numbers(let numbers): .numbers(rows.map { numbers[$0] })
            }
        return Prediction(
            chosen, probabilities: probabilities?.selecting(rows: rows),
            decisions: decisions.map { decisions in rows.map { decisions[$0] } })
    }
}

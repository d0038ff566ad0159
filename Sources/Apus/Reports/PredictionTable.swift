import ApusCore
import ApusFrame

extension Prediction {
    /// The predictions as a table: a column `prediction` and, where there are probabilities, a column
    /// `probability_CLASS` for each class in the order of the classes.
    public func frame() throws -> DataFrame {
        var columns: [Column]
        switch values {
        case .numbers(let numbers): columns = [Column("prediction", numbers)]
        case .labels(let labels):
            if let integers = labels.integers {
                columns = [Column("prediction", integers)]
            } else if let booleans = labels.booleans {
                columns = [Column("prediction", booleans)]
            } else {
                columns = [Column("prediction", labels.strings)]
            }
            if let probabilities {
                for (k, name) in labels.classes.names.enumerated() {
                    columns.append(Column("probability_\(name)", probabilities.column(k)))
                }
            }
        }
        return try DataFrame(columns: columns)
    }
}

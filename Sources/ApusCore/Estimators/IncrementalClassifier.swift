/// A classifier that can learn from data in parts, none of which needs to hold every class.
public protocol IncrementalClassifier: Classifier {
    /// Learns from a further part of the data.
    ///
    /// - Parameters:
    ///   - x: n × d, one sample a row.
    ///   - y: n labels, each among the classes.
    ///   - classes: Every class that any part may bring; needed with the first part, nil or the same later.
    ///   - weights: n sample weights, at least 0; nil for equal ones.
    ///   - model: What the earlier parts led to; nil for the first part.
    /// - Returns: The model of all the parts so far.
    /// - Throws: `ApusError` for illegal parameters or data, or a label that is not among the classes.
    func partialFit(
        _ x: Matrix, _ y: Labels, classes: Labels.Classes?, weights: [Double]?, continuing model: Model?
    ) throws -> Model
}

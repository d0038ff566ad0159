/// How a metric of single classes becomes one number.
public enum Average: Sendable, Hashable {
    /// The metric of one class out of two, by default the class 1, `true`, or else the second one.
    case binary(positive: String? = nil)
    /// The plain mean over the classes.
    case macro
    /// The metric of all classes' counts taken together.
    case micro
    /// The mean over the classes, weighted by how many rows truly belong to each.
    case weighted
}

/// What a ratio is whose denominator is 0, such as the precision of a class that was never predicted.
public enum ZeroDivision: Sendable, Hashable {
    /// Not defined; in a mean over classes it counts as 0, as in scikit-learn, and the mean's note says so. The default.
    case undefined
    /// Not defined, and left out of means over classes.
    case omitted
    /// A number, mostly 0 or 1, without a note.
    case value(Double)
}

import ApusCore

/// Synthetic features with a class for each row.
public struct ClassificationSample: GeneratedSample {
    /// The features, one row for each sample.
    public let x: Matrix
    /// The classes, whole numbers from 0.
    public let y: Labels

    /// The classes.
    public var target: GeneratedTarget { .labels(y) }

    init(x: Matrix, y: Labels) {
        self.x = x
        self.y = y
    }
}

extension Labels {
    /// Labels 0 to `count - 1`, of which those that occur become classes.
    init(generated codes: [Int], outOf count: Int) throws {
        self = try Labels(codes: codes, classes: .integers(Array(0..<count))).compacted
    }
}

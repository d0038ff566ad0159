import ApusCore

/// Synthetic features with one number or several for each row, and the linear model behind them.
public struct RegressionSample: GeneratedSample {
    /// The features, one row for each sample.
    public let x: Matrix
    /// The numbers to predict: samples × targets.
    public let targets: Matrix
    /// The true weight of each feature in each target: features × targets; features that tell nothing have 0.
    public let coefficients: Matrix

    /// The first, and mostly only, target.
    public var y: [Double] { targets.column(0) }
    /// The numbers to predict.
    public var target: GeneratedTarget { .numbers(targets) }

    init(x: Matrix, targets: Matrix, coefficients: Matrix) {
        self.x = x
        self.targets = targets
        self.coefficients = coefficients
    }
}

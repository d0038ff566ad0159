/// What an explanation of a linear model makes of features that go together.
public enum LinearDependence: Sendable, Hashable {
    /// Features are taken as independent: only those get a part that the model uses. True to the model.
    case independent
    /// Features that are not known are what the known ones let expect, by the covariance of the background. True to the data:
    /// a feature that the model has no use for gets a part where it tells of one that the model uses.
    ///
    /// Parts are averaged over random orders of the features, those of the reference for the same seed.
    case correlated(orders: Int = 1000, seed: UInt32 = 0)
}

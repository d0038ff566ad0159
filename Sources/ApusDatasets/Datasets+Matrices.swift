import ApusCore
import ApusFrame

/// The bundled data sets as matrices, for code that goes straight to a model.
///
/// Features have the same bits as in scikit-learn's `load_iris`, `load_wine` and so on, in the same order.
extension Datasets {
    /// Features with a class for each row.
    public typealias Classes = (x: Matrix, y: Labels, featureNames: [String])
    /// Features with a number for each row.
    public typealias Numbers = (x: Matrix, y: [Double], featureNames: [String])

    /// 150 irises (4 features) of the species `setosa`, `versicolor` and `virginica`.
    public static func iris() throws -> Classes { try classes(.iris) }

    /// 178 wines (13 features) of the growers `class_0`, `class_1` and `class_2`.
    public static func wine() throws -> Classes { try classes(.wine) }

    /// 569 breast tumours (30 features), `benign` or `malignant`.
    ///
    /// Labels ascend, so that `benign` is class 0 here; scikit-learn's codes have `malignant` as 0.
    public static func breastCancer() throws -> Classes { try classes(.breastCancer) }

    /// 1797 handwritten digits (8 × 8 pixels), 0 to 9.
    public static func digits() throws -> Classes { try classes(.digits) }

    /// 442 patients (10 features) and the progress of their diabetes in a year.
    ///
    /// - Parameter scaled: Whether each feature is centred and scaled to length 1, or as it was measured; default true.
    public static func diabetes(scaled: Bool = true) throws -> Numbers {
        let dataset = scaled ? BundledDataset.diabetes : .diabetesRaw
        let (frame, x, names) = try features(dataset)
        return (x, try frame[dataset.target].numbers(), names)
    }

    private static func classes(_ dataset: BundledDataset) throws -> Classes {
        let (frame, x, names) = try features(dataset)
        return (x, try frame.labels(of: dataset.target), names)
    }

    private static func features(_ dataset: BundledDataset) throws -> (frame: DataFrame, x: Matrix, names: [String]) {
        let frame = try dataset.frame()
        let names = frame.columnNames(in: .feature)
        return (frame, try frame.matrix(of: names), names)
    }
}

import ApusCore
import ApusLearn
import ApusTrust

/// Every estimator that can be named in the command, on the server and in a model file.
///
/// A new estimator is added by one line in `entries`. Names are types' names in kebab-case without `Classifier` and
/// `Regressor`; where both exist the target decides which of the two is meant.
public enum Catalog {
    /// The estimators, in the order they are listed to people.
    public static let entries: [CatalogEntry] =
        linear + trees + boosting + supportVectors + neighbors + naiveBayes + clusters + decomposition + preprocessing
        + text + resampling + fairness

    private static let linear: [CatalogEntry] = [
        CatalogEntry(
            "A line, plane or hyperplane through the data by least squares.",
            regressor: LinearRegression.self),
        CatalogEntry(
            "Least squares that keeps the weights small (L2); for classes, on labels of -1 and 1.",
            classifier: RidgeClassifier.self, regressor: Ridge.self),
        CatalogEntry("Least squares that leaves out features it does not need (L1).", regressor: Lasso.self),
        CatalogEntry("Least squares between ridge and lasso (L1 and L2).", regressor: ElasticNet.self),
        CatalogEntry(
            "Class probabilities from a weighted sum of the features; L1, L2 or both, binary or multinomial.",
            classifier: LogisticRegression.self),
    ]

    private static let trees: [CatalogEntry] = [
        CatalogEntry(
            "Questions about single features, asked one after another until the answer is clear.",
            classifier: DecisionTreeClassifier.self, regressor: DecisionTreeRegressor.self),
        CatalogEntry(
            "The mean of many trees, each grown on rows and features drawn at random.",
            classifier: RandomForestClassifier.self, regressor: RandomForestRegressor.self),
        CatalogEntry(
            "The mean of many trees whose thresholds are drawn at random too.",
            classifier: ExtraTreesClassifier.self, regressor: ExtraTreesRegressor.self),
    ]

    private static let boosting: [CatalogEntry] = [
        CatalogEntry(
            "Trees grown one after another, each on what the ones before still miss; fast on large tables.",
            classifier: HistGradientBoostingClassifier.self, regressor: HistGradientBoostingRegressor.self)
    ]

    private static let supportVectors: [CatalogEntry] = [
        CatalogEntry("The widest margin between classes, straight or bent by a kernel.", classifier: SVC.self),
        CatalogEntry("The same, with the share of errors and support vectors given.", classifier: NuSVC.self),
        CatalogEntry("A tube around numbers, straight or bent by a kernel.", regressor: SVR.self),
        CatalogEntry("The same, with the share of rows outside the tube given.", regressor: NuSVR.self),
        CatalogEntry(
            "The widest straight margin between classes; for many rows or features.", classifier: LinearSVC.self),
        CatalogEntry("A straight tube around numbers; for many rows or features.", regressor: LinearSVR.self),
        CatalogEntry(
            "The region where ordinary rows lie, to tell strange ones.", outlierDetector: OneClassSVM.self),
    ]

    private static let neighbors: [CatalogEntry] = [
        CatalogEntry(
            "The answer of the nearest training rows.",
            classifier: KNeighborsClassifier.self, regressor: KNeighborsRegressor.self),
        CatalogEntry(
            "The answer of all training rows within a radius.",
            classifier: RadiusNeighborsClassifier.self, regressor: RadiusNeighborsRegressor.self),
        CatalogEntry("The nearest rows themselves and how far they are.", neighborSearch: NearestNeighbors.self),
    ]

    private static let naiveBayes: [CatalogEntry] = [
        CatalogEntry("Bayes' rule with a bell curve for each feature and class.", classifier: GaussianNB.self),
        CatalogEntry("Bayes' rule on counts, such as those of words.", classifier: MultinomialNB.self),
        CatalogEntry("Bayes' rule on yes or no, such as whether a word occurs.", classifier: BernoulliNB.self),
        CatalogEntry(
            "Bayes' rule on the counts of all other classes; for uneven classes.", classifier: ComplementNB.self),
        CatalogEntry("Bayes' rule on categories written as whole numbers.", classifier: CategoricalNB.self),
    ]

    private static let clusters: [CatalogEntry] = [
        CatalogEntry(
            "Groups of rows around centres, by k-means++ and Lloyd's or Elkan's iterations.", clusterer: KMeans.self),
        CatalogEntry("The same on a few rows at a time, for very large tables.", clusterer: MiniBatchKMeans.self),
        CatalogEntry("Groups wherever rows lie close together, and the rows that lie alone.", clusterer: DBSCAN.self),
    ]

    private static let decomposition: [CatalogEntry] = [
        CatalogEntry("The directions in which rows differ most.", transformer: PCA.self),
        CatalogEntry(
            "The same without centring, for sparse rows such as counts of words.", transformer: TruncatedSVD.self),
    ]

    private static let preprocessing: [CatalogEntry] = [
        CatalogEntry("Centres each feature and scales it to unit variance.", transformer: StandardScaler.self),
        CatalogEntry("Scales each feature to a given range.", transformer: MinMaxScaler.self),
        CatalogEntry(
            "Median to 0, distance between the quartiles to 1; outliers hardly matter.", transformer: RobustScaler.self),
        CatalogEntry("Largest magnitude to 1; zeros stay zeros.", transformer: MaxAbsScaler.self),
        CatalogEntry("Each row to length 1.", transformer: Normalizer.self),
        CatalogEntry("1 above a threshold, else 0.", transformer: Binarizer.self),
        CatalogEntry(
            "Numbers into bins of equal width, of equal counts or by k-means.", transformer: KBinsDiscretizer.self),
        CatalogEntry("Drops features that hardly vary.", transformer: VarianceThreshold.self),
        CatalogEntry("Fills missing values with a statistic of their column.", transformer: SimpleImputer.self),
        CatalogEntry("Fills missing values from the most similar rows.", transformer: KNNImputer.self),
        CatalogEntry("Zeros and ones that tell where values are missing.", transformer: MissingIndicator.self),
        CatalogEntry("One column of zeros and ones for each category.", transformer: OneHotEncoder.self),
        CatalogEntry("The number of each category, in ascending order.", transformer: OrdinalEncoder.self),
        CatalogEntry(
            "The mean target of each category, without the row's own.", supervisedTransformer: TargetEncoder.self),
        CatalogEntry("A function such as log1p of every number.", transformer: FunctionTransformer.self),
        CatalogEntry("The features that alone tell most of the target.", supervisedTransformer: SelectKBest.self),
        CatalogEntry(
            "The share of the features that alone tell most of the target.",
            supervisedTransformer: SelectPercentile.self),
        CatalogEntry("Powers and products of the features.", transformer: PolynomialFeatures.self),
        CatalogEntry("Counts weighed by how rare they are.", transformer: TfidfTransformer.self),
    ]

    private static let text: [CatalogEntry] = [
        CatalogEntry("How often each word or group of words occurs in a text.", vectorizer: CountVectorizer.self),
        CatalogEntry("The same, weighed by how rare a word is.", vectorizer: TfidfVectorizer.self),
        CatalogEntry(
            "Counts of words without a vocabulary, for texts that never end.", vectorizer: HashingVectorizer.self),
    ]

    private static let fairness: [CatalogEntry] = [
        CatalogEntry(
            "A mixture of classifiers that keeps groups within a bound, by exponentiated gradients.",
            fairClassifier: ExponentiatedGradient<LogisticRegression>.self),
        CatalogEntry(
            "The best trade-off of error and disparity among classifiers on a grid of multipliers.",
            fairClassifier: ReductionGridSearch<LogisticRegression>.self),
        CatalogEntry(
            "Thresholds for each group on the scores of a classifier.",
            fairClassifier: ThresholdOptimizer<LogisticRegression>.self),
        CatalogEntry(
            "A classifier fitted on weights that make label and group independent.",
            fairClassifier: Reweighing<LogisticRegression>.self),
        CatalogEntry(
            "A classifier whose answers a second learner cannot tell the group from.",
            fairClassifier: AdversarialDebiasing.self),
        CatalogEntry(
            "A mixture of regressors that bounds the mean loss of every group.",
            fairRegressor: GroupLossRegressor<LinearRegression>.self),
        CatalogEntry(
            "Takes out of the features what is correlated with sensitive columns.", transformer: CorrelationRemover.self
        ),
    ]

    private static let resampling: [CatalogEntry] = [
        CatalogEntry(
            "New rows for small classes, between a row and its neighbours of the same class.", resampler: SMOTE.self),
        CatalogEntry(
            "The same where a small class meets others, at the border alone.", resampler: BorderlineSMOTE.self),
        CatalogEntry("The same for rows with categories beside numbers.", resampler: SMOTENC.self),
        CatalogEntry("The same, with more rows where other classes are near.", resampler: ADASYN.self),
        CatalogEntry("Repeats rows of small classes, drawn at random.", resampler: RandomOverSampler.self),
        CatalogEntry("Keeps rows of large classes, drawn at random.", resampler: RandomUnderSampler.self),
        CatalogEntry(
            "Takes away rows that are the nearest of a row of another class, and the other way round.",
            resampler: TomekLinks.self),
    ]

    /// The entry with a name.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing what there is and suggesting the nearest.
    public static func entry(named name: String) throws -> CatalogEntry {
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        let names = entries.map(\.name)
        throw ApusError(
            .unknownName,
            "There is no model called \(name)\(suggestion(for: name, among: names)); "
                + "the models are \(names.joined(separator: ", ")).")
    }
}

/// A hyper-parameter as it is shown to people and programs: without the type of its estimator.
public struct ParameterDescription: Sendable, Hashable {
    /// The name in Swift: `maxDepth`.
    public let name: String
    /// The name in Python: `max_depth`.
    public let pythonName: String
    /// The default value.
    public let defaultValue: JSONValue
    /// The values that are legal.
    public let legal: LegalValues
    /// What it means.
    public let help: String
}

extension Estimator {
    /// The hyper-parameters for people and programs, in the order of `parameters`.
    public static var parameterDescriptions: [ParameterDescription] {
        let standard = Self()
        return parameters.map {
            ParameterDescription(
                name: $0.name, pythonName: $0.pythonName, defaultValue: $0.value(in: standard), legal: $0.legal,
                help: $0.help)
        }
    }

    /// The estimator with some parameters set from texts, such as those of a command line.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for an unknown name or an illegal value.
    public init(texts: [(name: String, value: String)]) throws {
        self.init()
        for (name, value) in texts { try Self.parameter(named: name).set(text: value, in: &self) }
    }
}

/// ", did you mean X?" for the nearest of the known names, or nothing when none is near.
public func suggestion(for name: String, among known: [String]) -> String {
    nearestName(to: name, among: known).map { ", did you mean \($0)?" } ?? ""
}

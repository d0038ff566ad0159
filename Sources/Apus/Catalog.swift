import ApusCore
import ApusLearn

/// Every estimator that can be named in the command, on the server and in a model file.
///
/// A new estimator is added by one line in `entries`. Names are types' names in kebab-case without `Classifier` and
/// `Regressor`; where both exist the target decides which of the two is meant.
public enum Catalog {
    /// The estimators, in the order they are listed to people.
    public static let entries: [CatalogEntry] = [
        CatalogEntry(
            "A line, plane or hyperplane through the data by least squares.",
            regressor: LinearRegression.self),
        CatalogEntry(
            "Class probabilities from a weighted sum of the features; L2-regularised, binary or multinomial.",
            classifier: LogisticRegression.self),
        CatalogEntry(
            "Questions about single features, asked one after another until the answer is clear.",
            classifier: DecisionTreeClassifier.self, regressor: DecisionTreeRegressor.self),
        CatalogEntry("Groups of rows around centres, by k-means++ and Lloyd's iterations.", clusterer: KMeans.self),
        CatalogEntry("Centres each feature and scales it to unit variance.", transformer: StandardScaler.self),
        CatalogEntry("Scales each feature to a given range.", transformer: MinMaxScaler.self),
        CatalogEntry("Fills missing values with a statistic of their column.", transformer: SimpleImputer.self),
        CatalogEntry("One column of zeros and ones for each category.", transformer: OneHotEncoder.self),
        CatalogEntry("Powers and products of the features.", transformer: PolynomialFeatures.self),
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
    let wanted = Array(name.lowercased().replacing("_", with: "-"))
    let nearest = known.map { ($0, editDistance(wanted, Array($0.lowercased().replacing("_", with: "-")))) }
        .min { $0.1 < $1.1 }
    guard let (best, distance) = nearest, distance <= max(2, wanted.count / 3) else { return "" }
    return ", did you mean \(best)?"
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var current = [i + 1]
        for (j, y) in b.enumerated() {
            current.append(min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
        }
        previous = current
    }
    return previous[b.count]
}

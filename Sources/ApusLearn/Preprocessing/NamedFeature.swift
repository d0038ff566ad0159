import ApusCore

/// A column on its way through transformers: what it is called, and what its numbers stand for.
public struct NamedFeature: Sendable, Hashable {
    /// What the numbers of a column stand for.
    public enum Kind: Sendable, Hashable {
        /// Themselves.
        case numbers
        /// Themselves, and they are whole.
        case wholeNumbers
        /// False and true, as 0 and 1.
        case truthValues
        /// Texts: 0 for the first of these, and so on.
        case texts([String])
    }

    /// What the column is called.
    public let name: String
    /// What its numbers stand for.
    public let kind: Kind

    /// A column with a name and what its numbers stand for.
    public init(_ name: String, _ kind: Kind = .numbers) {
        self.name = name
        self.kind = kind
    }

    /// What a value of the column is called; `nan` where it is missing.
    func text(of value: Double) -> String {
        switch kind {
        case .wholeNumbers: Int(exactly: value).map { "\($0)" } ?? "\(value)"
        case .truthValues: value == 0 ? "False" : value == 1 ? "True" : "\(value)"
        case .texts(let texts):
            Int(exactly: value).flatMap { texts.indices.contains($0) ? texts[$0] : nil } ?? "\(value)"
        case .numbers: "\(value)"
        }
    }
}

/// What a transformer makes of codes that stand for texts.
public enum CategoryUse: Sendable, Hashable {
    /// It would calculate with them as with numbers, which has no meaning.
    case calculates
    /// Codes come out as they went in.
    case keeps
    /// Numbers come out that may be calculated with.
    case encodes
}

/// A transformer that knows what codes are, so that it can be used on columns of text.
public protocol CategoricalStep: FeatureStep where Model: CategoricalTransformerModel {
    /// What it makes of codes.
    var categoryUse: CategoryUse { get }
}

/// A fitted transformer that names what it makes of codes by the texts they stand for.
public protocol CategoricalTransformerModel: TransformerModel {
    /// The columns that come out, given those that go in.
    func outputFeatures(for inputs: [NamedFeature]) -> [NamedFeature]
}

extension TransformerModel {
    /// The columns that come out, given those that go in, whether or not it knows what codes are.
    public func features(for inputs: [NamedFeature]) -> [NamedFeature] {
        if let categorical = self as? any CategoricalTransformerModel { return categorical.outputFeatures(for: inputs) }
        return outputNames(for: inputs.map(\.name)).map { NamedFeature($0) }
    }
}

extension FeatureStep {
    /// What it makes of codes, whether or not it knows what codes are.
    public var useOfCategories: CategoryUse { (self as? any CategoricalStep)?.categoryUse ?? .calculates }
}

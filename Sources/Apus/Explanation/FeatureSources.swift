import ApusCore
import ApusFrame
import ApusLearn

/// Which column of the table each prepared feature comes from, so that contributions of features can be added up to those of
/// columns.
struct FeatureSources: Sendable, Hashable {
    /// What is explained: the columns of the table, then features that come from none alone, such as words of a text or
    /// components of several columns.
    let names: [String]
    /// For each prepared feature the place of what it counts for among `names`.
    let source: [Int]
    /// For each of `names` the place of the column, or nil for a feature that stands for itself.
    let columns: [Int?]
    /// For each of `names` the place of the prepared feature where it stands for itself.
    let features: [Int?]

    /// Whether all features come from one column each.
    var isWhole: Bool { !columns.contains(nil) }

    init(_ preparation: any FittedPreparation) {
        let inputs = preparation.inputColumns.map(\.schema.name)
        let places = Dictionary(zip(inputs, 0...), uniquingKeysWith: { first, _ in first })
        let featureNames = preparation.featureNames
        let origins = preparation.featureColumns(places)
        var names: [String] = []
        var columns: [Int?] = []
        var features: [Int?] = []
        var known: [Int: Int] = [:]
        // A column is listed where a feature comes from it, in the order of the table.
        for column in inputs.indices where origins.contains(column) {
            known[column] = names.count
            names.append(inputs[column])
            columns.append(column)
            features.append(nil)
        }
        var source: [Int] = []
        for (feature, origin) in origins.enumerated() {
            if let origin, let place = known[origin] {
                source.append(place)
            } else {
                source.append(names.count)
                names.append(featureNames[feature])
                columns.append(nil)
                features.append(feature)
            }
        }
        self.names = names
        self.source = source
        self.columns = columns
        self.features = features
    }

    /// The places of the features of each of `names`.
    var groups: [[Int]] {
        var groups = [[Int]](repeating: [], count: names.count)
        for (feature, place) in source.enumerated() { groups[place].append(feature) }
        return groups
    }
}

extension FittedPreparation {
    /// For each feature the place of the only column that it comes from; nil for words and what mixes columns.
    fileprivate func featureColumns(_ places: [String: Int]) -> [Int?] {
        switch self {
        case let encoder as FittedFrameEncoder: encoder.featureColumns(places)
        case let composed as FittedColumnTransformer: composed.branches.flatMap { $0.featureColumns(places) }
        default: [Int?](repeating: nil, count: featureCount)
        }
    }
}

extension FittedFrameEncoder {
    fileprivate func featureColumns(_ places: [String: Int]) -> [Int?] {
        inputColumns.flatMap { column in
            let width = column.schema.type.isNumeric ? 1 : column.levels.count + (column.hasMissingLevel ? 1 : 0)
            return [Int?](repeating: places[column.schema.name], count: width)
        }
    }
}

extension FittedColumnTransformer.Branch {
    fileprivate func featureColumns(_ places: [String: Int]) -> [Int?] {
        switch model {
        case .encoder(let encoder): return encoder.featureColumns(places)
        case .passthrough: return inputs.map { places[$0.schema.name] }
        case .vectorizer(let model): return [Int?](repeating: nil, count: model.outputCount)
        case .transformer(let model):
            // Steps name what they make after what it is made of: under names that occur nowhere else, the name says the
            // columns.
            let tokens = inputs.indices.map { "\u{2}\($0)\u{3}" }
            let made = model.features(for: zip(inputs, tokens).map { NamedFeature($1, $0.feature.kind) })
            return made.map { feature in
                let within = tokens.indices.filter { feature.name.contains(tokens[$0]) }
                return within.count == 1 ? places[inputs[within[0]].schema.name] : nil
            }
        }
    }
}

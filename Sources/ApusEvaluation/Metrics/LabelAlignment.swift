import ApusCore

/// True and predicted labels with codes into one list of classes, whatever lists they came with.
struct LabelAlignment {
    /// The classes that occur in either, ascending.
    let classes: Labels.Classes
    /// For each row the true class.
    let truth: [Int]
    /// For each row the predicted class.
    let prediction: [Int]

    /// Checks that the labels belong together and numbers the classes that occur in either.
    init(_ truth: Labels, _ prediction: Labels, weights: [Double]?) throws {
        guard truth.count == prediction.count else {
            throw ApusError(
                .shapeMismatch,
                "There are \(truth.count) true labels and \(prediction.count) predicted ones; give one of each for each "
                    + "row.")
        }
        guard truth.count > 0 else {
            throw ApusError(.invalidInput, "There are no labels to compare; at least one row is needed.")
        }
        try checkSampleWeights(weights, rows: truth.count)
        let (a, b) = (truth.compacted, prediction.compacted)
        if a.classes == b.classes {
            classes = a.classes
            self.truth = a.codes
            self.prediction = b.codes
        } else {
            classes = try Self.union(a.classes, b.classes)
            let first = Self.places(of: a.classes, in: classes)
            let second = Self.places(of: b.classes, in: classes)
            self.truth = a.codes.map { first[$0] }
            self.prediction = b.codes.map { second[$0] }
        }
    }

    /// The classes of either list, ascending.
    static func union(_ a: Labels.Classes, _ b: Labels.Classes) throws -> Labels.Classes {
        switch (a, b) {
        case (.integers(let x), .integers(let y)): Labels(x + y).classes
        case (.strings(let x), .strings(let y)): Labels(x + y).classes
        case (.booleans(let x), .booleans(let y)): Labels(x + y).classes
        default:
            throw ApusError(
                .invalidInput,
                "The true labels are \(kind(a)) and the predicted ones \(kind(b)); make both of one kind.")
        }
    }

    /// For each of `classes` its place in `all`, which holds every one of them; nil where one is missing.
    static func optionalPlaces(of classes: Labels.Classes, in all: Labels.Classes) -> [Int?] {
        func find<Value: Hashable>(_ values: [Value], _ all: [Value]) -> [Int?] {
            let places = Dictionary(zip(all, 0...), uniquingKeysWith: { first, _ in first })
            return values.map { places[$0] }
        }
        return switch (classes, all) {
        case (.integers(let x), .integers(let y)): find(x, y)
        case (.strings(let x), .strings(let y)): find(x, y)
        case (.booleans(let x), .booleans(let y)): find(x, y)
        default: [Int?](repeating: nil, count: classes.count)
        }
    }

    private static func places(of classes: Labels.Classes, in all: Labels.Classes) -> [Int] {
        optionalPlaces(of: classes, in: all).map { $0 ?? 0 }
    }

    private static func kind(_ classes: Labels.Classes) -> String {
        switch classes {
        case .integers: "whole numbers"
        case .strings: "text"
        case .booleans: "truth values"
        }
    }
}

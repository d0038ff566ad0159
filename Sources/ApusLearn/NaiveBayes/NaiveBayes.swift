import ApusCore

/// What the naive Bayes classifiers share.
enum NaiveBayes {
    static func best(_ joint: Matrix, _ classes: Labels.Classes) throws -> Labels {
        try check(joint)
        let width = joint.columns
        let codes = (0..<joint.rows).map { i in
            (1..<max(1, width)).reduce(0) {
                joint.values[i * width + $1] > joint.values[i * width + $0] ? $1 : $0
            }
        }
        return try Labels(codes: codes, classes: classes)
    }

    static func normalized(_ joint: Matrix, exponentials: Bool) throws -> Matrix {
        try check(joint)
        return NaiveBayesKernel.normalized(joint, exponentials: exponentials)
    }

    /// Throws where a row is impossible under every class, or so large that its likelihood is not a number.
    private static func check(_ joint: Matrix) throws {
        guard !FiniteKernel.allFinite(joint.values) else { return }
        let width = joint.columns
        for i in 0..<joint.rows {
            let row = joint.values[i * width..<(i + 1) * width]
            if row.contains(where: { $0.isNaN || $0 == .infinity }) || row.allSatisfy({ $0 == -.infinity }) {
                throw ApusError(
                    .invalidInput,
                    "Row \(i) is impossible under every class, or its values are too large; check it, or fit with "
                        + "more smoothing.")
            }
        }
    }

    /// The classes of the first part of data that comes in parts, ascending.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when there are none.
    static func firstClasses(_ classes: Labels.Classes?) throws -> Labels.Classes {
        guard let classes, classes.count > 0 else {
            throw ApusError(
                .invalidInput, "The first part of the data needs `classes`: every class that any part may bring.")
        }
        return switch classes {
        case .integers(let values): Labels(values).classes
        case .strings(let values): Labels(values).classes
        case .booleans(let values): Labels(values).classes
        }
    }

    /// The code of each label among other classes.
    ///
    /// - Throws: `ApusError` with code `invalidInput` when a label is not among them, or they are of another kind.
    static func codes(of y: Labels, among classes: Labels.Classes) throws -> [Int] {
        func places<Value: Hashable>(_ own: [Value], _ all: [Value]) -> [Int?] {
            let place = Dictionary(zip(all, 0...), uniquingKeysWith: { first, _ in first })
            return own.map { place[$0] }
        }
        let map: [Int?] =
            switch (y.classes, classes) {
            case (.integers(let own), .integers(let all)): places(own, all)
            case (.strings(let own), .strings(let all)): places(own, all)
            case (.booleans(let own), .booleans(let all)): places(own, all)
            default: [Int?](repeating: nil, count: y.classes.count)
            }
        return try y.codes.enumerated().map { row, code in
            guard let place = map[code] else {
                throw ApusError(
                    .invalidInput,
                    "Row \(row) is labelled \(y.classes.names[code]), which is not among the classes "
                        + "\(classes.names.joined(separator: ", ")); name every class with the first part.")
            }
            return place
        }
    }

    /// Throws unless later parts name the classes of the first.
    static func checkSame(_ classes: Labels.Classes?, as known: Labels.Classes) throws {
        guard let classes, try firstClasses(classes) != known else { return }
        throw ApusError(
            .invalidInput,
            "The classes of the first part were \(known.names.joined(separator: ", ")); "
                + "pass nil or the same with later parts.")
    }
}

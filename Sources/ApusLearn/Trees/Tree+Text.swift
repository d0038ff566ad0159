import ApusCore
import Foundation

extension Tree {
    /// The tree as text: a line for each question and each answer, indented by depth.
    ///
    ///     |--- petal width <= 0.80
    ///     |   |--- class: setosa
    ///     |--- petal width >  0.80
    ///     |   |--- class: virginica
    ///
    /// The text is that of scikit-learn's `export_text`.
    ///
    /// - Parameters:
    ///   - classNames: The names of the classes of a classification; nil for a regression.
    ///   - featureNames: A name for each column; nil for `feature_0`, `feature_1` and so on.
    ///   - maxDepth: The greatest depth that is written, at least 0; what is deeper is only told to be there.
    ///   - spacing: The number of characters by which a level is indented, at least 1.
    ///   - decimals: The number of decimal places, 0 to 100.
    ///   - showsWeights: Whether a leaf also tells the weight of each class.
    /// - Throws: `ApusError` with code `invalidParameter` or `shapeMismatch`.
    public func exportText(
        classNames: [String]? = nil, featureNames: [String]? = nil, maxDepth: Int = 10, spacing: Int = 3,
        decimals: Int = 2, showsWeights: Bool = false
    ) throws -> String {
        try checkText(classNames, featureNames, maxDepth: maxDepth, spacing: spacing, decimals: decimals)
        let heights = heights
        let gap = String(repeating: " ", count: spacing)
        let dashes = String(repeating: "-", count: spacing)
        func number(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
        func indent(_ depth: Int) -> String { String(repeating: "|" + gap, count: depth - 1) + "|" + dashes }
        func answer(_ node: Int) -> String {
            let value = value(node)
            guard let classNames else { return " value: [" + value.map(number).joined(separator: ", ") + "]" }
            var best = value.startIndex
            for k in value.indices where value[k] > value[best] { best = k }
            let name = " class: " + classNames[best - value.startIndex]
            guard showsWeights else { return name }
            return " weights: [" + value.map { number($0 * weight[node]) }.joined(separator: ", ") + "]" + name
        }

        var text = ""
        // What comes after the left branch of a question waits below it.
        var waiting: [(node: Int, depth: Int, question: String)] = [(0, 1, "")]
        while let (node, depth, question) = waiting.popLast() {
            text += question
            if isLeaf(node) {
                text += indent(depth) + answer(node) + "\n"
            } else if depth - 1 <= maxDepth {
                let name = featureNames?[Int(feature[node])] ?? "feature_\(feature[node])"
                let start = indent(depth) + " " + name
                let limit = number(threshold[node])
                waiting.append((Int(right[node]), depth + 1, "\(start) >  \(limit)\n"))
                waiting.append((Int(left[node]), depth + 1, "\(start) <= \(limit)\n"))
            } else {
                text += indent(depth) + " truncated branch of depth \(heights[node])\n"
            }
        }
        return text
    }

    /// The number of levels from each node down to its deepest leaf, itself included.
    private var heights: [Int] {
        var heights = [Int](repeating: 1, count: nodeCount)
        for node in (0..<nodeCount).reversed() where !isLeaf(node) {
            heights[node] = 1 + max(heights[Int(left[node])], heights[Int(right[node])])
        }
        return heights
    }

    private func checkText(
        _ classNames: [String]?, _ featureNames: [String]?, maxDepth: Int, spacing: Int, decimals: Int
    ) throws {
        func check(_ value: Int, _ name: String, _ legal: ClosedRange<Int>) throws {
            guard legal.contains(value) else {
                throw ApusError(
                    .invalidParameter,
                    "\(name) is \(value), but it must be from \(legal.lowerBound) to \(legal.upperBound).")
            }
        }
        try check(maxDepth, "maxDepth", 0...Int.max)
        try check(spacing, "spacing", 1...1000)
        try check(decimals, "decimals", 0...100)
        if let featureNames, featureNames.count != featureCount {
            throw ApusError(
                .shapeMismatch,
                "There are \(featureNames.count) feature names for a tree over \(featureCount) columns; give one for each."
            )
        }
        if let classNames, classNames.count != valueWidth {
            throw ApusError(
                .shapeMismatch,
                "There are \(classNames.count) class names for a tree of \(valueWidth) classes; give one for each.")
        }
    }
}

extension DecisionTreeClassifier.Model {
    /// The tree as text, with the names of its classes.
    ///
    /// - Parameters:
    ///   - featureNames: A name for each column; nil for `feature_0`, `feature_1` and so on.
    ///   - classNames: Names to use for the classes instead of their own; nil for their own.
    ///   - maxDepth: The greatest depth that is written, at least 0; what is deeper is only told to be there.
    ///   - spacing: The number of characters by which a level is indented, at least 1.
    ///   - decimals: The number of decimal places, 0 to 100.
    ///   - showsWeights: Whether a leaf also tells the weight of each class.
    /// - Throws: `ApusError` with code `invalidParameter` or `shapeMismatch`.
    public func exportText(
        featureNames: [String]? = nil, classNames: [String]? = nil, maxDepth: Int = 10, spacing: Int = 3,
        decimals: Int = 2, showsWeights: Bool = false
    ) throws -> String {
        try tree.exportText(
            classNames: classNames ?? classes.names, featureNames: featureNames, maxDepth: maxDepth, spacing: spacing,
            decimals: decimals, showsWeights: showsWeights)
    }
}

extension DecisionTreeRegressor.Model {
    /// The tree as text.
    ///
    /// - Parameters:
    ///   - featureNames: A name for each column; nil for `feature_0`, `feature_1` and so on.
    ///   - maxDepth: The greatest depth that is written, at least 0; what is deeper is only told to be there.
    ///   - spacing: The number of characters by which a level is indented, at least 1.
    ///   - decimals: The number of decimal places, 0 to 100.
    /// - Throws: `ApusError` with code `invalidParameter` or `shapeMismatch`.
    public func exportText(
        featureNames: [String]? = nil, maxDepth: Int = 10, spacing: Int = 3, decimals: Int = 2
    ) throws -> String {
        try tree.exportText(featureNames: featureNames, maxDepth: maxDepth, spacing: spacing, decimals: decimals)
    }
}

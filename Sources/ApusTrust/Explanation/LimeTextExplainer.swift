import ApusCore
import Foundation

/// LIME for texts: a linear model of which words are there imitates the model around a text.
///
/// Samples leave out a random number of random words, each everywhere it occurs, and count by
/// `√exp(-(distance / width)²)` with a hundred times the cosine distance to the whole text. Samples, and so weights, are
/// those of the reference for the same seed.
public struct LimeTextExplainer: Sendable {
    private let kernelWidth: Double
    private let seed: UInt32

    /// An explainer.
    ///
    /// - Parameters:
    ///   - kernelWidth: How far away samples still count; default 25.
    ///   - seed: The seed of the samples.
    /// - Throws: `ApusError` with code `invalidParameter`.
    public init(kernelWidth: Double = 25, seed: UInt32 = 0) throws {
        guard kernelWidth > 0, kernelWidth.isFinite else {
            throw ApusError(.invalidParameter, "The kernel width is \(kernelWidth); it must be a number above 0.")
        }
        self.kernelWidth = kernelWidth
        self.seed = seed
    }

    /// A text cut into words and what is between them.
    struct Pieces {
        let pieces: [String]
        /// For each piece the place of its word, or -1.
        let word: [Int]
        let words: [String]

        init(_ text: String) {
            var (pieces, word, words): ([String], [Int], [String]) = ([], [], [])
            var places: [String: Int] = [:]
            var (current, isWord) = ("", false)
            func finish() {
                if current.isEmpty { return }
                pieces.append(current)
                if isWord {
                    let place = places[current] ?? words.count
                    if place == words.count {
                        places[current] = place
                        words.append(current)
                    }
                    word.append(place)
                } else {
                    word.append(-1)
                }
                current = ""
            }
            for scalar in text.unicodeScalars {
                let belongs = Pieces.isWordScalar(scalar)
                if belongs != isWord { finish() }
                isWord = belongs
                current.unicodeScalars.append(scalar)
            }
            finish()
            (self.pieces, self.word, self.words) = (pieces, word, words)
        }

        private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
            if scalar == "_" { return true }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                return true
            default: return scalar.properties.numericType != nil
            }
        }

        /// The text with some of its words.
        func text(_ isKept: (Int) -> Bool) -> String {
            var text = ""
            for (piece, place) in zip(pieces, word) where place < 0 || isKept(place) { text += piece }
            return text
        }
    }

    /// A local model around a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - outputNames: The outputs of the model.
    ///   - output: Which of them is explained; nil for the second of two, else the greatest.
    ///   - features: How many words the local model has at most; default 10.
    ///   - samples: How many samples are drawn; default 5,000.
    ///   - selection: Which words are kept.
    ///   - model: What the model answers to texts: n × outputs.
    /// - Throws: `ApusError` with code `invalidInput` for a text without words, `invalidParameter`, `shapeMismatch`, or what
    ///   the model throws.
    public func explain(
        _ text: String, outputNames: [String], output: Int? = nil, features: Int = 10, samples: Int = 5000,
        selection: LimeSelection = .auto, _ model: ([String]) throws -> Matrix
    ) throws -> LocalExplanation {
        let cut = Pieces(text)
        let d = cut.words.count
        guard d > 0 else { throw ApusError(.invalidInput, "The text has no words, so there is nothing to explain.") }
        if let output, !outputNames.indices.contains(output) {
            throw ApusError(
                .invalidParameter, "There is no output \(output); there are \(outputNames.count), counted from 0.")
        }
        guard features >= 1, samples >= 2 else {
            throw ApusError(.invalidParameter, "A local model needs at least 1 feature and 2 samples.")
        }
        var random = RandomState(seed: seed)
        let sizes = random.integers(in: 1..<d + 1, count: samples - 1)
        var design = [Double](repeating: 1, count: samples * d)
        var texts = [text]
        var weights = [1.0]
        for (i, size) in sizes.enumerated() {
            let start = (i + 1) * d
            for word in random.choiceWithoutReplacement(d, count: size) { design[start + word] = 0 }
            texts.append(cut.text { design[start + $0] == 1 })
            // The cosine of a row of ones and one of k ones among d is √(k / d); without any word the distance is 1.
            let distance = 100 * (1 - (Double(d - size) / Double(d)).squareRoot())
            weights.append(exp(-distance * distance / (kernelWidth * kernelWidth)).squareRoot())
        }
        let answers = try model(texts)
        guard answers.rows == samples, answers.columns == outputNames.count else {
            throw ApusError(
                .shapeMismatch,
                "The model answered \(answers.rows) × \(answers.columns) numbers for \(samples) texts and "
                    + "\(outputNames.count) outputs.")
        }
        let shown = shownOutput(output, answers)
        return localExplanation(
            Matrix(rows: samples, columns: d, values: design), answers.column(shown), weights: weights,
            outputName: outputNames[shown], features: features, selection: selection
        ) { cut.words[$0] }
    }

    /// Whether a text has a word to explain.
    public static func hasWords(_ text: String) -> Bool { !Pieces(text).words.isEmpty }

    /// How much the local model of a text depends on the draw.
    public struct Stability: Sendable, Hashable {
        /// The mean over pairs of draws of the share of their words that both have (Jaccard index).
        public let agreement: Double
        /// The mean R² of the local models; nil where the model's answers do not vary.
        public let score: Double?
    }

    /// Explains a text with several seeds.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - outputNames: A name for each output of the model.
    ///   - output: Which output is explained, as for `explain`.
    ///   - features: How many words a local model has at most.
    ///   - samples: How many samples are drawn for each seed.
    ///   - seeds: The seeds, at least two.
    ///   - model: What is answered to texts: texts × outputs.
    /// - Throws: As `explain`.
    public static func stability(
        of text: String, outputNames: [String], output: Int? = nil, features: Int = 10, samples: Int = 5000,
        seeds: [UInt32] = [0, 1, 2, 3, 4], _ model: ([String]) throws -> Matrix
    ) throws -> Stability {
        guard seeds.count >= 2 else {
            throw ApusError(.invalidParameter, "Stability compares draws; give at least two seeds.")
        }
        let runs = try seeds.map { seed in
            try LimeTextExplainer(seed: seed).explain(
                text, outputNames: outputNames, output: output, features: features, samples: samples, model)
        }
        let scores = runs.compactMap(\.score)
        return Stability(
            agreement: jaccard(runs.map { Set($0.terms.map(\.feature)) }),
            score: scores.isEmpty ? nil : meanOf(scores))
    }
}

/// The mean over pairs of the share of their members that both have.
func jaccard(_ sets: [Set<Int>]) -> Double {
    let pairs = sets.indices.flatMap { i in (0..<i).map { (sets[i], sets[$0]) } }
    return meanOf(
        pairs.map { a, b in
            let union = a.union(b)
            return union.isEmpty ? 1 : Double(a.intersection(b).count) / Double(union.count)
        })
}

import Apus
import ApusCore
import ApusEvaluation
import ApusLearn
import ApusPlots
import Foundation

/// Section 11: is a text for or against? Six reviews by hand, then ten thousand.
struct Sentiment: Section {
    let number = 11
    let title = "Sentiment of texts"

    func write(into chapter: inout Chapter) async throws {
        chapter.heading("The idea")
        chapter.paragraph(
            """
            A model needs numbers, a text is words. The simplest bridge is surprisingly strong: count how often each \
            word occurs and forget the order. Then let naive Bayes ask of each class how probable it makes those words.
            """)
        chapter.formula(
            "log P(class | text) = log P(class) + Σ counts(word) · log P(word | class) + constant\n"
                + "P(word | class) = (occurrences + 1) / (all words of the class + vocabulary)")
        try byHand(into: &chapter)
        try real(into: &chapter)
        chapter.questions(questions)
        attempt(in: &chapter)
    }

    // MARK: Six reviews

    private func byHand(into chapter: inout Chapter) throws {
        chapter.heading("Six reviews")
        chapter.code(Snippets.sixReviews)
        // snippet: sixReviews
        let reviews = [
            "Great phone, great battery and a great camera",
            "Terrible battery, the phone died after a week",
            "The camera is excellent and the screen is great",
            "Poor screen and a terrible camera",
            "Excellent value, works great",
            "It broke after a week, poor quality",
        ]
        let labels = Labels(["good", "bad", "good", "bad", "good", "bad"])
        let words = try CountVectorizer().fit(reviews)
        let counts = try words.transform(reviews)
        let model = try MultinomialNB().fit(counts, labels)

        let new = [
            "great camera, excellent battery",
            "poor battery and a terrible screen",
            "not great at all",
        ]
        let x = try words.transform(new)
        let answers = try model.predict(x)
        let good = try model.predictProba(x).column(1)
        // end
        chapter.record("vocabulary", .array(words.vocabulary.map { .string($0) }))
        chapter.record("counts", counts.dense.values)
        chapter.record("predictions", .array(answers.strings.map { .string($0) }))
        chapter.record("probabilities of good", good)
        let great = words.column(of: "great") ?? 0
        let ratio = model.featureLogProbabilities[1, great] - model.featureLogProbabilities[0, great]
        chapter.record("log ratio of great", ratio)
        let names = words.vocabulary
        let shown = names.indices.filter { place in
            ["battery", "camera", "excellent", "great", "poor", "screen", "terrible"].contains(names[place])
        }
        let dense = counts.dense
        chapter.table(
            header: ["review"] + shown.map { names[$0] },
            rows: reviews.indices.map { row in
                ["\(row + 1) (\(labels.strings[row]))"] + shown.map { TextTable.fixed(dense[row, $0], 0) }
            },
            caption: "Some of the \(names.count) columns. “a” is missing: words have two letters or more.")
        chapter.table(
            header: ["new review", "answer", "P(good)"],
            rows: new.indices.map { [new[$0], answers.strings[$0], TextTable.fixed(good[$0], 3)] })
        chapter.paragraph(
            """
            “great” stood in good reviews only, so each “great” multiplies the odds of good by \
            \(TextTable.fixed(exp(ratio), 2)). The last new review shows what is lost with the order: “not great at \
            all” is called good, because “great” is there and “not” was never seen.
            """)
    }

    // MARK: Ten thousand reviews

    /// Where the reviews of rt-polarity are, if they are.
    private static var folder: String? {
        guard let data = ProcessInfo.processInfo.environment["APUS_DATA"], !data.isEmpty else { return nil }
        let folder = "\(data)/rt-polarity"
        return FileManager.default.fileExists(atPath: "\(folder)/rt-polarity.pos") ? folder : nil
    }

    private func real(into chapter: inout Chapter) throws {
        chapter.heading("Real reviews")
        guard let folder = Self.folder else {
            chapter.paragraph(
                """
                The sentence-polarity data of Pang and Lee (2005), 10,662 sentences from film reviews, are not on this \
                machine. Put `rt-polarity.pos` and `rt-polarity.neg` into `$APUS_DATA/rt-polarity`, and this part runs \
                on them. scikit-learn is right on 76.4 % of a held-out fifth, and so is Apus.
                """)
            return
        }
        chapter.paragraph(
            """
            10,662 sentences from film reviews (Pang and Lee 2005), half for and half against. A fifth is held out.
            """)
        chapter.code(Snippets.filmReviews)
        // snippet: filmReviews
        func sentences(_ name: String) throws -> [String] {
            let file = URL(fileURLWithPath: "\(folder)/rt-polarity.\(name)")
            // The files are in Latin-1: each byte is a code point.
            let scalars = try Data(contentsOf: file).map { Unicode.Scalar($0) }
            return String(String.UnicodeScalarView(scalars))
                .split(separator: "\n").map(String.init)
        }
        let (positive, negative) = try (sentences("pos"), sentences("neg"))
        let texts = positive + negative
        let y = Labels(positive.map { _ in 1 } + negative.map { _ in 0 })
        let rows = Matrix(column: texts.indices.map(Double.init))
        let split = try trainTestSplit(rows, y, testSize: 0.2, seed: 42)
        let train = split.xTrain.values.map { texts[Int($0)] }
        let test = split.xTest.values.map { texts[Int($0)] }

        let (words, counts) = try CountVectorizer().fitTransform(train)
        let model = try MultinomialNB().fit(counts, split.yTrain)
        let prediction = try model.predict(words.transform(test))
        let accuracy = try accuracyScore(split.yTest, prediction)
        // end
        let onSeen = try accuracyScore(split.yTrain, model.predict(counts))
        chapter.record("real: words", .int(words.vocabulary.count))
        chapter.record("real: accuracy", accuracy)
        chapter.record("real: train accuracy", onSeen)
        let vocabulary = words.vocabulary
        var totals = [Double](repeating: 0, count: vocabulary.count)
        for (column, value) in zip(counts.columnIndices, counts.values) { totals[Int(column)] += value }
        let ratios = totals.indices.map { model.featureLogProbabilities[1, $0] - model.featureLogProbabilities[0, $0] }
        let order = totals.indices.filter { totals[$0] >= 20 }.sorted {
            (ratios[$0], vocabulary[$0]) < (ratios[$1], vocabulary[$1])
        }
        let (low, high) = (Array(order.prefix(8)), Array(order.suffix(8).reversed()))
        chapter.record("real: most negative", .array(low.map { .string(vocabulary[$0]) }))
        chapter.record("real: most positive", .array(high.map { .string(vocabulary[$0]) }))
        let bars = high + low.reversed()
        chapter.picture(
            Picture(
                [
                    Chart {
                        BarMark(
                            x: .value("log P(word | for) / P(word | against)", bars.map { ratios[$0] }),
                            y: .value("Word", bars.map { vocabulary[$0] })
                        )
                        .foregroundStyle(by: .value("", bars.map { ratios[$0] > 0 ? "for" : "against" }))
                    }
                    .chartTitle("The most telling words, of those seen twenty times or more").chartYAxis(label: "")
                ],
                caption: "Nobody wrote this list: it is what the counts say.", width: 760, height: 480, rows: 18))
        chapter.paragraph(
            """
            \(TextTable.grouped(vocabulary.count)) words, \(TextTable.percent(onSeen)) right on the sentences it \
            learned from, \(TextTable.percent(accuracy)) on new ones. That gap is the price of so many columns; and \
            three of four right is far, for a model that does not know that words have an order.
            """)
    }

    // MARK: Questions

    let questions = [
        Question(
            "What is a bag of words, and what does it lose?",
            "A text as the counts of its words. It loses the order and with it negation, irony and who did what to whom. "
                + "Pairs of words (`ngramRange: 1...2`) bring some of it back, at the price of many more columns."),
        Question(
            "What does tf-idf do?",
            "It weighs a count by how rare the word is among the texts: tf · (ln((1 + n)/(1 + df)) + 1), and then gives each "
                + "text length 1. Words that stand everywhere count little, and long texts no longer weigh more."),
        Question(
            "Why is 1 added to every count in naive Bayes?",
            "Laplace smoothing. Without it, one word never seen in a class makes the whole product zero, whatever the other "
                + "words say."),
        Question(
            "Why keep the matrix sparse?",
            "A review has some twenty words of sixteen thousand: as a full table 99.9 % would be zeros. Sparse rows store what "
                + "is there; naive Bayes, linear SVM and logistic regression work on them directly."),
        Question(
            "A word that was never seen arrives. What happens?",
            "The vocabulary is fixed in training, so the word is left out. Watch the share of unknown words in production: it "
                + "grows when the language of the users changes. Hashing needs no vocabulary, but then words cannot be read "
                + "back."),
        Question(
            "When would you move on to embeddings or a language model?",
            "When order and meaning matter and there is money for it: negation, long texts, few labels. Start with counts; they "
                + "are the baseline that the larger model has to beat, at a thousandth of its cost."),
        Question(
            "Should stop words be removed?",
            "Not blindly: “not”, “no” and “very” are on most lists and carry sentiment. With tf-idf or a penalty they do little "
                + "harm. Try both, on rows held out."),
        .trap(
            "Your classifier reaches 95 % on product reviews; the vocabulary was built on all reviews before the split. Fine?",
            "The test rows chose columns and, with tf-idf, weights. The effect is often small, but the estimate is no longer "
                + "of unseen text, and production has words that the vocabulary lacks. Fit the vectorizer in the pipeline."
        ),
    ]

    private func attempt(in chapter: inout Chapter) {
        chapter.attempts([
            Attempt(
                "Use pairs of words too: `CountVectorizer(ngramRange: 1...2)`.",
                expect:
                    "“not great” becomes a column of its own, if it was seen. On the real reviews accuracy rises a little, and "
                    + "the vocabulary becomes six times as large."),
            Attempt(
                "Set `alpha` of naive Bayes to 0.001.",
                expect:
                    "rare words shout: a word seen once in one class decides alone. Training accuracy rises, test accuracy falls."
            ),
        ])
    }
}

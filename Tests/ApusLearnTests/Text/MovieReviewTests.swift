import ApusCore
import ApusLearn
import Foundation
import Testing

/// The reviews of rt-polarity, split with seed 42, against figures of the reference on the same split.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["APUS_DATA"] != nil)) struct MovieReviewTests {
    private struct Split {
        var train: [String] = []
        var test: [String] = []
        var trainLabels: [Int] = []
        var testLabels: [Int] = []
    }

    private func split() throws -> Split {
        let folder = try #require(ProcessInfo.processInfo.environment["APUS_DATA"])
        var reviews: [String] = []
        var labels: [Int] = []
        for (name, label) in [("pos", 1), ("neg", 0)] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/rt-polarity/rt-polarity.\(name)"))
            // The files are in Latin-1: each byte is a code point.
            let text = String(String.UnicodeScalarView(data.map { Unicode.Scalar($0) }))
            let lines = text.split(separator: "\n").map(String.init)
            reviews += lines
            labels += lines.map { _ in label }
        }
        var random = RandomState(seed: 42)
        var split = Split()
        let order = random.permutation(reviews.count)
        let testCount = (reviews.count + 4) / 5
        for (place, row) in order.enumerated() {
            if place < testCount {
                split.test.append(reviews[row])
                split.testLabels.append(labels[row])
            } else {
                split.train.append(reviews[row])
                split.trainLabels.append(labels[row])
            }
        }
        return split
    }

    /// FNV-1a of the terms with line breaks between.
    private func fingerprint(_ terms: [String]) -> UInt64 {
        terms.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    @Test func countsAndNaiveBayesAreRightAsOftenAsTheReference() throws {
        let split = try split()
        let (words, rows) = try CountVectorizer().fitTransform(split.train)
        #expect(rows.rows == 8529 && words.outputCount == 16561 && rows.storedCount == 143_332)
        #expect(fingerprint(words.vocabulary) == 0xbd8_ff58_5e0d_bf98)
        let model = try MultinomialNB().fit(rows, Labels(split.trainLabels))
        let answers = try model.predict(words.transform(split.test))
        #expect(zip(answers.codes, split.testLabels).count { $0 == $1 } == 1629)
    }

    @Test func pairsOfWordsAndALinearMachineAreRightAsOftenAsTheReference() throws {
        let split = try split()
        let (words, rows) = try TfidfVectorizer(ngramRange: 1...2).fitTransform(split.train)
        #expect(words.outputCount == 104_773 && rows.storedCount == 288_443)
        #expect(fingerprint(words.vocabulary) == 0xf662_86c9_de4f_df6f)
        let model = try LinearSVC().fit(rows, Labels(split.trainLabels))
        let answers = try model.predict(words.transform(split.test))
        #expect(zip(answers.codes, split.testLabels).count { $0 == $1 } == 1638)
    }
}

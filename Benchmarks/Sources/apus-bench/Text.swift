import ApusCore
import ApusLearn
import Foundation

let textWorks: [Work] = [
    Work("count-vectorizer") { data in
        let reviews = try data.reviews()
        let (found, seconds) = try timed { try CountVectorizer().fitTransform(reviews) }
        return Result(seconds, ["terms": found.rows.columns, "stored": found.rows.storedCount])
    },
    Work("tfidf-bigrams") { data in
        let reviews = try data.reviews()
        let (found, seconds) = try timed { try TfidfVectorizer(ngramRange: 1...2).fitTransform(reviews) }
        return Result(seconds, ["terms": found.rows.columns, "stored": found.rows.storedCount])
    },
    Work("hashing-vectorizer") { data in
        let reviews = try data.reviews()
        let (found, seconds) = try timed { try HashingVectorizer().fitTransform(reviews) }
        return Result(seconds, ["terms": found.rows.columns, "stored": found.rows.storedCount])
    },
    Work("multinomial-nb") { data in
        let (_, rows) = try CountVectorizer().fitTransform(data.reviews())
        let labels = try data.labels("reviews-y", rows: 106_620)
        let (answers, seconds) = try timed { try MultinomialNB().fit(rows, labels).predict(rows) }
        return Result(seconds, ["accuracy": share(answers, labels)])
    },
    Work("linear-svc-text") { data in
        let (_, rows) = try TfidfVectorizer().fitTransform(data.reviews())
        let labels = try data.labels("reviews-y", rows: 106_620)
        let (model, seconds) = try timed { try LinearSVC().fit(rows, labels) }
        return try Result(seconds, ["accuracy": share(model.predict(rows), labels), "iterations": model.iterations])
    },
    Work("linear-svc") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try LinearSVC().fit(x, y) }
        return try Result(seconds, ["accuracy": share(model.predict(x), y), "iterations": model.iterations])
    },
]

private func share(_ answers: Labels, _ truth: Labels) -> Double {
    Double(zip(answers.codes, truth.codes).count { $0 == $1 }) / Double(truth.count)
}

extension BenchData {
    /// The short reviews, one a line.
    fileprivate func reviews() throws -> [String] {
        let data = try Data(contentsOf: URL(filePath: folder).appending(path: "reviews.txt"))
        return String(decoding: data, as: UTF8.self).split(separator: "\n").prefix(rows(106_620)).map(String.init)
    }
}

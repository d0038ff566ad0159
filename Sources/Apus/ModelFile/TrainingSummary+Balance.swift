import ApusCore

extension TrainingSummary {
    /// How the classes of the training rows were balanced.
    public struct Balance: Sendable, Hashable, Codable {
        /// A class and its rows.
        public struct Class: Sendable, Hashable, Codable {
            /// Its name.
            public let name: String
            /// Its training rows.
            public let before: Int
            /// The rows that the estimator was fitted on.
            public let after: Int
            /// What each of them weighs; nil where all weigh the same.
            public let weight: Double?
        }

        /// The way: `smote`, `weights` and so on.
        public let method: String
        /// The parameters of the resampler.
        public let parameters: [String: JSONValue]
        /// The classes in order.
        public let classes: [Class]
        /// What did not come out as one may expect, in sentences.
        public internal(set) var remarks: [String]

        init(
            method: String, parameters: [String: JSONValue], before: Labels, after: Labels, weights: [Double?]?,
            remarks: [String]
        ) {
            self.method = method
            self.parameters = parameters
            self.remarks = remarks
            let (old, new) = (before.counts, after.counts)
            classes = before.classes.names.indices.map { code in
                Class(
                    name: before.classes.names[code], before: old[code], after: new[code], weight: weights?[code])
            }
        }

        /// The header of `rows`.
        static let header = ["class", "training rows", "fitted on", "weight of a row"]

        /// A row of text for each class.
        var rows: [[String]] {
            classes.map {
                [
                    $0.name, TextTable.grouped($0.before), TextTable.grouped($0.after),
                    $0.weight.map { TextTable.significant($0, 4) } ?? "1",
                ]
            }
        }

        /// What was done, in a sentence.
        var sentence: String {
            let rows = classes.reduce(into: (before: 0, after: 0)) {
                $0.before += $1.before
                $0.after += $1.after
            }
            guard rows.before != rows.after || classes.allSatisfy({ $0.weight == nil }) else {
                return "Classes balanced by weights: the rows of each class weigh the same in total."
            }
            return "Classes balanced by \(method): \(TextTable.grouped(rows.before)) training rows became "
                + "\(TextTable.grouped(rows.after)) to fit on; scores are of the rows as they were."
        }

        /// What a person reads.
        var text: [String] {
            var table = TextTable(header: Self.header)
            for row in rows { table.add(row) }
            return [sentence, "", table.text()] + remarks
        }

        /// What a program reads.
        public var json: JSONValue {
            [
                "method": .string(method), "parameters": .object(parameters),
                "classes": .array(
                    classes.map {
                        [
                            "class": .string($0.name), "rows_before": .int($0.before), "rows_after": .int($0.after),
                            "weight": $0.weight.map { .double($0) } ?? .null,
                        ]
                    }),
                "remarks": .array(remarks.map { .string($0) }),
            ]
        }
    }
}

extension TrainingPlan.Validation {
    /// What a person reads of how each fold was balanced; empty where none was.
    var balanceText: [String] {
        guard let first = folds.compactMap(\.balance).first else { return [] }
        let names = first.classes.map(\.name)
        var table = TextTable(header: ["fold"] + names.map { "\($0): before" } + names.map { "\($0): fitted on" })
        for (index, fold) in folds.enumerated() {
            guard let balance = fold.balance else { continue }
            let counts = names.map { name in balance.classes.first { $0.name == name } }
            table.add(
                ["\(index + 1)"] + counts.map { $0.map { TextTable.grouped($0.before) } ?? "" }
                    + counts.map { $0.map { TextTable.grouped($0.after) } ?? "" })
        }
        var seen: Set<String> = []
        let remarks = folds.flatMap { $0.balance?.remarks ?? [] }.filter { seen.insert($0).inserted }
        return ["", "Classes balanced by \(first.method) in the training rows of each fold alone.", "", table.text()]
            + remarks
    }
}

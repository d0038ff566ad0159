import ApusCore
import ApusEvaluation
import ApusTestSupport
import Testing

@Suite struct CrossValidatorTests {
    @Test func foldsHoldTheSameRowsAsTheReference() throws {
        for example in try Oracle("splitting/folds").array("cases") {
            let (labels, groups) = (try example.labels("labels"), try example.labels("groups"))
            let splitter = try splitter(example)
            guard example.has("test") else {
                #expect(throws: ApusError.self, "\(example)") {
                    try splitter.split(rows: labels.count, labels: labels, groups: groups)
                }
                continue
            }
            let splits = try splitter.split(rows: labels.count, labels: labels, groups: groups)
            #expect(try splits.map(\.test) == example.rows("test"), "\(example)")
            if example.has("train") {
                #expect(try splits.map(\.train) == example.rows("train"), "\(example)")
            } else {
                for split in splits {
                    #expect(Set(split.train).union(split.test).count == labels.count, "\(example)")
                    #expect(split.train == split.train.sorted(), "\(example)")
                }
            }
        }
    }

    private func splitter(_ example: Oracle) throws -> any CrossValidator {
        let arguments = try example.object("arguments")
        func int(_ key: String, _ fallback: Int) throws -> Int {
            arguments.has(key) ? try arguments.int(key) : fallback
        }
        func optional(_ key: String) throws -> Int? { arguments.has(key) ? try arguments.int(key) : nil }
        let folds = try int("n_splits", 5)
        let shuffle = arguments.has("shuffle")
        let seed = UInt32(try int("random_state", 0))
        switch try example.string("splitter") {
        case "KFold": return KFold(nSplits: folds, shuffle: shuffle, seed: seed)
        case "StratifiedKFold": return StratifiedKFold(nSplits: folds, shuffle: shuffle, seed: seed)
        case "GroupKFold": return GroupKFold(nSplits: folds, shuffle: shuffle, seed: seed)
        case "StratifiedGroupKFold": return StratifiedGroupKFold(nSplits: folds, shuffle: shuffle, seed: seed)
        case "RepeatedKFold": return RepeatedKFold(nSplits: folds, nRepeats: try int("n_repeats", 10), seed: seed)
        case "RepeatedStratifiedKFold":
            return RepeatedStratifiedKFold(nSplits: folds, nRepeats: try int("n_repeats", 10), seed: seed)
        case "TimeSeriesSplit":
            return TimeSeriesSplit(
                nSplits: folds, maxTrainSize: try optional("max_train_size"), testSize: try optional("test_size"),
                gap: try int("gap", 0))
        case "GroupShuffleSplit":
            return GroupShuffleSplit(
                nSplits: folds, testSize: try optional("test_size").map { .count($0) }, seed: seed)
        case "LeaveOneGroupOut": return LeaveOneGroupOut()
        default: return LeavePOut(p: try int("p", 1))
        }
    }

    @Test func leavingOutOneIsLeavingOutEachRowInTurn() throws {
        let splits = try LeaveOneOut().split(rows: 4)
        #expect(splits.map(\.test) == [[0], [1], [2], [3]] && splits[2].train == [0, 1, 3])
        #expect(
            try LeavePOut(p: 2).split(rows: 4).map(\.test) == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
        #expect(throws: ApusError.self) { try LeaveOneOut().split(rows: 1) }
        #expect(throws: ApusError.self) { try LeavePOut(p: 30).split(rows: 100) }
    }

    @Test func foldsChosenBeforehandAreKept() throws {
        let splits = try PredefinedSplit(testFold: [4, -1, 2, 4, 2]).split(rows: 5)
        #expect(splits == [Split(train: [0, 1, 3], test: [2, 4]), Split(train: [1, 2, 4], test: [0, 3])])
        #expect(throws: ApusError.self) { try PredefinedSplit(testFold: [0]).split(rows: 5) }
        #expect(throws: ApusError.self) { try PredefinedSplit(testFold: [-1, -1]).split(rows: 2) }
    }

    @Test func whatCannotBeSplitIsRefused() throws {
        let y = Labels([0, 1, 0, 1])
        let all: [any CrossValidator] = [
            KFold(nSplits: 1), KFold(nSplits: 5), StratifiedKFold(nSplits: 3), GroupKFold(nSplits: 3),
            StratifiedGroupKFold(nSplits: 3), RepeatedKFold(nSplits: 2, nRepeats: 0),
            RepeatedStratifiedKFold(nSplits: 9),
            TimeSeriesSplit(nSplits: 4), TimeSeriesSplit(nSplits: 2, gap: 9),
            TimeSeriesSplit(nSplits: 2, testSize: .max),
            TimeSeriesSplit(nSplits: 2, gap: .max), GroupShuffleSplit(testSize: .count(2)), ShuffleSplit(nSplits: 0),
        ]
        for splitter in all {
            #expect(throws: ApusError.self, "\(splitter)") { try splitter.split(rows: 4, labels: y, groups: y) }
        }
        for splitter in [StratifiedKFold(nSplits: 2), GroupKFold(nSplits: 2)] as [any CrossValidator] {
            #expect(throws: ApusError.self) { try splitter.split(rows: 4) }
            #expect(throws: ApusError.self) { try splitter.split(rows: 5, labels: y, groups: y) }
        }
    }
}

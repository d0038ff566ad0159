import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusSQLite
import Foundation

let searchWorks: [Work] = [
    Work("search") { _ in try forestSearch(study: false) },
    Work("search-study") { _ in try forestSearch(study: true) },
    Work("trial") { _ in try emptyTrials(study: false) },
    Work("trial-study") { _ in try emptyTrials(study: true) },
]

/// A hundred forests drawn at random on five folds each.
private func forestSearch(study: Bool) throws -> Result {
    let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
    var search = RandomizedSearchCV(
        RandomForestClassifier(seed: 42),
        [
            "nEstimators": .integers(10..<200), "maxDepth": .integers(1..<20), "minSamplesSplit": .integers(2..<11),
            "minSamplesLeaf": .integers(1..<11), "maxFeatures": .uniform(0, 1),
        ], nIter: 100, seed: 42)
    return try inFolder { folder in
        let (result, seconds) = try timed {
            if study { search.options.journal = try Study(path: folder + "/search.study") }
            return try search.fit(data.x, data.y)
        }
        let scores = result.candidates.compactMap(\.score)
        return Result(seconds, ["best": result.bestScore ?? 0, "sum": scores.reduce(0, +)])
    }
}

/// A search with nothing to do in it: a stump on four rows, one fold in each of a thousand trials.
private func emptyTrials(study: Bool) throws -> Result {
    let x = Matrix(rows: 4, columns: 1, values: [0, 1, 2, 3])
    var search = RandomizedSearchCV(
        DecisionTreeClassifier(maxDepth: 1), ["minImpurityDecrease": .uniform(0, 1)], nIter: 1000,
        SearchOptions(cv: PredefinedSplit(testFold: [-1, -1, 0, 0]), refit: false))
    return try inFolder { folder in
        let (result, seconds) = try timed {
            if study { search.options.journal = try Study(path: folder + "/trials.study") }
            return try search.fit(x, Labels([0, 1, 0, 1]))
        }
        return Result(seconds, ["trials": result.candidates.count])
    }
}

private func inFolder<Output>(_ work: (String) throws -> Output) throws -> Output {
    let folder = FileManager.default.temporaryDirectory.appending(path: "apus-search-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try work(folder.path)
}

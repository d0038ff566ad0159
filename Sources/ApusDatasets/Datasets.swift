import ApusCore
import ApusFrame
import Foundation

/// The data sets by name: those that are part of the program, and larger ones that are fetched once.
///
///     let iris = try Datasets.load("iris")
///     try await Datasets.fetch("adult")
///     let adult = try Datasets.load("adult")     // 48,842 rows; the target is "income"
///     try await Datasets.fetch("openml:credit-g")
///     let credit = try Datasets.load("openml:credit-g")
///
/// Names that begin with `openml:` are data sets of OpenML, by number or by name; `openml:iris@2` asks for a version.
///
/// Fetched files are kept in the folder that the environment variable `APUS_DATA` names, or else in the platform's folder
/// for caches, in a folder for each data set. `APUS_DATA` may name a folder that holds the files already.
public enum Datasets {
    /// Every data set, in the order of the names, and where it is right now.
    public static var all: [DatasetDescription] { all(in: .current()) }

    static func all(in folder: DataFolder) -> [DatasetDescription] {
        (BundledDataset.all.map { Known.bundled($0) } + FetchedDataset.all.map { Known.fetched($0) })
            .map { $0.description(in: folder) }.sorted { $0.name < $1.name }
    }

    /// The facts about the data set called `name`; underscores count as hyphens.
    ///
    /// - Throws: `ApusError` with code `unknownName`, with the names there are.
    public static func named(_ name: String) throws -> DatasetDescription {
        try known(name).description(in: .current())
    }

    /// The data set called `name` as a frame in which the column to predict has the role of the target.
    ///
    /// - Throws: `ApusError` with code `unknownName`, with the names there are; `unavailable` when the data set has to be
    ///   fetched first; `unreadableData` when its files are damaged.
    public static func load(_ name: String) throws -> DataFrame { try load(name, in: .current()) }

    static func load(_ name: String, in folder: DataFolder) throws -> DataFrame {
        if let request = try OpenML.request(name) { return try OpenML(folder: folder).load(request) }
        switch try known(name) {
        case .bundled(let dataset): return try dataset.frame()
        case .fetched(let dataset):
            let missing = folder.missingFiles(of: dataset)
            guard missing.isEmpty else {
                throw ApusError(
                    .unavailable,
                    "The data set \(dataset.name) is not on this machine (there is no \(missing[0]) in "
                        + "\(folder.path(of: dataset))); run `apus data fetch \(dataset.name)`, or set APUS_DATA to a "
                        + "folder that holds \(dataset.name)/.")
            }
            return try dataset.frame(in: folder.path(of: dataset))
        }
    }

    /// Brings the files of the data set called `name` to this machine, unless they are there.
    ///
    /// An interrupted download goes on where it stopped; a file gets its name only when its checksum is right. In a folder
    /// that `APUS_DATA` names, files that hold the data in another form, such as decompressed, are left as they are.
    ///
    /// - Parameters:
    ///   - name: The data set's name.
    ///   - base: The folder on the net that holds the files; nil for the publishers'; default nil.
    ///   - progress: Is told the bytes that are there, of all files together; the stage is the file's name.
    /// - Returns: The folder with the files; empty for a bundled data set, which needs none.
    /// - Throws: `ApusError` with code `unknownName`; `unavailable` when the files cannot be had; `unreadableData` when
    ///   other files are in their place in a folder that `APUS_DATA` names; `unwritableFile`.
    @discardableResult
    public static func fetch(
        _ name: String, from base: URL? = nil, progress: ProgressHandler? = nil
    ) async throws -> String {
        try await fetch(name, from: base, into: .current(), progress: progress)
    }

    static func fetch(
        _ name: String, from base: URL?, into folder: DataFolder, progress: ProgressHandler? = nil
    ) async throws -> String {
        if let request = try OpenML.request(name) {
            return try await OpenML(folder: folder, base: base).fetch(request, progress: progress)
        }
        guard case .fetched(let dataset) = try known(name) else { return "" }
        let path = folder.path(of: dataset)
        if folder.isChosen, folder.missingFiles(of: dataset).isEmpty, (try? dataset.check(in: path)) != nil {
            return path
        }
        let fetcher = FileFetcher(
            mirrors: base.map { [$0] } ?? dataset.mirrors, folder: path, command: "apus data fetch \(dataset.name)",
            replacesOthers: !folder.isChosen)
        try await fetcher.fetch(dataset.files, progress: progress)
        return path
    }

    private enum Known {
        case bundled(BundledDataset)
        case fetched(FetchedDataset)

        func description(in folder: DataFolder) -> DatasetDescription {
            switch self {
            case .bundled(let set):
                DatasetDescription(
                    name: set.name, summary: set.summary, target: set.target, task: set.task, rows: set.rows,
                    features: set.features, source: set.source, license: set.license, availability: .bundled)
            case .fetched(let set):
                DatasetDescription(
                    name: set.name, summary: set.summary, target: set.target, task: set.task, rows: set.rows,
                    features: set.features, source: set.source, license: set.license,
                    availability: folder.missingFiles(of: set).isEmpty ? .folder(folder.path(of: set)) : .toFetch)
            }
        }
    }

    private static func known(_ name: String) throws -> Known {
        let spelled = DatasetName.spelled(name)
        if let dataset = BundledDataset.all.first(where: { $0.name == spelled }) { return .bundled(dataset) }
        if let dataset = FetchedDataset.all.first(where: { $0.name == spelled }) { return .fetched(dataset) }
        throw DatasetName.unknown(name, among: BundledDataset.all.map(\.name) + FetchedDataset.all.map(\.name))
    }
}

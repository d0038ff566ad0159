import ApusCore
import Foundation

/// Where fetched data sets are, each in a folder of its own name.
struct DataFolder: Sendable, Hashable {
    /// The folder's path; it may not be there yet.
    let path: String
    /// Whether the files in it are the user's, named by `APUS_DATA`, and not Apus' own copies.
    let isChosen: Bool

    /// The folder in `APUS_DATA`, else the platform's folder for what can be fetched again.
    static func current(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> DataFolder {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let chosen = value("APUS_DATA") { return DataFolder(path: chosen, isChosen: true) }
        let home = value("HOME") ?? NSHomeDirectory()
        #if os(macOS)
        let caches = "\(home)/Library/Caches"
        #else
        // The specification says to ignore a path that is not absolute.
        let caches = value("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.cache"
        #endif
        return DataFolder(path: "\(caches)/apus", isChosen: false)
    }

    /// The folder of a data set.
    func path(of dataset: FetchedDataset) -> String { "\(path)/\(dataset.name)" }

    /// The names of the files of a data set that are not there, neither as published nor decompressed.
    func missingFiles(of dataset: FetchedDataset) -> [String] {
        dataset.files.map(\.name).filter { DataFolder.existing($0, in: path(of: dataset)) == nil }
    }

    /// The path of a file that is there as published, or decompressed and without `.gz` in its name.
    static func existing(_ name: String, in folder: String) -> String? {
        let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        return [name, plain].map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
    }

    /// The content of such a file, decompressed if need be.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when it is not there, damaged, or longer than `limit`.
    static func content(of name: String, in folder: String, limit: Int) throws -> [UInt8] {
        let path = existing(name, in: folder) ?? "\(folder)/\(name)"
        let data = try WholeFile.read(path, failure: .unreadableData)
        if Gzip.isCompressed(data) { return try Gzip.inflate(data, limit: limit, name: path) }
        guard data.count <= limit else {
            throw ApusError(
                .unreadableData,
                "\(path) has \(data.count) bytes where at most \(limit) belong; get it from its source again.")
        }
        return [UInt8](data)
    }
}

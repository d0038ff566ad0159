import Foundation

/// Where model files are found, and what they are called.
///
/// In a folder, `NAME.apus` is version 1 of NAME, `NAME/VERSION.apus` and `NAME/VERSION/model.apus` are its other versions.
struct ModelFile: Hashable, Sendable {
    /// Tells whether a file has changed without reading it.
    struct Stamp: Hashable, Sendable {
        let modified: Date
        let size: UInt64
        let number: UInt64

        /// The stamp of a file as it is now; nil where there is none.
        init?(of path: String) {
            // The file that a link leads to, so that a link that is turned to another file counts as a change.
            let path = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let modified = attributes[.modificationDate] as? Date,
                attributes[.type] as? FileAttributeType == .typeRegular
            else { return nil }
            self.modified = modified
            size = (attributes[.size] as? NSNumber)?.uint64Value ?? 0
            number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
        }
    }

    let name: String
    let version: String
    let path: String

    init(name: String, version: String, path: String) {
        self.name = name
        self.version = version
        self.path = path
    }

    /// The file at a path, which gives the model its name.
    init(path: String) {
        let file = path.split(separator: "/").last ?? ""
        let end = file.lastIndex(of: ".") ?? file.endIndex
        self.init(name: String(end > file.startIndex ? file[..<end] : file), version: "1", path: path)
    }

    /// The model files of a folder, in ascending order.
    static func all(in folder: String) -> [ModelFile] {
        func names(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        }
        func stem(_ name: String) -> String? { name.hasSuffix(".apus") ? String(name.dropLast(5)) : nil }
        var files: [ModelFile] = []
        for name in names(folder) {
            let path = folder + "/" + name
            if let stem = stem(name), Stamp(of: path) != nil {
                files.append(ModelFile(name: stem, version: "1", path: path))
                continue
            }
            for part in names(path) {
                if let version = stem(part) {
                    files.append(ModelFile(name: name, version: version, path: path + "/" + part))
                } else if FileManager.default.fileExists(atPath: path + "/" + part + "/model.apus") {
                    files.append(ModelFile(name: name, version: part, path: path + "/" + part + "/model.apus"))
                }
            }
        }
        return files
    }
}

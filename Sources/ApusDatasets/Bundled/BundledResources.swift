import ApusCore
import Foundation

/// Finds the files that come with the library.
///
/// The accessor that the package manager generates ends the program when the files are missing, as they are when the
/// program was copied somewhere without them; this one throws.
enum BundledResources {
    private final class Anchor {}

    #if os(Linux)
        private static let folder = "apus_ApusDatasets.resources"
    #else
        private static let folder = "apus_ApusDatasets.bundle"
    #endif

    /// The file `name` in the folder that the package manager puts beside the program.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when it is not there.
    static func url(of name: String) throws -> URL {
        try url(of: name, besides: [Bundle.main, Bundle(for: Anchor.self)])
    }

    static func url(of name: String, besides programs: [Bundle]) throws -> URL {
        // A test runs inside a bundle of its own, whose neighbour the folder is; Xcode nests what it copies.
        let places = programs.flatMap {
            [$0.resourceURL, $0.bundleURL, $0.bundleURL.deletingLastPathComponent()].compactMap(\.self)
        }
        for place in places {
            for nesting in ["Resources", "Contents/Resources/Resources"] {
                let file = place.appendingPathComponent("\(folder)/\(nesting)/\(name)")
                if FileManager.default.fileExists(atPath: file.path) { return file }
            }
        }
        let program = programs.first?.bundleURL.path ?? "."
        throw ApusError(
            .unreadableData,
            "The bundled file \(name) is not there: the folder \(folder), which is built with the program, belongs "
                + "beside it in \(program).")
    }
}

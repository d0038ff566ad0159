import ApusCore

/// The generators by name, as the command lists them.
public enum DataGenerators {
    /// All of them, in the order of their names.
    public static let all: [any DataGenerator.Type] = [
        BlobsGenerator.self, CirclesGenerator.self, ClassificationGenerator.self, MoonsGenerator.self,
        RegressionGenerator.self,
    ]

    /// The generator called `blobs`, `make_blobs`, `make-blobs` or `makeBlobs`.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing the names there are.
    public static func named(_ name: String) throws -> any DataGenerator.Type {
        let letters = name.lowercased().filter { $0 != "_" && $0 != "-" }
        let bare = letters.hasPrefix("make") ? String(letters.dropFirst(4)) : letters
        for generator in all where generator.name == bare { return generator }
        let known = all.map { $0.name }.joined(separator: ", ")
        throw ApusError(.unknownName, "There is no generator \(name); there are \(known).")
    }

    /// The data that a generator makes with some parameters set by name.
    ///
    /// - Parameters:
    ///   - name: The generator's name.
    ///   - settings: Names of parameters, in either spelling, with their values as texts; the rest have their defaults.
    ///   - seed: The seed of every draw; default 0.
    /// - Throws: `ApusError` with code `unknownName` or `invalidParameter`.
    public static func generate(
        _ name: String, settings: [(name: String, text: String)] = [], seed: UInt32 = 0
    ) throws -> (x: Matrix, target: GeneratedTarget) {
        func generate<Generator: DataGenerator>(_: Generator.Type) throws -> (x: Matrix, target: GeneratedTarget) {
            let sample = try Generator(settings: settings).generate(seed: seed)
            return (sample.x, sample.target)
        }
        return try generate(named(name))
    }
}

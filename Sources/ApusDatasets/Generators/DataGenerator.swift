import ApusCore
import Foundation

/// A recipe for synthetic data: parameters with defaults, and a way to make the same data from the same seed as
/// scikit-learn does.
///
/// The functions `makeRegression`, `makeClassification`, `makeBlobs`, `makeMoons` and `makeCircles` are the short way to
/// them; `DataGenerators` finds them by name.
public protocol DataGenerator: Sendable, Hashable {
    /// What is made: features and targets, and what is known about how they hang together.
    associatedtype Sample: GeneratedSample

    /// The name in commands: `blobs`.
    static var name: String { get }
    /// What it makes, in one sentence.
    static var summary: String { get }
    /// The parameters that can be set by name.
    static var parameters: [Parameter<Self>] { get }

    /// The recipe with scikit-learn's defaults.
    init()

    /// The data of a seed.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` when a parameter is not legal, or two of them contradict.
    func generate(seed: UInt32) throws -> Sample
}

/// Synthetic features with targets.
public protocol GeneratedSample: Sendable, Hashable {
    /// The features, one row for each sample.
    var x: Matrix { get }
    /// What belongs to the rows: classes or numbers.
    var target: GeneratedTarget { get }
}

/// The target of synthetic data.
public enum GeneratedTarget: Sendable, Hashable {
    /// A class for each row.
    case labels(Labels)
    /// One number or several for each row.
    case numbers(Matrix)
}

extension DataGenerator {
    /// The parameter with a name in either spelling, `nSamples` or `n_samples`.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, listing the names there are.
    public static func parameter(named name: String) throws -> Parameter<Self> {
        if let found = parameters.first(where: { $0.name == name || $0.pythonName == name }) { return found }
        let known = parameters.map(\.name).joined(separator: ", ")
        throw ApusError(.invalidParameter, "The generator \(Self.name) has no parameter \(name); it has \(known).")
    }

    /// A recipe with values as texts, such as a command line has them, for some parameters and defaults for the rest.
    ///
    /// - Throws: `ApusError` with code `invalidParameter` for an unknown name or a text that stands for no legal value.
    public init(settings: [(name: String, text: String)]) throws {
        self.init()
        for setting in settings {
            try Self.parameter(named: setting.name).set(text: setting.text, in: &self)
        }
    }

    /// Throws unless every parameter has a legal value and the data would fit into this machine's memory.
    func validate(rows: Int, columns: Int) throws {
        for parameter in Self.parameters { try parameter.validate(self) }
        // Linear algebra counts rows and columns in 32 bits.
        let limit = Int(Int32.max)
        let (elements, overflow) = rows.multipliedReportingOverflow(by: columns)
        let available = ProcessInfo.processInfo.physicalMemory
        guard rows <= limit, columns <= limit, !overflow, elements <= available / UInt64(MemoryLayout<Double>.stride)
        else {
            let memory = available >> 30
            throw ApusError(
                .invalidParameter,
                "\(rows) samples of \(columns) features do not fit into this machine's memory of \(memory) GB; "
                    + "make fewer.")
        }
    }
}

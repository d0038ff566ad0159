/// Where a data set is right now.
public enum DatasetAvailability: Sendable, Hashable, CustomStringConvertible {
    /// It is part of the program.
    case bundled
    /// Its files are in this folder.
    case folder(String)
    /// It has to be fetched before it can be used.
    case toFetch

    /// `bundled`, `in FOLDER` or `to fetch`.
    public var description: String {
        switch self {
        case .bundled: "bundled"
        case .folder(let path): "in \(path)"
        case .toFetch: "to fetch"
        }
    }
}

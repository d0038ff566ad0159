import ApusCore

/// Names of data sets as people type them.
enum DatasetName {
    /// The name in small letters, with hyphens.
    static func spelled(_ name: String) -> String {
        name.lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: "-")
    }

    /// The error for a name that is not known, with the one that was probably meant and all there are.
    static func unknown(_ name: String, among names: [String]) -> ApusError {
        let known = names.sorted().joined(separator: ", ")
        var message = "There is no data set \(name); there are \(known)."
        if let nearest = nearestName(to: spelled(name), among: names) {
            message += " Did you mean \(nearest)?"
        } else if let nearest = nearestName(to: spelled(name), among: OpenML.wellKnown) {
            message += " Did you mean openml:\(nearest.lowercased())?"
        }
        return ApusError(.unknownName, message)
    }
}

import ApusCore

/// Names of data sets as people type them.
enum DatasetName {
    /// The name in small letters, with hyphens.
    static func spelled(_ name: String) -> String {
        name.lowercased().split(separator: "_", omittingEmptySubsequences: false).joined(separator: "-")
    }

    /// The error for a name that is not known, with the one that was probably meant and all there are.
    static func unknown(_ name: String, among names: [String]) -> ApusError {
        let typed = spelled(name)
        let nearest = names.map { (name: $0, distance: distance(typed, $0)) }.min { $0.distance < $1.distance }
        let known = names.sorted().joined(separator: ", ")
        var message = "There is no data set \(name); there are \(known)."
        if let nearest, nearest.distance <= max(2, nearest.name.count / 3) {
            message += " Did you mean \(nearest.name)?"
        }
        return ApusError(.unknownName, message)
    }

    /// How many letters must be put in, left out or changed to make one text of the other (V. Levenshtein, 1966).
    static func distance(_ a: String, _ b: String) -> Int {
        // Only names that are short have a near one; a long text from outside must not cost more than it.
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var row = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let changed = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}

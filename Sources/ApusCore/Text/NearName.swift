/// The name among those known that is nearest to one that is not, if one is near enough to have been meant.
///
///     nearestName(to: "agee", among: ["age", "income"])    // "age"
///
/// Case does not count, and neither does the difference between `_` and `-`. A name is near when a third of the typed
/// letters, but at least two, need to change (V. Levenshtein, 1966).
///
/// - Parameters:
///   - name: What was typed.
///   - known: The names there are; the first of several equally near ones is taken.
public func nearestName(to name: String, among known: [String]) -> String? {
    func letters(_ text: String) -> [Character] {
        // Only names that are short have a near one; a long text from outside must not cost more than it.
        text.prefix(64).lowercased().map { $0 == "_" ? "-" : $0 }
    }
    let wanted = letters(name)
    let limit = max(2, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in known {
        let distance = editDistance(wanted, letters(candidate))
        if distance <= limit, distance < max(wanted.count, 1), distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// How many letters must be put in, left out or changed to make one text of the other.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
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

import ApusCore

/// Which of two classes a metric looks for.
enum PositiveClass {
    /// The name of the positive class.
    ///
    /// - Parameters:
    ///   - wanted: The name that the caller gave, if any; it is taken as it is.
    ///   - classes: At most two classes.
    ///   - one: Whether the whole number 1 is positive even where the other class is greater, as it is for scikit-learn's
    ///     precision, recall and F1 but not for its ranking metrics.
    /// - Returns: `wanted`; else `true`, or the class 1, or the second of two classes.
    /// - Throws: `ApusError` with code `invalidParameter` when there is one class only and it could be either.
    static func name(_ wanted: String?, of classes: Labels.Classes, preferringOne one: Bool) throws -> String {
        if let wanted { return wanted }
        switch classes {
        case .booleans: return "true"
        case .integers(let values):
            if one && values.contains(1) || values.allSatisfy({ [-1, 0, 1].contains($0) }) && values != [-1, 0] {
                return "1"
            }
        case .strings: break
        }
        let names = classes.names
        guard names.count == 2 else {
            throw ApusError(
                .invalidParameter,
                "Only the class \(names.first.map { "“\($0)”" } ?? "") occurs, so the positive class is unclear; name it."
            )
        }
        return names[1]
    }

    /// The code of the positive class in `occurring`, or nil when no row has it, and its name.
    ///
    /// - Parameters:
    ///   - wanted: The name that the caller gave, if any.
    ///   - declared: The classes that labels could have had.
    ///   - occurring: The classes that they have.
    ///   - one: As for `name`.
    /// - Throws: `ApusError` with code `invalidParameter` when there are more than two classes or none is called `wanted`.
    static func find(
        _ wanted: String?, declared: Labels.Classes, occurring: Labels.Classes, preferringOne one: Bool
    ) throws -> (code: Int?, name: String) {
        guard occurring.count <= 2 else {
            throw ApusError(
                .invalidParameter,
                "There are \(occurring.count) classes, but a binary metric tells one of two; average over classes "
                    + "(macro, micro or weighted) instead.")
        }
        let name = try name(wanted, of: declared.count == 2 ? declared : occurring, preferringOne: one)
        let code = occurring.names.firstIndex(of: name)
        guard code != nil || occurring.count < 2 else {
            let known = occurring.names.map { "“\($0)”" }.joined(separator: " and ")
            throw ApusError(.invalidParameter, "There is no class “\(name)” to be positive; there are \(known).")
        }
        return (code, name)
    }
}

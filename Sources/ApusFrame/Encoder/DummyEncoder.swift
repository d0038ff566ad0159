import ApusCore

/// Makes a column of truth values of each level of text and categories, with pandas' names and order, and makes the same
/// columns of whatever frame comes later.
///
///     let encoder = try DummyEncoder(dropsFirst: true).fit(train)
///     let x = try encoder.encode(train), later = try encoder.encode(test)      // the same columns
///
/// The columns that are not encoded come first, in their order, then the dummies, column by column: `city_Oslo`, and so
/// on. Levels are in ascending order, categories in the order of their levels, also those that do not occur. Where a value
/// is missing, all dummies are false.
public struct DummyEncoder: Sendable, Hashable, Codable {
    /// The columns to encode, in this order; those of text and categories that are not targets or weights when nil.
    public var columns: [String]?
    /// What is between the names of column and level.
    public var separator: String
    /// Whether each column has a dummy for missing values, `city_nan`, behind the others.
    public var includesMissing: Bool
    /// Whether the first level of each column has no dummy, as linear models without regularisation need it.
    public var dropsFirst: Bool
    /// What becomes of a level that did not occur in `fit`: an error, or false in all dummies.
    public var unseen: FrameEncoder.Unseen
    /// The most levels that a column may have; a column with more is taken for names or free text and refused.
    public var maxLevels: Int

    /// An encoder with pandas' defaults, which refuses levels that it does not know.
    public init(
        columns: [String]? = nil, separator: String = "_", includesMissing: Bool = false, dropsFirst: Bool = false,
        unseen: FrameEncoder.Unseen = .error, maxLevels: Int = 1000
    ) {
        self.columns = columns
        self.separator = separator
        self.includesMissing = includesMissing
        self.dropsFirst = dropsFirst
        self.unseen = unseen
        self.maxLevels = maxLevels
    }

    /// Learns columns and levels.
    ///
    /// - Throws: `ApusError` with code `unknownName`, or `invalidSchema` when a column has too many levels or two columns
    ///   would have the same name.
    public func fit(_ frame: DataFrame) throws -> FittedDummyEncoder {
        let names =
            columns
            ?? frame.schema.filter {
                !$0.type.isNumeric && ![.target, .weight, .identifier, .ignored].contains($0.use)
            }.map(\.name)
        let encoded = try names.map { name -> FittedDummyEncoder.Input in
            let levels = try frame[name].dummyLevels(atMost: maxLevels)
            return FittedDummyEncoder.Input(name: name, levels: levels)
        }
        let chosen = Set(names)
        guard chosen.count == names.count else {
            throw ApusError(.invalidSchema, "A column to encode is named twice; name each of them once.")
        }
        return try FittedDummyEncoder(
            inputs: encoded, others: frame.schema.filter { !chosen.contains($0.name) }, separator: separator,
            includesMissing: includesMissing, dropsFirst: dropsFirst, unseen: unseen)
    }
}

extension DataFrame {
    /// The frame with a column of truth values for each level of text and categories, as pandas' `get_dummies`.
    ///
    /// Frames that come later have the same columns only if they have the same levels: fit a `DummyEncoder` on the frame
    /// that a model is trained with, and let it encode the others.
    ///
    /// - Throws: `ApusError`, as for `DummyEncoder`.
    public func getDummies(
        columns: [String]? = nil, separator: String = "_", includesMissing: Bool = false, dropsFirst: Bool = false
    ) throws -> DataFrame {
        try DummyEncoder(
            columns: columns, separator: separator, includesMissing: includesMissing, dropsFirst: dropsFirst
        ).fit(self).encode(self)
    }
}

extension Column {
    /// The values as the levels of dummies, in ascending order, or in that of known levels.
    fileprivate func dummyLevels(atMost limit: Int) throws -> [String] {
        let levels: [String]
        switch values {
        case .categorical(_, let known): levels = known
        case .string(let texts): levels = texts.coded(missing).levels
        default: levels = keyCodes.firstRows.filter { $0 >= 0 }.map { dummyText(at: $0) }
        }
        guard levels.count <= limit else {
            throw ApusError(
                .invalidSchema,
                "Column “\(name)” has \(levels.count) different values, more than \(limit); leave it out, group its "
                    + "values, or allow for more levels.")
        }
        return levels
    }

    /// A value as pandas names it.
    func dummyText(at row: Int) -> String {
        if case .bool(let flags) = values { return flags[row] ? "True" : "False" }
        return text(at: row)
    }
}

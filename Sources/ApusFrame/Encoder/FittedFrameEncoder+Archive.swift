import ApusCore

extension FittedFrameEncoder {
    /// Puts everything it needs into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(
            .array(
                inputs.map { input in
                    [
                        "schema": input.schema.parameterValue,
                        "levels": .array(input.levels.map { .string($0) }),
                        "hasMissingLevel": .bool(input.hasMissingLevel),
                    ]
                }), as: "inputs")
        archive.store(inputs.map(\.fill), as: "fill")
        archive.store(inputs.map(\.mean), as: "mean")
        archive.store(inputs.map(\.scale), as: "scale")
        archive.store(.array(ignoredColumns.map { .string($0) }), as: "ignoredColumns")
        archive.store(unseen.parameterValue, as: "unseen")
        archive.store(.bool(isScaled), as: "isScaled")
    }

    /// Takes itself out of an archive, checking all of it.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        guard let list = try archive.attribute("inputs").arrayValue, !list.isEmpty else {
            throw archive.damaged("attribute “inputs” does not list columns")
        }
        let fill = try archive.doubles("fill", count: list.count)
        let mean = try archive.doubles("mean", count: list.count)
        let scale = try archive.doubles("scale", count: list.count)
        let inputs = try list.enumerated().map { place, value -> Input in
            guard let schema = value["schema"].flatMap(ColumnSchema.init(parameterValue:)),
                let levels = value["levels"]?.arrayValue?.map(\.stringValue),
                let hasMissingLevel = value["hasMissingLevel"]?.boolValue
            else { throw archive.damaged("input column \(place) is not described") }
            let texts = levels.compactMap { $0 }
            let isNumeric = schema.type.isNumeric
            guard texts.count == levels.count, Set(texts.map(ExactText.init)).count == texts.count,
                isNumeric ? texts.isEmpty && !hasMissingLevel : !texts.isEmpty,
                isNumeric || (-1..<texts.count).contains(Int(exactly: fill[place]) ?? -2),
                scale[place] > 0
            else { throw archive.damaged("input column “\(schema.name)” contradicts itself") }
            return Input(
                schema: schema, levels: texts, hasMissingLevel: hasMissingLevel, fill: fill[place], mean: mean[place],
                scale: scale[place])
        }
        guard Set(inputs.map(\.schema.name)).count == inputs.count else {
            throw archive.damaged("two input columns have the same name")
        }
        guard let ignored = try archive.attribute("ignoredColumns").arrayValue,
            ignored.allSatisfy({ $0.stringValue != nil }),
            let unseen = FrameEncoder.Unseen(parameterValue: try archive.attribute("unseen"))
        else { throw archive.damaged("attributes “ignoredColumns” and “unseen” are not what they should be") }
        self.init(
            inputs: inputs, ignoredColumns: ignored.compactMap(\.stringValue), unseen: unseen,
            isScaled: try archive.bool("isScaled"))
    }
}

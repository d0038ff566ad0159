import ApusCore
import ApusFrame

/// Where a preparation puts the sensitive columns, for mitigations that look at them when they predict.
struct GroupPlaces: Sendable, Hashable {
    /// The branch of a composed preparation that they come out of, besides whatever else becomes of them.
    static let branch = "sensitive_groups"

    /// The columns that tell the groups.
    let places: [Int]
    /// Whether the classifier sees these very columns as features too.
    let learnsFromThem: Bool
    /// Those that are there for the mitigation alone.
    let hidden: [Int]
}

extension TrainingPlan {
    /// Where a preparation puts the sensitive columns.
    ///
    /// - Throws: `ApusError` with code `unavailable` for a preparation that is neither of ours.
    func groupPlaces(_ preparation: any FittedPreparation) throws -> GroupPlaces {
        switch preparation {
        case let encoder as FittedFrameEncoder:
            return GroupPlaces(
                places: sensitive.flatMap { encoder.places(of: $0) },
                learnsFromThem: !sensitive.allSatisfy(dropped.contains),
                hidden: sensitive.filter { dropped.contains($0) }.flatMap { encoder.places(of: $0) })
        case let composed as FittedColumnTransformer:
            let places = Array(composed.places(of: GroupPlaces.branch))
            return GroupPlaces(places: places, learnsFromThem: false, hidden: places)
        default:
            throw ApusError(
                .unavailable,
                "Where this preparation puts the sensitive columns is not known; use the default one or a ColumnTransformer."
            )
        }
    }
}

extension FittedFrameEncoder {
    /// The places among the outputs that an input column takes.
    func places(of column: String) -> [Int] {
        var start = 0
        for input in inputColumns {
            let width = input.schema.type.isNumeric ? 1 : input.levels.count + (input.hasMissingLevel ? 1 : 0)
            if input.schema.name == column { return Array(start..<start + width) }
            start += width
        }
        return []
    }
}

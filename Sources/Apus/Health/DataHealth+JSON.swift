import ApusCore
import ApusFrame
import ApusTrust

extension DataHealth {
    /// What a program reads.
    public func json(data: String) -> JSONValue {
        var object: [String: JSONValue] = [
            "data": .string(data), "rows": .int(rowCount), "columns": .array(columns.map(\.json)),
            "duplicate_rows": .int(duplicateRows), "duplicate_rows_exact": .bool(duplicatesAreExact),
            "quantiles_exact": .bool(quantilesAreExact), "sample_rows": .int(sample.rowCount),
            "correlations": .array(
                associations.prefix(50).map {
                    [
                        "columns": .array([.string($0.first), .string($0.second)]), "value": .double($0.value),
                        "measure": .string("\($0.measure)"),
                    ]
                }),
            "findings": .array(
                findings.map {
                    [
                        "kind": .string($0.kind.rawValue), "columns": .array($0.columns.map { .string($0) }),
                        "text": .string($0.text),
                    ]
                }),
        ]
        if let target, let task {
            object["target"] = .string(target)
            object["task"] = .string(task.rawValue)
            object["single_column_scores"] = .array(
                singleScores.map { ["column": .string($0.column), "value": .double($0.value)] })
            object["single_column_score"] = .string(task == .classification ? "roc_auc" : "r2")
            if task == .classification {
                object["classes"] = .array(classCounts.map { ["class": .string($0.name), "count": .int($0.count)] })
            }
        }
        if !groupings.isEmpty { object["groups"] = .array(groupings.map(\.json)) }
        return .object(object)
    }
}

extension ColumnHealth {
    fileprivate var json: JSONValue {
        var object: [String: JSONValue] = [
            "name": .string(name), "type": .string(type.rawValue), "missing": .int(missingCount),
            "missing_share": .double(missingShare), "distinct": .int(distinctCount ?? distinctLimit),
            "distinct_exact": .bool(distinctCount != nil), "roles": .array(roles.map { .string($0.rawValue) }),
            "constant": .bool(isConstant), "identifier": .bool(isIdentifier),
        ]
        for (key, value) in [
            ("min", min), ("mean", mean), ("max", max), ("standard_deviation", standardDeviation),
            ("first_quartile", quartiles?[0]), ("median", quartiles?[1]), ("third_quartile", quartiles?[2]),
        ] {
            if let value { object[key] = .double(value) }
        }
        if infiniteCount > 0 { object["infinite"] = .int(infiniteCount) }
        if let top = frequent.first {
            object["most_frequent"] = .string(top.value)
            object["most_frequent_count"] = .int(top.count)
        }
        return .object(object)
    }
}

extension GroupHealth {
    fileprivate var json: JSONValue {
        func json(_ interval: Interval?) -> JSONValue {
            interval.map { .array([.double($0.lower), .double($0.upper)]) } ?? .null
        }
        return [
            "columns": .array(columns.map { .string($0) }),
            "groups": .array(
                groups.map { group in
                    var object: [String: JSONValue] = [
                        "values": .array(group.values.map { $0.map { .string($0) } ?? .null }),
                        "count": .int(group.count), "share": .double(group.share), "interval": json(group.interval),
                    ]
                    if !group.rates.isEmpty {
                        object["rates"] = .array(
                            group.rates.map { rate in
                                [
                                    "class": .string(rate.name), "count": .int(rate.count),
                                    "share": rate.share.map { .double($0) } ?? .null, "interval": json(rate.interval),
                                ]
                            })
                    }
                    if let mean = group.mean { object["mean"] = .double(mean) }
                    if let margin = group.margin { object["margin"] = .double(margin) }
                    return .object(object)
                }),
        ]
    }
}

import ApusCore

/// How many rows a category needs, or how many categories a feature may have, before rare ones are taken together.
struct CategoryLimits: Sendable, Hashable {
    var minFrequency: SampleCount?
    var maxCategories: Int?

    /// Which categories are rare, given how many rows each has.
    func rare(_ counts: [Int], rows: Int) -> [Bool] {
        var rare = [Bool](repeating: false, count: counts.count)
        switch minFrequency {
        case .count(let least): for k in counts.indices { rare[k] = counts[k] < least }
        case .fraction(let part): for k in counts.indices { rare[k] = Double(counts[k]) < Double(rows) * part }
        case nil: break
        }
        guard let maxCategories, maxCategories < rare.count(where: { !$0 }) + 1 else { return rare }
        // The largest keep a column of their own; of equals the later ones do.
        let order = counts.indices.sorted { (counts[$0], $0) < (counts[$1], $1) }
        for k in order.dropLast(maxCategories - 1) { rare[k] = true }
        return rare
    }
}

/// The categories of each feature: its distinct numbers, ascending, NaN last; rare ones are taken together as the last
/// group.
package struct FeatureCategories: Sendable {
    /// How many categories each feature has.
    package let counts: [Int]
    /// The categories, feature by feature.
    package let values: [Double]
    /// For each of `values` its group within its feature.
    package let groups: [Int]
    /// Where the categories of each feature start in `values`.
    package let starts: [Int]
    /// How many groups each feature has.
    package let groupCounts: [Int]
    /// Whether the last group of each feature is that of rare categories.
    package let hasRare: [Bool]

    /// Categories and which of them are rare.
    init(counts: [Int], values: [Double], rare: [Bool]) {
        self.counts = counts
        self.values = values
        var (starts, groups, groupCounts, hasRare) = ([Int](), [Int](), [Int](), [Bool]())
        var start = 0
        for count in counts {
            starts.append(start)
            let own = rare[start..<start + count]
            let frequent = own.count { !$0 }
            var next = 0
            for isRare in own {
                groups.append(isRare ? frequent : next)
                if !isRare { next += 1 }
            }
            groupCounts.append(frequent < count ? frequent + 1 : frequent)
            hasRare.append(frequent < count)
            start += count
        }
        self.starts = starts
        self.groups = groups
        self.groupCounts = groupCounts
        self.hasRare = hasRare
    }

    /// The categories of the columns of a matrix.
    ///
    /// - Parameter missingIsApart: Whether a missing value is neither counted as a category nor ever rare.
    init(_ x: Matrix, _ limits: CategoryLimits, missingIsApart: Bool = false) {
        let found = Parallel.map(x.columns) { j -> (values: [Double], rare: [Bool]) in
            let column = x.column(j)
            let sorted = column.filter { !$0.isNaN }.sorted()
            let firsts = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }
            let ends = firsts.dropFirst() + [sorted.count]
            let missing = column.count - sorted.count
            var counts = zip(firsts, ends).map { $1 - $0 }
            if missing > 0, !missingIsApart { counts.append(missing) }
            let rare = limits.rare(counts, rows: x.rows)
            return (
                firsts.map { sorted[$0] } + (missing > 0 ? [.nan] : []),
                rare + (missing > 0 && missingIsApart ? [false] : [])
            )
        }
        self.init(
            counts: found.map(\.values.count), values: found.flatMap(\.values), rare: found.flatMap(\.rare))
    }

    /// Number of features.
    var featureCount: Int { counts.count }

    /// The categories of a feature, ascending, NaN last.
    func categories(of feature: Int) -> [Double] {
        Array(values[starts[feature]..<starts[feature] + counts[feature]])
    }

    /// The category that each group of a feature stands for; nil for that of the rare ones.
    func members(of feature: Int) -> [Double?] {
        var members = [Double?](repeating: nil, count: groupCounts[feature])
        for k in starts[feature]..<starts[feature] + counts[feature]
        where !(hasRare[feature] && groups[k] == groupCounts[feature] - 1) {
            members[groups[k]] = values[k]
        }
        return members
    }

    /// The rare categories of a feature, ascending.
    func rareCategories(of feature: Int) -> [Double] {
        guard hasRare[feature] else { return [] }
        return (starts[feature]..<starts[feature] + counts[feature]).filter {
            groups[$0] == groupCounts[feature] - 1
        }.map { values[$0] }
    }

    /// The group of a value, or nil where it is not a category of the feature.
    func group(of value: Double, in feature: Int) -> Int? {
        place(of: value, in: feature).map { groups[starts[feature] + $0] }
    }

    /// The place of a value among the categories of a feature, or nil where it is none.
    func place(of value: Double, in feature: Int) -> Int? {
        let end = starts[feature] + counts[feature]
        var (low, high) = (starts[feature], end)
        while low < high {
            let middle = (low + high) / 2
            // NaN is the last category, so it counts as larger than any number.
            if values[middle] < value || (value.isNaN && !values[middle].isNaN) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < end else { return nil }
        return values[low] == value || values[low].isNaN && value.isNaN ? low - starts[feature] : nil
    }

    /// The error for a value that is not a category of the feature.
    func unknown(_ value: Double, row: Int, feature: Int, remedy: String) -> ApusError {
        ApusError(
            .invalidInput,
            "Row \(row) has \(value) in column \(feature), a category that was not there in training; \(remedy).")
    }
}

extension FeatureCategories: Hashable {
    /// Whether the categories and groups are the same, where NaN equals NaN.
    package static func == (a: Self, b: Self) -> Bool {
        a.counts == b.counts && sameBits(a.values, b.values) && a.groups == b.groups
    }

    /// Hashes what is compared.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(counts)
        hasher.combine(groups)
    }
}

extension FeatureCategories {
    /// Puts the categories into an archive.
    func encode(into archive: inout ModelArchive) {
        archive.store(counts, as: "counts")
        archive.store(values, as: "values")
        guard hasRare.contains(true) else { return }
        let last = counts.indices.flatMap { [Int](repeating: groupCounts[$0] - 1, count: counts[$0]) }
        let rare = counts.indices.flatMap { [Bool](repeating: hasRare[$0], count: counts[$0]) }
        archive.store(groups.indices.map { rare[$0] && groups[$0] == last[$0] ? 1 : 0 } as [UInt8], as: "rare")
    }

    /// Takes the categories out of an archive.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    init(from archive: ModelArchive) throws {
        let values = try archive.doubles("values", allowsNonFinite: true)
        let counts = try archive.ints("counts", in: 1...max(1, values.count))
        guard !counts.isEmpty, values.count <= mostOutputColumns, counts.count <= values.count,
            counts.reduce(0, +) == values.count
        else { throw archive.damaged("the categories do not fill their features") }
        let rare =
            archive.tensors["rare"] == nil
            ? [Bool](repeating: false, count: values.count)
            : try archive.bytes("rare", count: values.count).map { $0 != 0 }
        self.init(counts: counts, values: values, rare: rare)
        for feature in counts.indices {
            let own = categories(of: feature)
            let ascending = zip(own, own.dropFirst()).allSatisfy { $0 < $1 || !$0.isNaN && $1.isNaN }
            guard ascending, own.allSatisfy({ !$0.isInfinite }) else {
                throw archive.damaged("the categories of feature \(feature) are not ascending")
            }
        }
    }
}

import ApusCore

/// Calculates aggregations for rows whose groups are known.
struct Aggregator: Sendable {
    let codes: [Int32]
    let groups: Int

    /// One value for each group.
    func result(_ work: Aggregation.Work, _ column: Column?) throws -> Column {
        guard let column else { return Column("", GroupKernel.counts(codes, groups: groups)) }
        switch work {
        case .rows: return Column("", GroupKernel.counts(codes, groups: groups))
        case .kind(let kind): return try result(kind, column)
        case .quantile(let share):
            guard share >= 0, share <= 1 else {
                throw ApusError(.invalidParameter, "The quantile \(share) is not within 0 and 1; give a share.")
            }
            return try ordered(column) { Aggregator.quantile($0, share) }
        case .custom(let body): return try custom(column, body)
        }
    }

    private func result(_ kind: Aggregation.Kind, _ column: Column) throws -> Column {
        switch kind {
        case .count: return Column("", GroupKernel.counts(presentCodes(column), groups: groups))
        case .sum: return try sum(column)
        case .mean:
            if case .dateTime = column.values { throw unsuited(column, "a mean") }
            let (sums, counts) = GroupKernel.sums(try column.numbers(), codes, groups: groups)
            return Column("", zip(sums, counts).map { $1 == 0 ? .nan : $0 / Double($1) })
        case .median:
            return try ordered(column) { values in
                let middle = values.count / 2
                return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
            }
        case .var, .std:
            if case .dateTime = column.values { throw unsuited(column, "a variance") }
            let (squares, counts) = GroupKernel.squares(try column.numbers(), codes, groups: groups)
            return Column(
                "",
                zip(squares, counts).map { sum, count in
                    guard count > 1 else { return .nan }
                    let variance = sum / Double(count - 1)
                    return kind == .var ? variance : variance.squareRoot()
                })
        case .min: return column.gathering(extremes(column).least, hasGaps: true)
        case .max: return column.gathering(extremes(column).greatest, hasGaps: true)
        case .first, .last:
            var rows = [Int](repeating: -1, count: groups)
            for (row, code) in codes.enumerated() where code >= 0 && !column.missing[row] {
                if kind == .last || rows[Int(code)] < 0 { rows[Int(code)] = row }
            }
            return column.gathering(rows, hasGaps: true)
        case .nUnique:
            let pairs = KeyCodes(codes: codes, count: groups).combined(with: column.keyCodes)
            var counts = [Int](repeating: 0, count: groups)
            for row in pairs.firstRows where row >= 0 { counts[Int(codes[row])] += 1 }
            return Column("", counts)
        }
    }

    private func sum(_ column: Column) throws -> Column {
        switch column.values {
        case .dateTime: throw unsuited(column, "a sum")
        case .int(let values):
            if let (sums, _) = GroupKernel.sums(values, missing: column.missing.words, codes, groups: groups) {
                return Column("", sums)
            }
        case .bool(let flags):
            let values = flags.map { $0 ? 1 : 0 }
            if let (sums, _) = GroupKernel.sums(values, missing: column.missing.words, codes, groups: groups) {
                return Column("", sums)
            }
        default: break
        }
        return Column("", GroupKernel.sums(try column.numbers(), codes, groups: groups).sums)
    }

    private func extremes(_ column: Column) -> (least: [Int], greatest: [Int]) {
        switch column.values {
        case .double(let values): return GroupKernel.extremes(values, codes, groups: groups)
        case .int(let values), .dateTime(let values):
            return GroupKernel.extremes(values, missing: column.missing.words, codes, groups: groups)
        case .string, .categorical, .bool:
            let order = column.keyCodes.codes
            return GroupKernel.extremes(
                order.map { Int($0) }, missing: column.missing.words, codes, groups: groups)
        }
    }

    /// The codes of rows with a value.
    private func presentCodes(_ column: Column) -> [Int32] {
        guard !column.missing.isComplete else { return codes }
        var codes = codes
        for row in codes.indices where column.missing[row] { codes[row] = -1 }
        return codes
    }

    /// What `body` makes of the ascending numbers of each group; missing where there are none.
    private func ordered(_ column: Column, _ body: @Sendable ([Double]) -> Double) throws -> Column {
        if case .dateTime = column.values { throw unsuited(column, "a quantile") }
        let values = try column.numbers()
        let (rows, starts) = GroupKernel.rows(presentCodes(column), groups: groups)
        let parts = Parallel.mapBlocks(of: groups, size: Swift.max(1, groups / 64)) { block in
            block.map { group -> Double in
                guard starts[group] < starts[group + 1] else { return .nan }
                var own: [Double] = []
                own.reserveCapacity(starts[group + 1] - starts[group])
                for place in starts[group]..<starts[group + 1] { own.append(values[rows[place]]) }
                return body(own.count > 1 << 12 ? Quantiles(own).sorted : own.sorted())
            }
        }
        return Column("", parts.flatMap { $0 })
    }

    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let place = share * Double(values.count - 1)
        let below = Int(place)
        let rest = place - Double(below)
        guard rest > 0, below + 1 < values.count else { return values[below] }
        return values[below] + (values[below + 1] - values[below]) * rest
    }

    private func custom(_ column: Column, _ body: @Sendable (Column) throws -> Cell) throws -> Column {
        let (rows, starts) = GroupKernel.rows(codes, groups: groups)
        let blocks = Parallel.blocks(of: groups, size: Swift.max(1, groups / 64))
        let parts = try Parallel.tryMap(blocks.count) { index in
            try blocks[index].map { try body(column.gathering(Array(rows[starts[$0]..<starts[$0 + 1]]))) }
        }
        return try Column(cells: parts.flatMap { $0 }, named: "")
    }

    private func unsuited(_ column: Column, _ what: String) -> ApusError {
        ApusError(
            .invalidSchema,
            "Column “\(column.name)” holds points in time, which have no \(what.drop { $0 != " " }.dropFirst()); "
                + "take a part of them, such as the year, or ask for min and max.")
    }
}

extension Column {
    /// A column of cells of one kind, any of which may be missing; numbers that are all whole stay numbers.
    ///
    /// - Throws: `ApusError` with code `invalidSchema` when they are of several kinds, naming the first row that differs.
    public init(cells: [Cell], named name: String) throws {
        guard let first = cells.first(where: { $0 != .missing }) else {
            self = Column(name, [Double](repeating: .nan, count: cells.count))
            return
        }
        func misfit(_ row: Int) -> ApusError {
            ApusError(
                .invalidSchema,
                "The values for column “\(name)” are of several kinds: “\(first)”, and “\(cells[row])” in row \(row); make "
                    + "them one.")
        }
        func values<Value>(_ value: (Cell) -> Value?) throws -> [Value?] {
            try cells.indices.map { row in
                if cells[row] == .missing { return nil }
                guard let value = value(cells[row]) else { throw misfit(row) }
                return value
            }
        }
        switch first {
        case .text: self = Column(name, try values { if case .text(let text) = $0 { text } else { nil } })
        case .flag: self = Column(name, try values { if case .flag(let flag) = $0 { flag } else { nil } })
        case .number, .missing:
            self = Column(name, try values { if case .number(let number) = $0 { number } else { nil } })
        }
    }
}

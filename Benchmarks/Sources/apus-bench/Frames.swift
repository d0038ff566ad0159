import ApusFrame

/// The first million rows of the mixed CSV, with keys that 100,000 rows share ten by ten.
private func million(_ data: BenchData) throws -> DataFrame {
    var frame = try DataFrame(csv: data.folder + "/mixed.csv").head(1_000_000)
    frame["key"] = frame.id * 7919 % 100_000
    return frame
}

let frameWorks: [Work] = [
    Work("csv") { data in
        let (frame, seconds) = try timed { try DataFrame(csv: data.folder + "/mixed.csv") }
        let amount: Column = try frame["amount"]
        return Result(seconds, ["rows": frame.rowCount, "total": try amount.numbers().reduce(0, +)])
    },
    Work("group-mean") { data in
        let frame = try million(data)
        let (means, seconds) = try timed { try frame.grouped(by: "city").aggregated(.mean("amount")) }
        return Result(seconds, ["groups": means.rowCount, "total": try means["amount_mean"].sum()])
    },
    Work("group-mean-keys") { data in
        let frame = try million(data)
        let (means, seconds) = try timed { try frame.grouped(by: "key").aggregated(.mean("amount")) }
        return Result(seconds, ["groups": means.rowCount, "total": try means["amount_mean"].sum()])
    },
    Work("value-counts") { data in
        let frame = try million(data)
        let (counts, seconds) = try timed { try frame.valueCounts("city") }
        return Result(seconds, ["values": counts.rowCount, "total": try counts["count"].sum()])
    },
    Work("sort") { data in
        let frame = try million(data)
        let (sorted, seconds) = try timed { try frame.sorted(by: "amount") }
        return Result(seconds, ["rows": sorted.rowCount, "first": try sorted.head(100)["amount"].sum()])
    },
    Work("one-hot") { data in
        let frame = try million(data).selecting(columns: ["city", "segment", "note"])
        let (made, seconds) = try timed { try frame.getDummies() }
        let total = try made.columns.reduce(0) { try $0 + $1.sum() }
        return Result(seconds, ["columns": made.columns.count, "total": total])
    },
    Work("join") { data in
        let frame = try million(data)
        let right = try frame.head(100_000).selecting(columns: ["key", "score"]).renaming(columns: ["score": "weight"])
        let (joined, seconds) = try timed { try frame.joined(right, on: "key") }
        return Result(seconds, ["rows": joined.rowCount, "total": try joined["weight"].sum()])
    },
]

import ApusFrame

let frameWorks: [Work] = [
    Work("csv") { data in
        let (frame, seconds) = try timed { try DataFrame(csv: data.folder + "/mixed.csv") }
        let amount: Column = try frame["amount"]
        return Result(seconds, ["rows": frame.rowCount, "total": try amount.numbers().reduce(0, +)])
    }
]

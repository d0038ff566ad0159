import ApusLearn

let neighborWorks: [Work] = [
    Work("neighbors") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let queries = try data.matrix("classification-queries", columns: 20, rows: 20_000)
        let (predicted, seconds) = try timed { try KNeighborsClassifier().fit(x, y).predict(queries) }
        return Result(seconds, ["second class": predicted.codes.reduce(0, +)])
    },
    Work("dbscan") { data in
        let x = try data.matrix("points", columns: 16, rows: 50_000)
        let (model, seconds) = try timed { try DBSCAN(eps: 3).fit(x) }
        return Result(seconds, ["clusters": model.clusterCount, "cores": model.coreSampleIndices.count])
    },
]

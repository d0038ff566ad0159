import ApusLearn

let treeWorks: [Work] = [
    Work("tree") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try DecisionTreeClassifier().fit(x, y) }
        return Result(seconds, ["nodes": model.tree.nodeCount, "depth": model.tree.depth])
    },
    Work("forest") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try RandomForestClassifier().fit(x, y) }
        return Result(seconds, ["nodes": model.trees.reduce(0) { $0 + $1.nodeCount }])
    },
    Work("forest-histogram") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try RandomForestClassifier(splitter: .histogram).fit(x, y) }
        return Result(seconds, ["nodes": model.trees.reduce(0) { $0 + $1.nodeCount }])
    },
    Work("forest-mnist") { data in
        let x = try data.matrix("mnist", columns: 784, rows: 60_000)
        let y = try data.labels("mnist-y", rows: 60_000)
        let (model, seconds) = try timed { try RandomForestClassifier().fit(x, y) }
        return Result(seconds, ["nodes": model.trees.reduce(0) { $0 + $1.nodeCount }])
    },
]

import ApusLearn

let treeWorks: [Work] = [
    Work("tree") { data in
        let x = try data.matrix("classification", columns: 20, rows: 80_000)
        let y = try data.labels("classification-y", rows: 80_000)
        let (model, seconds) = try timed { try DecisionTreeClassifier().fit(x, y) }
        return Result(seconds, ["nodes": model.tree.nodeCount, "depth": model.tree.depth])
    }
]

import ApusLearn

let clusterWorks: [Work] = [
    Work("kmeans") { data in
        let x = try data.matrix("blobs", columns: 16, rows: 500_000)
        let (model, seconds) = try timed { try KMeans(nClusters: 32).fit(x) }
        return Result(seconds, ["inertia": model.inertia, "iterations": model.iterations])
    },
    Work("mini-batch-kmeans") { data in
        let x = try data.matrix("blobs", columns: 16, rows: 500_000)
        let (model, seconds) = try timed { try MiniBatchKMeans(nClusters: 32).fit(x) }
        return Result(seconds, ["inertia": model.inertia ?? .nan, "iterations": model.steps])
    },
    Work("pca") { data in
        let x = try data.matrix("mnist", columns: 784, rows: 70_000)
        let (model, seconds) = try timed { try PCA(nComponents: 50).fit(x) }
        return Result(seconds, ["variance": model.explainedVarianceRatio.reduce(0, +)])
    },
]

import ApusLearn

let clusterWorks: [Work] = [
    Work("kmeans") { data in
        let x = try data.matrix("blobs", columns: 16, rows: 500_000)
        let (model, seconds) = try timed { try KMeans(nClusters: 32).fit(x) }
        return Result(seconds, ["inertia": model.inertia, "iterations": model.iterations])
    }
]

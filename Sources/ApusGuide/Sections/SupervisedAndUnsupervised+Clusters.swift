import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots

/// The half of section 2 without answers: k-means.
extension SupervisedAndUnsupervised {
    func cluster(into chapter: inout Chapter) throws {
        chapter.heading("Without answers: k-means")
        chapter.formula("minimise  J = Σᵢ ‖xᵢ − μ(i)‖²\nμ(i) is the centre nearest to xᵢ")
        chapter.paragraph(
            """
            Put down k centres. Give each point to the nearest centre. Move each centre to the mean of its points. \
            Repeat until nothing moves. J, called inertia, never rises, so it ends, but perhaps not at the best place: \
            therefore several starts, chosen far apart (k-means++), and the best of them is kept.
            """)
        chapter.code(Snippets.clusters)
        // snippet: clusters
        let blobs = try makeBlobs(nSamples: 300, centers: 3, clusterStd: 2, seed: 42)
        let model = try KMeans(nClusters: 3, nInit: 10, seed: 42).fit(blobs.x)
        let agreement = try adjustedRandScore(blobs.y, Labels(model.labels))
        let separation = try silhouetteScore(blobs.x, Labels(model.labels))
        // end
        let centres = (0..<3).map { model.centres.row($0) }.sorted { $0[0] < $1[0] }
        let truths = (0..<3).map { blobs.centers.row($0) }.sorted { $0[0] < $1[0] }
        chapter.record("centres by x", centres.flatMap { $0 })
        chapter.record("true centres by x", truths.flatMap { $0 })
        chapter.record("inertia", model.inertia)
        chapter.record("adjusted Rand index", agreement)
        chapter.record("silhouette", separation)
        chapter.table(
            header: ["centre", "found x", "found y", "true x", "true y"],
            rows: zip(centres, truths).enumerated().map { index, pair in
                ["\(index + 1)"] + (pair.0 + pair.1).map { TextTable.fixed($0, 3) }
            })
        let elbow = try inertias(of: blobs.x)
        chapter.record("inertia for 1 to 8 centres", elbow)
        chapter.picture(
            Picture(
                [Self.clusters(blobs.x, model.labels, centres), Self.elbow(elbow)],
                caption:
                    "Left: the groups found, with their centres as crosses. Right: inertia always falls with more "
                    + "centres, so look for the bend, here at three.",
                width: 1000, height: 400, characters: .ascii, rows: 12))
        chapter.paragraph(
            """
            The centres lie within \(TextTable.fixed(Self.distance(centres, truths), 2)) of those that the data were \
            drawn around. The adjusted Rand index, \(TextTable.fixed(agreement, 3)), compares the groups with the true \
            ones; you can compute it here only because the data were made. The silhouette, \
            \(TextTable.fixed(separation, 3)), needs no truth: it asks whether points are nearer to their own group \
            than to the next.
            """)
        chapter.live("centres")
    }

    private func inertias(of x: Matrix) throws -> [Double] {
        try (1...8).map { try KMeans(nClusters: $0, nInit: 10, seed: 42).fit(x).inertia }
    }

    private static func distance(_ a: [[Double]], _ b: [[Double]]) -> Double {
        zip(a, b).map { p, q in ((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1])).squareRoot() }.max()
            ?? 0
    }

    private static func clusters(_ x: Matrix, _ labels: [Int], _ centres: [[Double]]) -> Chart {
        Chart {
            PointMark(x: .value("First feature", x.column(0)), y: .value("Second feature", x.column(1)))
                .foregroundStyle(by: .value("Group", labels.map { "group \($0 + 1)" }))
            PointMark(
                x: .value("First feature", centres.map { $0[0] }), y: .value("Second feature", centres.map { $0[1] })
            )
            .foregroundStyle(by: .value("Group", "centre")).symbol(.cross).symbolSize(190)
        }
        .chartTitle("Three groups, found without labels")
        .chartForegroundStyleScale(
            ["group 1": .blue, "group 2": .vermilion, "group 3": .green, "centre": .primary])
    }

    private static func elbow(_ inertias: [Double]) -> Chart {
        Chart {
            LineMark(x: .value("Number of centres k", Array(1...inertias.count)), y: .value("Inertia", inertias))
                .symbol(.circle)
            RuleMark(x: .value("Number of centres k", 3)).foregroundStyle(.secondary)
                .lineStyle(StrokeStyle(lineWidth: 1.25, dash: [4, 4]))
        }
        .chartTitle("How many groups? The bend").chartYScale(includesZero: true)
    }
}

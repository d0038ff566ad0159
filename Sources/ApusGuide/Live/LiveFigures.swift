import Apus
import ApusCore
import ApusDatasets
import ApusEvaluation
import ApusLearn
import ApusPlots
import Foundation

/// The figures that readers can turn knobs of.
enum LiveFigures {
    /// All of them, by name.
    static let all = [centres, degree, forest, threshold, balance, border]

    /// Section 2: k-means with other numbers of centres and other spreads.
    static let centres = LiveFigure(
        name: "centres", title: "Turn the number of centres",
        controls: [
            .init("k", "centres asked for", 1...8, start: 3),
            .init("spread", "spread of the blobs", 5...60, start: 20) { TextTable.fixed($0 / 10, 1) },
        ]
    ) { values in
        let k = Int(values["k"] ?? 3)
        let blobs = try makeBlobs(nSamples: 300, centers: 3, clusterStd: .all((values["spread"] ?? 20) / 10), seed: 42)
        let model = try KMeans(nClusters: k, nInit: 10, seed: 42).fit(blobs.x)
        let agreement = try adjustedRandScore(blobs.y, Labels(model.labels))
        let centres = (0..<k).map { model.centres.row($0) }
        let chart = Chart {
            PointMark(x: .value("First feature", blobs.x.column(0)), y: .value("Second feature", blobs.x.column(1)))
                .foregroundStyle(by: .value("", model.labels.map { "group \($0 + 1)" }))
            PointMark(
                x: .value("First feature", centres.map { $0[0] }), y: .value("Second feature", centres.map { $0[1] })
            ).foregroundStyle(.primary).symbol(.cross).symbolSize(190)
        }
        return LiveFigure.Drawing(
            svg: chart.svg(width: 760, height: 400),
            text: "Inertia \(TextTable.fixed(model.inertia, 1)); adjusted Rand index against the three true blobs "
                + "\(TextTable.fixed(agreement, 3)).")
    }

    /// Section 3: a polynomial of another degree through other points.
    static let degree = LiveFigure(
        name: "degree", title: "Turn the degree",
        controls: [
            .init("degree", "degree", 1...15, start: 3), .init("points", "points seen", 6...60, start: 10),
            .init("noise", "noise", 0...50, start: 10) { TextTable.fixed($0 / 100, 2) },
            .init("seed", "another draw", 0...50, start: 42),
        ]
    ) { values in
        func truth(_ x: Double) -> Double { sin(1.5 * .pi * x) }
        let noise = (values["noise"] ?? 10) / 100
        var random = RandomState(seed: UInt32(values["seed"] ?? 42))
        let x = random.uniform(count: Int(values["points"] ?? 10)).sorted()
        let y = x.map { truth($0) + noise * random.gaussian() }
        let xTest = random.uniform(count: 100)
        let yTest = xTest.map { truth($0) + noise * random.gaussian() }
        let pipeline = PolynomialFeatures(degree: Int(values["degree"] ?? 3), includeBias: false).then(
            LinearRegression())
        let model = try pipeline.fit(Matrix(column: x), y)
        let trainError = try meanSquaredError(y, model.predict(Matrix(column: x)))
        let testError = try meanSquaredError(yTest, model.predict(Matrix(column: xTest)))
        let grid = (0...240).map { Double($0) / 240 }
        let fit = try model.predict(Matrix(column: grid))
        let chart = Chart {
            LineMark(x: .value("x", grid), y: .value("y", grid.map(truth))).foregroundStyle(by: .value("", "truth"))
                .lineStyle(StrokeStyle(lineWidth: 1.75, dash: [6, 4]))
            LineMark(x: .value("x", grid), y: .value("y", fit)).foregroundStyle(by: .value("", "fit"))
            PointMark(x: .value("x", x), y: .value("y", y)).foregroundStyle(by: .value("", "seen"))
        }
        .chartForegroundStyleScale(["truth": .secondary, "fit": .vermilion, "seen": .blue])
        .chartXScale(domain: 0...1).chartYScale(domain: -2...2)
        return LiveFigure.Drawing(
            svg: chart.svg(width: 760, height: 400),
            text: "Mean squared error: \(TextTable.significant(trainError, 3)) on the points seen, "
                + "\(TextTable.significant(testError, 3)) on a hundred others.")
    }

    /// Section 4: the depth and number of trees.
    static let forest = LiveFigure(
        name: "forest", title: "Turn depth and number of trees",
        controls: [
            .init("depth", "depth", 1...12, start: 4), .init("trees", "trees", 1...100, start: 25),
            .init("noise", "noise of the moons", 5...60, start: 25) { TextTable.fixed($0 / 100, 2) },
        ]
    ) { values in
        let moons = try makeMoons(nSamples: 300, noise: (values["noise"] ?? 25) / 100, seed: 42)
        let forest = RandomForestClassifier(
            nEstimators: Int(values["trees"] ?? 25), maxDepth: Int(values["depth"] ?? 4), seed: 42)
        return try drawn(forest, moons)
    }

    /// Section 12: C and gamma of a support-vector machine.
    static let border = LiveFigure(
        name: "border", title: "Turn C and gamma",
        controls: [
            .init("c", "C", -2...4, step: 0.25, start: 0) { TextTable.significant(pow(10, $0), 2) },
            .init("gamma", "gamma", -2...3, step: 0.25, start: 0) { TextTable.significant(pow(10, $0), 2) },
        ]
    ) { values in
        let moons = try makeMoons(nSamples: 300, noise: 0.25, seed: 42)
        return try drawn(SVC(c: pow(10, values["c"] ?? 0), gamma: .value(pow(10, values["gamma"] ?? 0))), moons)
    }

    /// Section 7: the threshold above which a sample counts as malignant.
    static let threshold = LiveFigure(
        name: "threshold", title: "Turn the threshold",
        controls: [
            .init("threshold", "threshold", 1...99, start: 50) { TextTable.fixed($0 / 100, 2) },
            .init("miss", "a miss costs as much as … false alarms", 1...50, start: 10),
        ]
    ) { values in
        let samples = try Datasets.load("breast-cancer")
        let x = try samples.matrix(of: ["mean radius", "mean texture"])
        let y = try samples.labels(of: "diagnosis")
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(x, y, testSize: 0.4, stratify: y, seed: 42)
        let model = try StandardScaler().then(LogisticRegression()).fit(xTrain, yTrain)
        let probabilities = try model.predictProba(xTest).column(1)
        let (threshold, miss) = ((values["threshold"] ?? 50) / 100, values["miss"] ?? 10)
        func counts(_ threshold: Double) -> [[Int]] {
            var counts = [[0, 0], [0, 0]]
            for (code, probability) in zip(yTest.codes, probabilities) {
                counts[code][probability >= threshold ? 1 : 0] += 1
            }
            return counts
        }
        let thresholds = (1...99).map { Double($0) / 100 }
        let costs = thresholds.map { Double(counts($0)[1][0]) * miss + Double(counts($0)[0][1]) }
        let now = counts(threshold)
        let cost = Double(now[1][0]) * miss + Double(now[0][1])
        let line = Chart {
            LineMark(x: .value("Threshold", thresholds), y: .value("Cost", costs))
            RuleMark(x: .value("Threshold", threshold)).foregroundStyle(.vermilion).annotation("here")
        }
        .chartTitle("Cost of each threshold").chartXScale(domain: 0...1)
        let matrix = ConfusionMatrixChart(counts: now, classes: yTest.classes.names, title: "At this threshold")
        let (found, alarms) = (now[1][1], now[1][1] + now[0][1])
        let precision = alarms == 0 ? "undefined" : TextTable.percent(Double(found) / Double(alarms))
        return LiveFigure.Drawing(
            svg: Figure(columns: 2) {
                matrix.chart
                line
            }.svg(width: 920, height: 400),
            text:
                "Recall \(TextTable.percent(Double(found) / Double(found + now[1][0]))), precision \(precision), cost "
                + "\(TextTable.fixed(cost, 0)); the cheapest threshold costs \(TextTable.fixed(costs.min() ?? 0, 0)).")
    }

    /// Section 9: the share of the rare class, and what remedies do.
    static let balance = LiveFigure(
        name: "balance", title: "Turn the share of the rare class",
        controls: [
            .init("share", "share of the rare class", 2...50, start: 10) { "\(Int($0.rounded())) %" },
            .init("separation", "distance of the classes", 2...20, start: 8) { TextTable.fixed($0 / 10, 1) },
        ]
    ) { values in
        let share = (values["share"] ?? 10).rounded() / 100
        let data = try makeClassification(
            nSamples: 2000, nFeatures: 20, weights: [1 - share, share], classSep: (values["separation"] ?? 8) / 10,
            seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            data.x, data.y, testSize: 0.3, stratify: data.y, seed: 42)
        let answers: [(String, Labels)] = [
            ("nothing", try LogisticRegression().fit(xTrain, yTrain).predict(xTest)),
            ("SMOTE", try SMOTE(seed: 42).then(LogisticRegression()).fit(xTrain, yTrain).predict(xTest)),
            ("weights", try LogisticRegression(classWeight: .balanced).fit(xTrain, yTrain).predict(xTest)),
        ]
        var (names, scores, remedies): ([String], [Double], [String]) = ([], [], [])
        for (metric, score) in [("precision", precisionScore), ("recall", recallScore), ("F1", f1Score)] as [Metric] {
            for (remedy, answer) in answers {
                names.append("\(metric), \(remedy)")
                scores.append(try score(yTest, answer))
                remedies.append(remedy)
            }
        }
        let accuracies = try answers.map { "\($0.0) \(TextTable.percent(try accuracyScore(yTest, $0.1)))" }
        let never = Double(yTest.counts[0]) / Double(yTest.count)
        return LiveFigure.Drawing(
            svg: Chart {
                BarMark(x: .value("Score of the rare class", scores), y: .value("", names))
                    .foregroundStyle(by: .value("", remedies))
                    .annotation(scores.map { TextTable.fixed($0, 2) })
            }
            .chartXScale(domain: 0...1).chartYAxis(label: "").svg(width: 760, height: 380),
            text: "Accuracy: \(accuracies.joined(separator: ", ")); never answering the rare class "
                + "\(TextTable.percent(never)).")
    }

    /// A score of the second class by its name; 0 where it is undefined.
    private typealias Metric = (String, (Labels, Labels) throws -> Double)

    private static func precisionScore(_ truth: Labels, _ answer: Labels) throws -> Double {
        try ApusEvaluation.precisionScore(truth, answer).value ?? 0
    }

    private static func recallScore(_ truth: Labels, _ answer: Labels) throws -> Double {
        try ApusEvaluation.recallScore(truth, answer).value ?? 0
    }

    private static func f1Score(_ truth: Labels, _ answer: Labels) throws -> Double {
        try ApusEvaluation.f1Score(truth, answer).value ?? 0
    }

    private static func drawn(_ algorithm: some Classifier, _ moons: ClassificationSample) throws -> LiveFigure.Drawing
    {
        let model = try algorithm.fit(moons.x, moons.y)
        let scores = try crossValScore(algorithm, moons.x, moons.y)
        let onSeen = try accuracyScore(moons.y, model.predict(moons.x))
        let mean = scores.reduce(0, +) / Double(scores.count)
        return LiveFigure.Drawing(
            svg: try PopularAlgorithms.border(of: model, moons.x, moons.y).svg(width: 640, height: 440),
            text:
                "Accuracy: \(TextTable.percent(onSeen)) on the points it learned from, \(TextTable.percent(mean)) in five "
                + "folds.")
    }
}

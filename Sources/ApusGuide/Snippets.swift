// Written by scripts/snippets from the marked lines of the sections; change those, then run it again.
enum Snippets {
    static let tenPoints = #"""
        func truth(_ x: Double) -> Double { sin(1.5 * .pi * x) }

        var random = RandomState(seed: 42)
        let x = random.uniform(count: 10).sorted()
        let y = x.map { truth($0) + 0.1 * random.gaussian() }
        let xTest = random.uniform(count: 100)
        let yTest = xTest.map { truth($0) + 0.1 * random.gaussian() }
        """#
    static let threeFits = #"""
        // degree is 1, 3, then 15
        let model = try PolynomialFeatures(degree: degree, includeBias: false)
            .then(LinearRegression())
            .fit(Matrix(column: x), y)
        let trainError = try meanSquaredError(y, model.predict(Matrix(column: x)))
        let testError = try meanSquaredError(yTest, model.predict(Matrix(column: xTest)))
        """#
    static let resampling = #"""
        func truth(_ x: Double) -> Double { sin(1.5 * .pi * x) }

        let grid = (0..<100).map { (Double($0) + 0.5) / 100 }
        var random = RandomState(seed: 1)
        var curves: [Int: [[Double]]] = [:]
        var errors: [Int: Double] = [:]
        for _ in 0..<200 {
            let x = random.uniform(count: 30)
            let y = x.map { truth($0) + 0.1 * random.gaussian() }
            let fresh = grid.map { truth($0) + 0.1 * random.gaussian() }
            for degree in degrees {
                let curve = try PolynomialFeatures(degree: degree, includeBias: false)
                    .then(LinearRegression())
                    .fit(Matrix(column: x), y)
                    .predict(Matrix(column: grid))
                curves[degree, default: []].append(curve)
                errors[degree, default: 0] += try meanSquaredError(fresh, curve) / 200
            }
        }
        """#
    static let decomposition = #"""
        func parts(_ curves: [[Double]]) -> (squaredBias: Double, variance: Double) {
            let count = Double(curves.count)
            var (squaredBias, variance) = (0.0, 0.0)
            for (place, x) in grid.enumerated() {
                let mean = curves.reduce(0) { $0 + $1[place] } / count
                squaredBias += (mean - truth(x)) * (mean - truth(x))
                variance += curves.reduce(0) { $0 + ($1[place] - mean) * ($1[place] - mean) } / count
            }
            return (squaredBias / Double(grid.count), variance / Double(grid.count))
        }
        """#
    static let modelFile = #"""
        var plan = TrainingPlan(target: "species")
        plan.model = "logistic-regression"
        plan.seed = 42
        let trained = try plan.run(on: Datasets.load("iris"))

        let file = try trained.model.encoded()  // what `write(to: "iris.apus")` writes
        let model = try TrainedModel(file)  // and what a server reads again
        """#
    static let asking = #"""
        @Sendable func ask(_ port: Int, _ body: String) async throws -> (status: Int, text: String) {
            guard let url = URL(string: "http://127.0.0.1:\(port)/predict") else { throw URLError(.badURL) }
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            request.httpBody = Data(body.utf8)
            let (data, response) = try await session.data(for: request)
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        }
        """#
    static let serving = #"""
        let requests = [
            #"{"data": [5.1, 3.5, 1.4, 0.2]}"#,
            #"{"data": [[6.0, 2.2, 4.0, 1.0], [7.2, 3.6, 6.1, 2.5]], "probabilities": true}"#,
            #"{"data": {"sepal length (cm)": 5.1, "sepal width (cm)": "wide"}}"#,
        ]
        let server = try ModelServer(
            models: [ServedModel(name: "iris", model: model)], configuration: ServerConfiguration(port: 0))
        let (answers, seconds) = try await server.withRunning { port in
            var answers: [(status: Int, text: String)] = []
            for request in requests { answers.append(try await ask(port, request)) }
            var seconds: [Double] = []
            for _ in 0..<300 {
                let start = ContinuousClock.now
                _ = try await ask(port, requests[0])
                seconds.append((ContinuousClock.now - start) / .seconds(1))
            }
            return (answers, seconds)
        }  // here it has stopped, after the last answer
        """#
    static let threeParts = #"""
        let samples = try Datasets.load("breast-cancer")
        let x = try samples.matrix(of: ["mean radius", "mean texture"])
        let y = try samples.labels(of: "diagnosis")
        let (xRest, xTest, yRest, yTest) = try trainTestSplit(x, y, testSize: 0.2, stratify: y, seed: 42)
        let (xTrain, xChoice, yTrain, yChoice) = try trainTestSplit(
            xRest, yRest, testSize: 0.25, stratify: yRest, seed: 42)

        let model = try StandardScaler().then(LogisticRegression()).fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let probabilities = try model.predictProba(xTest).column(1)  // of the second class, malignant
        """#
    static let counting = #"""
        let matrix = try ConfusionMatrix(truth, prediction)
        let accuracy = try accuracyScore(truth, prediction)
        let precision = try precisionScore(truth, prediction).get()
        let recall = try recallScore(truth, prediction).get()
        let f1 = try f1Score(truth, prediction).get()
        let report = try ClassificationReport(truth, prediction)
        """#
    static let ranking = #"""
        let curve = try ROCCurve(truth, scores: probabilities)
        let auc = try rocAUCScore(truth, scores: probabilities).get()
        let trade = try PrecisionRecallCurve(truth, scores: probabilities)
        let average = try averagePrecisionScore(truth, scores: probabilities).get()
        """#
    static let costs = #"""
        func cost(_ truth: Labels, _ probabilities: [Double], _ threshold: Double) -> Double {
            zip(truth.codes, probabilities).reduce(0) { sum, row in
                let (isMalignant, isAlarm) = (row.0 == 1, row.1 >= threshold)
                return sum + (isMalignant && !isAlarm ? missed : 0) + (!isMalignant && isAlarm ? falseAlarm : 0)
            }
        }
        let thresholds = (1...99).map { Double($0) / 100 }
        let costs = thresholds.map { cost(choice.truth, choice.probabilities, $0) }
        let cheapest = costs.indices.min { costs[$0] < costs[$1] } ?? 49
        let threshold = thresholds[cheapest]
        """#
    static let people = #"""
        let people = try DataFrame(columns: [
            Column("age", [25, nil, 47, 51, 38, nil, 29, 62]),
            Column("income", [32_000, 54_000, nil, 61_000, 250_000, 48_000, nil, 57_000]),
            Column("gender", ["female", "male", "male", "female", "female", "male", "female", "male"]),
        ])
        let missing = people.missingCounts
        """#
    static let imputation = #"""
        let numbers = try people.matrix(of: ["age", "income"])
        let means = try SimpleImputer(strategy: .mean).fit(numbers).fills
        let medians = try SimpleImputer(strategy: .median).fit(numbers).fills
        let filled = try SimpleImputer(strategy: .median).fitTransform(numbers)
        """#
    static let encoding = #"""
        let dummies = try FrameEncoder(numericImputation: .median).fit(people)
        let encoded = try dummies.encode(people)
        let scaler = try FrameEncoder(numericImputation: .median, scale: true).fit(people)
        let scaled = try scaler.encode(people)
        """#
    static let newcomers = #"""
        let newcomers = try DataFrame(columns: [
            Column("age", [nil, 44]),
            Column("income", [70_000, 39_000]),
            Column("gender", ["male", "nonbinary"]),
        ])
        let encoder = try FrameEncoder(numericImputation: .median, scale: true).fit(people)
        let rows = try encoder.encode(newcomers)  // an unseen category: zeros

        let strict = try FrameEncoder(unseen: .error).fit(people)
        let refusal = Result { try strict.encode(newcomers) }  // or an error, if you ask for it
        """#
    static let leakage = #"""
        func bestFeatures(_ x: Matrix, _ y: Labels) -> [Int] {
            let strengths = (0..<x.columns).map { abs(correlation(x.column($0), y.codes.map(Double.init))) }
            return Array(strengths.indices.sorted { strengths[$0] > strengths[$1] }.prefix(20))
        }

        var random = RandomState(seed: 0)
        let x = Matrix(rows: 100, columns: 1000, values: random.gaussian(count: 100_000))
        let y = Labels(random.integers(in: 0..<2, count: 100))
        let peeked = bestFeatures(x, y)  // wrong: the test rows have a vote
        var (wrong, right): ([Double], [Double]) = ([], [])
        for seed in 0..<50 {
            let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(x, y, testSize: 0.3, seed: UInt32(seed))
            let honest = bestFeatures(xTrain, yTrain)  // right: they have none
            func accuracy(_ features: [Int]) throws -> Double {
                let model = try LogisticRegression().fit(xTrain.selecting(columns: features), yTrain)
                return try accuracyScore(yTest, model.predict(xTest.selecting(columns: features)))
            }
            wrong.append(try accuracy(peeked))
            right.append(try accuracy(honest))
        }
        """#
    static let clusters = #"""
        let blobs = try makeBlobs(nSamples: 300, centers: 3, clusterStd: 2, seed: 42)
        let model = try KMeans(nClusters: 3, nInit: 10, seed: 42).fit(blobs.x)
        let agreement = try adjustedRandScore(blobs.y, Labels(model.labels))
        let separation = try silhouetteScore(blobs.x, Labels(model.labels))
        """#
    static let regression = #"""
        let diabetes = try Datasets.load("diabetes")
        let x = try diabetes.matrix()
        let y = try diabetes.numbers(of: "progression")
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(x, y, testSize: 0.2, seed: 42)

        let model = try LinearRegression().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let testR2 = try r2Score(yTest, prediction).get()
        let testRMSE = try rootMeanSquaredError(yTest, prediction)
        """#
}

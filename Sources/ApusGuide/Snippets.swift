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
        let powers = PolynomialFeatures(degree: degree, includeBias: false)
        let pipeline = powers.then(LinearRegression())
        let model = try pipeline.fit(Matrix(column: x), y)

        let onSeen = try model.predict(Matrix(column: x))
        let trainError = try meanSquaredError(y, onSeen)
        let onUnseen = try model.predict(Matrix(column: xTest))
        let testError = try meanSquaredError(yTest, onUnseen)
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
                let powers = PolynomialFeatures(degree: degree, includeBias: false)
                let pipeline = powers.then(LinearRegression())
                let model = try pipeline.fit(Matrix(column: x), y)
                let curve = try model.predict(Matrix(column: grid))
                curves[degree, default: []].append(curve)
                let error = try meanSquaredError(fresh, curve)
                errors[degree, default: 0] += error / 200
            }
        }
        """#
    static let decomposition = #"""
        /// Squared bias and variance of the curves, each a mean over the grid.
        func parts(_ curves: [[Double]]) -> (Double, Double) {
            var (bias, variance) = (0.0, 0.0)
            for (place, x) in grid.enumerated() {
                let values = curves.map { $0[place] }
                let mean = values.reduce(0, +) / Double(values.count)
                bias += pow(mean - truth(x), 2)
                let squares = values.map { pow($0 - mean, 2) }
                variance += squares.reduce(0, +) / Double(values.count)
            }
            return (bias / Double(grid.count), variance / Double(grid.count))
        }
        """#
    static let modelFile = #"""
        var plan = TrainingPlan(target: "species")
        plan.model = "logistic-regression"
        plan.scale = true
        plan.seed = 42
        let trained = try plan.run(on: Datasets.load("iris"))

        // What `write(to: "iris.apus")` writes, and a server reads again.
        let file = try trained.model.encoded()
        let model = try TrainedModel(file)
        """#
    static let asking = #"""
        let session = URLSession(configuration: .ephemeral)
        defer { session.invalidateAndCancel() }

        @Sendable func ask(_ port: Int, _ body: String) async throws -> Answer {
            let address = "http://127.0.0.1:\(port)/predict"
            guard let url = URL(string: address) else { throw URLError(.badURL) }
            var request = URLRequest(url: url)
            request.httpMethod = "POST"
            request.httpBody = Data(body.utf8)
            let (data, response) = try await session.data(for: request)
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            return Answer(status: status, text: String(decoding: data, as: UTF8.self))
        }
        """#
    static let serving = #"""
        let requests = [
            #"{"data": [5.1, 3.5, 1.4, 0.2]}"#,
            #"{"data": [[6.0, 2.2, 4.0, 1.0]], "probabilities": true}"#,
            #"{"data": {"sepal length (cm)": "long"}}"#,
        ]
        // Port 0 asks the system for a free one.
        let server = try ModelServer(
            models: [ServedModel(name: "iris", model: model)],
            configuration: ServerConfiguration(port: 0))
        let (answers, seconds) = try await server.withRunning { port in
            var answers: [Answer] = []
            for request in requests {
                answers.append(try await ask(port, request))
            }
            var seconds: [Double] = []
            for _ in 0..<300 {
                let start = ContinuousClock.now
                _ = try await ask(port, requests[0])
                seconds.append((ContinuousClock.now - start) / .seconds(1))
            }
            return (answers, seconds)
        }
        // Here it has stopped, after its last answer.
        """#
    static let threeParts = #"""
        let samples = try Datasets.load("breast-cancer")
        let x = try samples.matrix(of: ["mean radius", "mean texture"])
        let y = try samples.labels(of: "diagnosis")
        let (xRest, xTest, yRest, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, stratify: y, seed: 42)
        let (xTrain, xChoice, yTrain, yChoice) = try trainTestSplit(
            xRest, yRest, testSize: 0.25, stratify: yRest, seed: 42)

        let pipeline = StandardScaler().then(LogisticRegression())
        let model = try pipeline.fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        // The second class is malignant.
        let probabilities = try model.predictProba(xTest).column(1)
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
        func cost(
            _ truth: Labels, _ probabilities: [Double], _ threshold: Double
        ) -> Double {
            var cost = 0.0
            for (code, probability) in zip(truth.codes, probabilities) {
                let isAlarm = probability >= threshold
                if code == 1, !isAlarm { cost += missed }
                if code == 0, isAlarm { cost += falseAlarm }
            }
            return cost
        }
        let thresholds = (1...99).map { Double($0) / 100 }
        let costs = thresholds.map {
            cost(choice.truth, choice.probabilities, $0)
        }
        let cheapest = costs.indices.min { costs[$0] < costs[$1] } ?? 49
        let threshold = thresholds[cheapest]
        """#
    static let people = #"""
        let people = try DataFrame(columns: [
            Column("age", [25, nil, 47, 51, 38, nil, 29, 62]),
            Column(
                "income", [32_000, 54_000, nil, 61_000, 250_000, 48_000, nil, 57_000]),
            Column(
                "gender",
                ["female", "male", "male", "female", "female", "male", "female", "male"]),
        ])
        let missing = people.missingCounts
        """#
    static let imputation = #"""
        let numbers = try people.matrix(of: ["age", "income"])
        let byMean = try SimpleImputer(strategy: .mean).fit(numbers)
        let byMedian = try SimpleImputer(strategy: .median).fit(numbers)
        let (means, medians) = (byMean.fills, byMedian.fills)
        let filled = try byMedian.transform(numbers)
        """#
    static let encoding = #"""
        var steps = FrameEncoder(numericImputation: .median)
        let dummies = try steps.fit(people)
        let encoded = try dummies.encode(people)

        steps.scale = true
        let scaler = try steps.fit(people)
        let scaled = try scaler.encode(people)
        """#
    static let newcomers = #"""
        let newcomers = try DataFrame(columns: [
            Column("age", [nil, 44]),
            Column("income", [70_000, 39_000]),
            Column("gender", ["male", "nonbinary"]),
        ])
        // An unseen category becomes zeros,
        let steps = FrameEncoder(numericImputation: .median, scale: true)
        let encoder = try steps.fit(people)
        let rows = try encoder.encode(newcomers)

        // or an error, if you ask for it.
        let strict = try FrameEncoder(unseen: .error).fit(people)
        let refusal = Result { try strict.encode(newcomers) }
        """#
    static let leakage = #"""
        func bestFeatures(_ x: Matrix, _ y: Labels) -> [Int] {
            let labels = y.codes.map(Double.init)
            let strength = (0..<x.columns).map {
                abs(correlation(x.column($0), labels))
            }
            let order = strength.indices.sorted { strength[$0] > strength[$1] }
            return Array(order.prefix(20))
        }

        var random = RandomState(seed: 0)
        let noise = random.gaussian(count: 100_000)
        let x = Matrix(rows: 100, columns: 1000, values: noise)
        let y = Labels(random.integers(in: 0..<2, count: 100))
        var (wrong, right): ([Double], [Double]) = ([], [])

        // Wrong: the test rows have a vote.
        let peeked = bestFeatures(x, y)
        for seed: UInt32 in 0..<50 {
            let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
                x, y, testSize: 0.3, seed: seed)
            // Right: they have none.
            let honest = bestFeatures(xTrain, yTrain)

            func accuracy(_ features: [Int]) throws -> Double {
                let seen = xTrain.selecting(columns: features)
                let unseen = xTest.selecting(columns: features)
                let model = try LogisticRegression().fit(seen, yTrain)
                return try accuracyScore(yTest, model.predict(unseen))
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
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, seed: 42)

        let model = try LinearRegression().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let testR2 = try r2Score(yTest, prediction).get()
        let testRMSE = try rootMeanSquaredError(yTest, prediction)
        """#
}

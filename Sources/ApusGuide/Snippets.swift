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
    static let scatter = #"""
        let cloud = try makeRegression(
            nSamples: 100, nFeatures: 1, nInformative: 1, noise: 10, seed: 42)
        let line = try LinearRegression().fit(cloud.x, cloud.y)
        let fitted = try line.predict(cloud.x)
        let r2 = try r2Score(cloud.y, fitted).get()
        """#
    static let withAndWithoutLabels = #"""
        let blobs = try makeBlobs(
            nSamples: 300, centers: 3, clusterStd: 1.5, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            blobs.x, blobs.y, testSize: 0.2, seed: 42)
        let classifier = try LogisticRegression().fit(xTrain, yTrain)
        let accuracy = try accuracyScore(yTest, classifier.predict(xTest))

        let groups = try KMeans(nClusters: 3, nInit: 10, seed: 42).fit(blobs.x)
        let agreement = try adjustedRandScore(blobs.y, Labels(groups.labels))
        """#
    static let fiveFolds = #"""
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let forest = RandomForestClassifier(seed: 42)
        let scores = try crossValScore(forest, data.x, data.y)
        let mean = scores.reduce(0, +) / 5
        let squares = scores.map { ($0 - mean) * ($0 - mean) }
        let deviation = (squares.reduce(0, +) / 5).squareRoot()
        """#
    static let fortySplits = #"""
        let tree = DecisionTreeClassifier(maxDepth: 5, seed: 42)
        let singles = try (0..<40).map { seed in
            let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
                data.x, data.y, testSize: 0.2, seed: UInt32(seed))
            return try accuracyScore(yTest, tree.fit(xTrain, yTrain).predict(xTest))
        }
        """#
    static let splitters = #"""
        let classes = Labels((0..<20).map { $0 < 15 ? "a" : "b" })
        let persons = Labels((0..<20).map { $0 / 3 })
        let plans: [(String, [Split])] = [
            ("KFold", try KFold(nSplits: 5).split(rows: 20)),
            (
                "StratifiedKFold",
                try StratifiedKFold(nSplits: 5).split(rows: 20, labels: classes, groups: nil)
            ),
            (
                "GroupKFold",
                try GroupKFold(nSplits: 5).split(rows: 20, labels: nil, groups: persons)
            ),
            ("TimeSeriesSplit", try TimeSeriesSplit(nSplits: 5).split(rows: 20)),
        ]
        """#
    static let twoMistakes = #"""
        let iris = try Datasets.iris()
        let model = LogisticRegression(maxIter: 1000)
        let plain = try crossValScore(model, iris.x, iris.y, cv: KFold(nSplits: 5))
        let stratified = try crossValScore(
            model, iris.x, iris.y, cv: StratifiedKFold(nSplits: 5))

        var random = RandomState(seed: 7)
        let persons = random.gaussian(count: 40 * 8)
        let coins = random.integers(in: 0..<2, count: 40)
        let wobble = random.gaussian(count: 200 * 8)
        let x = Matrix(
            rows: 200, columns: 8,
            values: wobble.indices.map { i in
                persons[(i / 8 / 5) * 8 + i % 8] + 0.1 * wobble[i]
            })
        let y = Labels((0..<200).map { coins[$0 / 5] })
        let person = Labels((0..<200).map { $0 / 5 })
        let nearest = KNeighborsClassifier(nNeighbors: 1)
        let rowsSplit = try crossValScore(
            nearest, x, y, cv: KFold(nSplits: 5, shuffle: true, seed: 42))
        let personsKept = try crossValScore(
            nearest, x, y, cv: GroupKFold(nSplits: 5), groups: person)
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
        @Sendable func ask(_ port: Int, _ body: String) async throws -> Answer {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/predict")
            request.method = .POST
            request.body = .bytes(ByteBuffer(string: body))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let bytes = try await response.body.collect(upTo: 1 << 20)
            return Answer(status: Int(response.status.code), text: String(buffer: bytes))
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
    static let loanExplanation = #"""
        let applicant = try frame.selecting(rows: [row])
        let known = try frame.selecting(rows: plain.split.train)
        let shap = try plain.model.explain(applicant, background: known)
        let lime = try plain.model.explainLocally(applicant, background: known, seed: 42)[0]
        let stability = try plain.model.localStability(applicant, background: known)
        """#
    static let watchedServer = #"""
        var settings = MonitorConfiguration()
        settings.setWindow(rows: 1000)
        settings.evaluateEvery = 0
        settings.alerts = [
            AlertRule(name: "income drifts", gauge: "psi", column: "income", above: 0.2),
            AlertRule(
                name: "groups drift apart", gauge: "demographic_parity_difference", above: 0.1),
        ]
        let monitor = try Monitor(settings, logger: quiet)
        var server = try ModelServer(
            models: [ServedModel(name: "loans", model: fair.model)],
            configuration: ServerConfiguration(port: 0))
        server.observers.append(monitor)
        server.contributors.append(monitor)

        let crisis = [false, true, false]
        let reports = try await server.withRunning { port in
            var reports: [JSONValue] = []
            for (week, isCrisis) in crisis.enumerated() {
                for start in stride(from: 0, to: 1200, by: 100) {
                    let rows = test[week * 1200 + start..<week * 1200 + start + 100]
                    let records = try rows.map { try record(frame, $0, isCrisis) }
                    try await post(port, "{\"data\": [" + records.joined(separator: ",") + "]}")
                }
                reports.append(try await get(port, "/monitor.json"))
            }
            return reports
        }
        """#
    static let loanHistory = #"""
        func rounded(_ x: Double) -> Double { (10 * x).rounded() / 10 }
        let count = 20_000
        var random = RandomState(seed: 42)
        let isWoman = random.uniform(count: count).map { $0 < 0.5 }
        let income = random.gaussian(count: count).map { rounded(40 + 12 * $0) }
        let debt = random.gaussian(count: count).map { rounded(30 + 10 * $0) }
        let isPartTime = zip(random.uniform(count: count), isWoman).map { $0 < ($1 ? 0.6 : 0.08) }
        let hours = zip(random.gaussian(count: count), isPartTime).map {
            rounded(($1 ? 22 : 40) + 2 * $0)
        }
        let luck = random.uniform(count: count)

        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let merit = zip(income, debt).map { ($0 - 40) / 8 - ($1 - 30) / 8 }
        let deserved = zip(luck, merit).map { $0 < sigmoid($1) }
        let granted = (0..<count).map { luck[$0] < sigmoid(merit[$0] - (isWoman[$0] ? 1.6 : 0)) }

        let frame = try DataFrame(columns: [
            Column("sex", isWoman.map { $0 ? "woman" : "man" }), Column("income", income),
            Column("debt", debt), Column("hours", hours),
            Column("granted", granted.map { $0 ? "yes" : "no" }),
        ])
        """#
    static let loanAudit = #"""
        let audit = try DataAudit(of: frame, sensitive: ["sex"], target: "granted", positive: "yes")
        let bySex = audit.groupings[0]
        """#
    static let fairTraining = #"""
        func train(_ fair: FairTraining?, seesSex: Bool = false) throws -> TrainingPlan.Result {
            var plan = TrainingPlan(target: "granted")
            plan.sensitive = ["sex"]
            plan.dropped = seesSex ? [] : ["sex"]
            plan.scale = true
            plan.seed = 42
            plan.fair = fair
            return try plan.run(on: frame)
        }
        let reweighing = FairTraining(constraint: .demographicParity, mitigation: .reweighing)
        let reduction = FairTraining(
            constraint: .demographicParity, mitigation: .reductions, bound: 0.02, randomized: false)
        let trained = [
            ("plain, sees sex", try train(nil, seesSex: true)),
            ("plain, blind", try train(nil)),
            ("reweighing", try train(reweighing)),
            ("reduction, bound 0.02", try train(reduction)),
        ]

        func judge(_ result: TrainingPlan.Result, by truth: Labels) throws -> MetricFrame {
            let rows = result.split.test
            let outcomes = try Outcomes(
                truth: truth.selecting(rows: rows), prediction: answers(of: result), positive: "yes")
            return try MetricFrame(
                [.accuracy, .selectionRate, .falseNegativeRate], outcomes,
                sensitive: sex.selecting(rows: rows))
        }
        """#
    static let fairnessPrice = #"""
        let split = try trainTestSplit(rows: frame.rowCount, testSize: 0.2, seed: 42)
        var known = frame
        known["woman"] = Column("woman", sex.strings.map { $0 == "woman" ? 1.0 : 0 })
        let x = try known.matrix(of: ["woman", "income", "debt", "hours"])
        let scaler = try StandardScaler().fit(x.selecting(rows: split.train))
        let xTrain = try scaler.transform(x.selecting(rows: split.train))
        let xTest = try scaler.transform(x.selecting(rows: split.test))
        let truths = [granted, deserved].map { $0.selecting(rows: split.test).strings }
        let sexes = sex.selecting(rows: split.test).strings
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

        var (gaps, byHistory, byMerit): ([Double], [Double], [Double]) = ([], [], [])
        for bound in [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.14] {
            let reduction = ExponentiatedGradient(
                LogisticRegression(), constraint: .demographicParity, bound: bound)
            let mixture = try reduction.fit(
                xTrain, granted.selecting(rows: split.train), sensitive: sex.selecting(rows: split.train))
            // What happens on average when each answer is drawn from the mixture.
            let shares = try mixture.predictProba(xTest).column(1)
            let (women, men) = (
                zip(shares, sexes).filter { $1 == "woman" }, zip(shares, sexes).filter { $1 == "man" }
            )
            gaps.append(mean(men.map(\.0)) - mean(women.map(\.0)))
            let right = truths.map { truth in
                mean(zip(shares, truth).map { $1 == "yes" ? $0 : 1 - $0 })
            }
            byHistory.append(right[0])
            byMerit.append(right[1])
        }
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
    static let boxes = #"""
        var random = RandomState(seed: 42)
        let sides = random.uniform(count: 360).map { 5 + 45 * $0 }
        let rounded = sides.map { ($0 * 10).rounded(.toNearestOrEven) / 10 }
        let x = Matrix(rows: 120, columns: 3, values: rounded)
        let noise = random.gaussian(count: 120)
        let weight = (0..<120).map { i in
            0.4 * x[i, 0] * x[i, 1] * x[i, 2] / 1000 + 0.5 * noise[i]
        }

        var frame = try DataFrame(columns: [
            Column("length", x.column(0)), Column("width", x.column(1)),
            Column("height", x.column(2)),
        ])
        frame["area"] = frame.length * frame.width
        frame["volume"] = frame.area * frame.height
        """#
    static let products = #"""
        let names = ["length", "width", "height"]
        let products = try PolynomialFeatures(
            degree: 2, includeBias: false
        ).fit(x)
        let interactions = try PolynomialFeatures(
            degree: 2, interactionOnly: true, includeBias: false
        ).fit(x)
        let columns = products.outputNames(for: names)
        let first = try products.transform(x.selecting(rows: [0])).values
        """#
    static let designs = #"""
        let folds = KFold(nSplits: 5, shuffle: true, seed: 42)
        func r2(_ design: some Regressor, _ x: Matrix) throws -> Double {
            let scores = try crossValScore(design, x, weight, cv: folds)
            return scores.reduce(0, +) / 5
        }
        func powers(_ degree: Int) -> Pipeline<PolynomialFeatures, LinearRegression> {
            PolynomialFeatures(degree: degree, includeBias: false)
                .then(LinearRegression())
        }
        let volume = Matrix(column: (0..<120).map { x[$0, 0] * x[$0, 1] * x[$0, 2] })
        let designs = [
            ("three sides", 3, try r2(LinearRegression(), x)),
            ("squares and products", 9, try r2(powers(2), x)),
            ("up to three factors", 19, try r2(powers(3), x)),
            ("up to five factors", 55, try r2(powers(5), x)),
            ("the volume", 1, try r2(LinearRegression(), volume)),
        ]
        """#
    static let digits = #"""
        let digits = try Datasets.digits()
        let scaled = Matrix(
            rows: digits.x.rows, columns: 64, values: digits.x.values.map { $0 / 16 })
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            scaled, digits.y, testSize: 0.2, seed: 42)
        let model = try SVC().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let accuracy = try accuracyScore(yTest, prediction)
        let matrix = try ConfusionMatrix(yTest, prediction)
        """#
    static let mnist = #"""
        let start = ContinuousClock.now
        let x = try table.matrix()
        let y = try table.labels(of: "digit")
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            x, y, testSize: 0.2, seed: 42)
        let model = try SVC().fit(xTrain, yTrain)
        let prediction = try model.predict(xTest)
        let accuracy = try accuracyScore(yTest, prediction)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        """#
    static let remedies = #"""
        let data = try makeClassification(
            nSamples: 2000, nFeatures: 20, weights: [0.9, 0.1], classSep: 0.8, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            data.x, data.y, testSize: 0.3, stratify: data.y, seed: 42)
        let more = try SMOTE(seed: 42).fitResample(xTrain, yTrain)

        let plain = try LogisticRegression().fit(xTrain, yTrain)
        let smote = try SMOTE(seed: 42).then(LogisticRegression())
            .fit(xTrain, yTrain)
        let weighted = try LogisticRegression(classWeight: .balanced)
            .fit(xTrain, yTrain)
        """#
    static let movedThreshold = #"""
        let moved = Labels(probabilities.map { $0 >= 0.1 ? 1 : 0 })
        let precision = try precisionScore(truth, moved).get()
        let recall = try recallScore(truth, moved).get()
        let f1 = try f1Score(truth, moved).get()
        """#
    static let resampledFolds = #"""
        let data = try makeClassification(
            nSamples: 2000, nFeatures: 20, weights: [0.9, 0.1], classSep: 0.8, seed: 42)
        let tree = DecisionTreeClassifier(maxDepth: 6, seed: 42)
        let folds = StratifiedKFold(nSplits: 5)
        let f1 = try Scorer.named("f1")

        // Wrong: first more rows, then the folds.
        let more = try SMOTE(seed: 42).fitResample(data.x, data.y)
        let before = try crossValScore(tree, more.x, more.y, cv: folds, scoring: f1)
        // Right: more rows inside each training fold.
        let within = try crossValScore(
            SMOTE(seed: 42).then(tree), data.x, data.y, cv: folds, scoring: f1)
        """#
    static let thousandRows = #"""
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let (xTrain, xTest, yTrain, yTest) = try trainTestSplit(
            data.x, data.y, testSize: 0.2, seed: 42)

        func judge(_ name: String, _ algorithm: some Classifier) throws -> Result {
            let start = ContinuousClock.now
            let model = try algorithm.fit(xTrain, yTrain)
            return Result(
                name: name,
                train: try accuracyScore(yTrain, model.predict(xTrain)),
                test: try accuracyScore(yTest, model.predict(xTest)),
                seconds: (ContinuousClock.now - start) / .seconds(1))
        }
        let results = try [
            judge("logistic regression", LogisticRegression()),
            judge("decision tree", DecisionTreeClassifier(seed: 42)),
            judge("random forest", RandomForestClassifier(seed: 42)),
            judge("gradient boosting", HistGradientBoostingClassifier(seed: 42)),
            judge("RBF SVM", SVC()),
            judge("5 nearest neighbours", KNeighborsClassifier()),
            judge("naive Bayes", GaussianNB()),
        ]
        """#
    static let lineThroughLabels = #"""
        let line = try LinearRegression().fit(xTrain, yTrain.codes.map(Double.init))
        let heights = try line.predict(xTest)
        let right = zip(heights, yTest.codes).count { ($0 >= 0.5 ? 1 : 0) == $1 }
        let lineAccuracy = Double(right) / Double(yTest.count)
        let lineR2 = try r2Score(yTest.codes.map(Double.init), heights).get()
        """#
    static let structure = #"""
        let groups = try KMeans(nClusters: 2, nInit: 10, seed: 42).fit(data.x)
        let inertia = groups.inertia
        let shares = try PCA().fit(data.x).explainedVarianceRatio
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
    static let sixReviews = #"""
        let reviews = [
            "Great phone, great battery and a great camera",
            "Terrible battery, the phone died after a week",
            "The camera is excellent and the screen is great",
            "Poor screen and a terrible camera",
            "Excellent value, works great",
            "It broke after a week, poor quality",
        ]
        let labels = Labels(["good", "bad", "good", "bad", "good", "bad"])
        let words = try CountVectorizer().fit(reviews)
        let counts = try words.transform(reviews)
        let model = try MultinomialNB().fit(counts, labels)

        let new = [
            "great camera, excellent battery",
            "poor battery and a terrible screen",
            "not great at all",
        ]
        let x = try words.transform(new)
        let answers = try model.predict(x)
        let good = try model.predictProba(x).column(1)
        """#
    static let filmReviews = #"""
        func sentences(_ name: String) throws -> [String] {
            let file = URL(fileURLWithPath: "\(folder)/rt-polarity.\(name)")
            // The files are in Latin-1: each byte is a code point.
            let scalars = try Data(contentsOf: file).map { Unicode.Scalar($0) }
            return String(String.UnicodeScalarView(scalars))
                .split(separator: "\n").map(String.init)
        }
        let (positive, negative) = try (sentences("pos"), sentences("neg"))
        let texts = positive + negative
        let y = Labels(positive.map { _ in 1 } + negative.map { _ in 0 })
        let rows = Matrix(column: texts.indices.map(Double.init))
        let split = try trainTestSplit(rows, y, testSize: 0.2, seed: 42)
        let train = split.xTrain.values.map { texts[Int($0)] }
        let test = split.xTest.values.map { texts[Int($0)] }

        let (words, counts) = try CountVectorizer().fitTransform(train)
        let model = try MultinomialNB().fit(counts, split.yTrain)
        let prediction = try model.predict(words.transform(test))
        let accuracy = try accuracyScore(split.yTest, prediction)
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
    static let forestSearch = #"""
        let data = try makeClassification(nSamples: 1000, nFeatures: 20, seed: 42)
        let space: SearchSpace = [
            "nEstimators": .integers(10..<200), "maxDepth": .integers(1..<20),
            "minSamplesSplit": .integers(2..<11), "minSamplesLeaf": .integers(1..<11),
            "maxFeatures": .uniform(0, 1),
        ]
        let search = RandomizedSearchCV(
            RandomForestClassifier(seed: 42), space, nIter: candidates, seed: 42)
        let result = try search.fit(data.x, data.y)
        """#
    static let gridAndRandom = #"""
        let moons = try makeMoons(nSamples: 300, noise: 0.25, seed: 42)
        let steps: ParameterDistribution = [0.01, 0.1, 1, 10, 100]
        let grid = try GridSearchCV(SVC(), ["c": steps, "gamma": steps])
            .fit(moons.x, moons.y)
        let drawn = try RandomizedSearchCV(
            SVC(), ["c": .logUniform(0.01, 100), "gamma": .logUniform(0.01, 100)],
            nIter: 25, seed: 42
        ).fit(moons.x, moons.y)
        """#
}

import Apus
import ApusCore
import ApusFrame
import ApusLearn
import ApusTrust
import Testing

@Suite struct FramePipelineTests {
    private let preparation = ColumnTransformer()
        .adding("num", .numbers, SimpleImputer().then(StandardScaler()))
        .adding("cat", .named(["shop"]), OneHotEncoder(handleUnknown: .ignore))

    @Test func aTableGoesInAndClassesComeOut() throws {
        let frame = try TextPlanTests.frame()
        let model = try preparation.then(LogisticRegression(c: 0.5)).fit(frame, target: "liked")
        #expect(model.classes.names == ["no", "yes"])
        #expect(model.preparation.featureNames == ["num__price", "cat__shop_here", "cat__shop_there"])
        // It is the two steps by hand.
        let prepared = try preparation.fitTransform(
            frame, features: ["review", "price", "shop"], target: .labels(frame.labels(of: "liked"))
        ).rows
        let byHand = try LogisticRegression(c: 0.5).fit(prepared.written(), frame.labels(of: "liked"))
        #expect(try model.predictProba(frame) == byHand.predictProba(prepared.written()))
        #expect(try model.predict(frame) == byHand.predict(prepared.written()))
        // And the plan with the same preparation, saved and read.
        let trained = try TrainedModel(model.trained().encoded())
        #expect(try trained.predict(frame).values == .labels(model.predict(frame)))
        #expect(trained.catalogName == "logistic-regression" && trained.parameters["c"] == 0.5)
        #expect(try trained.explain(frame.head(3)).gap < 1e-9)
        let missing = try frame.dropping(columns: ["shop"])
        #expect(try #require(throws: ApusError.self) { try model.predict(missing) }.message.contains("shop"))
    }

    @Test func sparseRowsStaySparse() throws {
        let frame = try TextPlanTests.frame()
        let texts = preparation.adding("text", .named(["review"]), TfidfVectorizer())
        let model = try texts.then(MultinomialNB()).fit(
            frame.dropping(columns: ["price"]), target: "liked")
        #expect(model.preparation.isSparse)
        #expect(try model.predict(frame).count == 60)
        #expect(try model.predictProba(frame).rows == 60)
        let trained = try TrainedModel(model.trained().encoded())
        #expect(try trained.predict(frame).values == .labels(model.predict(frame)))
        // What people wrote stays out of the file.
        #expect(trained.summary.sample == nil && trained.summary.references.map(\.column) == ["shop"])
    }

    @Test func numbersArePredicted() throws {
        let frame = try TextPlanTests.frame()
        let shops = ColumnTransformer().adding("cat", .named(["shop", "liked"]), OneHotEncoder())
        let model = try shops.then(Ridge()).fit(frame, target: "price")
        let predictions = try model.predict(frame)
        #expect(Set(predictions).count == 4)
        let trained = try TrainedModel(model.trained().encoded())
        #expect(try trained.predict(frame).values == .numbers(predictions))
    }

    @Test func fairClassifiersGetTheirGroups() throws {
        let frame = FairCombinationTests.frame
        let columns = ColumnTransformer().adding("num", .numbers, StandardScaler())
            .adding("cat", .named(["sex"]), OneHotEncoder())
        let fair = columns.then(ExponentiatedGradient(LogisticRegression(), maxIter: 8))
        let model = try fair.fit(frame, target: "hired", sensitive: ["sex"])
        let groups = try frame.labels(of: "sex")
        func gap(_ labels: Labels) throws -> Double {
            try FairnessMetric.demographicParityDifference.value(
                of: zip(
                    groups.classes.names,
                    GroupOutcomes.all(frame.labels(of: "hired"), labels, sensitive: groups, positive: "yes")
                ).map { ($0, $1) }
            ).get()
        }
        let plain = try columns.then(LogisticRegression()).fit(frame, target: "hired")
        #expect(try gap(model.predict(frame)) < gap(plain.predict(frame)) / 2)
        let trained = try TrainedModel(model.trained().encoded())
        #expect(try trained.predict(frame).values == .labels(model.predict(frame)))
        #expect(trained.summary.groupRules?.map(\.column) == ["sex"])
    }

    @Test func whatIsNotOfTheCatalogStaysInMemory() throws {
        let frame = try TextPlanTests.frame()
        let model = try preparation.then(PCA(nComponents: 2).then(GaussianNB())).fit(frame, target: "liked")
        #expect(try model.predict(frame).count == 60)
        #expect(try #require(throws: ApusError.self) { try model.trained() }.message.contains("catalog"))
        #expect(throws: ApusError.self) {
            try preparation.then(LogisticRegression(c: -1)).fit(frame, target: "liked")
        }
    }
}

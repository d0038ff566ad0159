import ApusCore
import ApusFrame
import ApusLearn
import Testing

@testable import Apus

@Suite struct FeatureSourcesTests {
    private let frame = TextPlanFrame.frame

    @Test func namesSayWhatAStepMadeOfWhichColumn() throws {
        let preparation = ColumnTransformer()
            .adding("both", .named(["price", "weight"]), PolynomialFeatures(degree: 2, includeBias: false))
            .adding("cat", .named(["shop"]), OneHotEncoder())
            .adding("text", .named(["review"]), CountVectorizer())
            .passing("rest", .named(["weight"]))
        let sources = FeatureSources(try preparation.fit(frame))
        // Squares come from one column, products from two.
        let names = sources.names
        #expect(names.prefix(3) == ["price", "weight", "shop"])
        #expect(names.contains("both__price weight") && names.contains("text__good"))
        #expect(!sources.isWhole)
        let counts = sources.groups.map(\.count)
        #expect(counts[0] == 2 && counts[1] == 3 && counts[2] == 2)
        #expect(sources.columns.prefix(3) == [0, 1, 2] && sources.features.prefix(3) == [nil, nil, nil])
    }

    @Test func theDefaultPreparationIsWhole() throws {
        let encoder = try FrameEncoder().fit(frame, features: ["price", "shop", "weight"])
        let sources = FeatureSources(encoder)
        #expect(sources.isWhole && sources.names == ["price", "shop", "weight"])
        #expect(sources.groups == [[0], [1, 2], [3]])
    }
}

private enum TextPlanFrame {
    static let frame: DataFrame =
        (try? DataFrame(columns: [
            Column("price", [1.0, 2, 3, 4]), Column("weight", [4.0, 1, 3, 3]), Column("shop", ["a", "b", "a", "b"]),
            Column("review", ["good", "bad", "good bad", ""]),
        ])) ?? DataFrame()
}

import ApusCore
import ApusEvaluation
import ApusFrame
import ApusLearn
import Synchronization
import Testing

@testable import Apus

/// Searches whose steps before the estimator are searched too, and what a journal is told of these steps.
@Suite struct PreparationSearchTests {
    /// Keeps what a search says it is about.
    private final class Listener: SearchJournal {
        private let parts = Mutex<[String: String]>([:])
        var heard: [String: String] { parts.withLock { $0 } }
        func begin(_ search: SearchIdentity) throws { parts.withLock { $0 = search.parts } }
        func outcome(candidate: Int, fold: Int) throws -> FoldOutcome? {
            FoldOutcome(scores: [0.5], fitSeconds: 0)
        }
        func record(_ outcome: FoldOutcome, candidate: Int, fold: Int) throws {}
    }

    private static func composed(_ strategy: SimpleImputer.Strategy = .median) -> ColumnTransformer {
        ColumnTransformer().adding("num", .numbers, SimpleImputer(strategy: strategy).then(StandardScaler()))
            .adding("shop", .named(["shop"]), OneHotEncoder(handleUnknown: .ignore))
            .adding("words", .named(["review"]), CountVectorizer())
    }

    private static func parts(_ change: (inout TrainingPlan) -> Void) throws -> [String: String] {
        var plan = TrainingPlan(target: "liked")
        plan.model = "logistic-regression"
        plan.dropped = ["review"]
        change(&plan)
        let listener = Listener()
        var search = TrainingSearch(["c": [1, 2]], .grid)
        search.journal = listener
        search.refit = false
        _ = try plan.search(search, on: TextPlanTests.frame())
        return listener.heard
    }

    @Test func aChangedPreparationChangesItsOwnPartOfTheIdentity() throws {
        func text(_ plan: inout TrainingPlan) {
            plan.dropped = []
            plan.text = ["review"]
        }
        func branches(_ plan: inout TrainingPlan) {
            plan.dropped = []
            plan.columnTransformer = composed()
        }
        func changed(
            _ base: (inout TrainingPlan) -> Void, _ change: (inout TrainingPlan) -> Void
        ) throws -> Set<String> {
            let before = try Self.parts(base)
            let after = try Self.parts {
                base(&$0)
                change(&$0)
            }
            return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        }
        func composed(_ strategy: SimpleImputer.Strategy = .median) -> ColumnTransformer { Self.composed(strategy) }
        #expect(try changed({ _ in }, { _ in }) == [])
        #expect(try changed({ _ in }, { $0.scale = true }) == ["scaling"])
        #expect(try changed({ _ in }, text) == ["features", "text columns", "vectorizer"])
        #expect(try changed(text, { $0.vectorizer = .count }) == ["vectorizer"])
        #expect(try changed(text, { $0.settings.append(("vectorizer.min_df", "2")) }) == ["vectorizer"])
        // The default said aloud is no change.
        #expect(try changed(text, { $0.settings.append(("vectorizer.min_df", "1")) }) == [])
        #expect(try changed({ _ in }, { $0.balance = Balancing(.smote) }) == ["balancing"])
        #expect(
            try changed(
                { $0.balance = Balancing(.smote) }, { $0.balance = Balancing(.smote, settings: [("k_neighbors", "3")]) }
            )
                == ["balancing"])
        #expect(try changed({ _ in }, { $0.calibration = .sigmoid }) == ["calibration"])
        #expect(try changed({ _ in }, { $0.thresholdScore = "f1" }) == ["threshold"])
        #expect(try changed(branches, { $0.columnTransformer = composed(.mean) }) == ["preparation num"])
        #expect(
            try changed(
                branches,
                {
                    $0.columnTransformer = Self.composed()
                    $0.columnTransformer?.remainder = .passthrough
                    $0.dropped = []
                }) == ["column transformer"])
        // Steps without parameters count too.
        #expect(SimpleImputer().then(MaxAbsScaler()).identity != SimpleImputer().then(ClosureTransformer()).identity)
        #expect(StandardScaler().identity.hasPrefix("standard-scaler {"))
        #expect(
            try changed(
                branches, { $0.columnTransformer = $0.columnTransformer?.adding("all", .numbers, MinMaxScaler()) })
                == ["column transformer", "preparation all"])
        #expect(try changed({ _ in }, { $0.groups = "shop" }).isSuperset(of: ["features"]))
    }

    @Test func everyStepBeforeTheEstimatorCanBeSearched() throws {
        let frame = try TextPlanTests.frame()
        var plan = TrainingPlan(target: "liked")
        plan.model = "logistic-regression"
        plan.text = ["review"]
        plan.vectorizer = .count
        plan.balance = Balancing(.smote)
        var search = TrainingSearch(
            [
                "vectorizer.ngram_range": ["1-1", "1-2"], "balance.k_neighbors": [2, 4],
                "preparation.numeric_imputation": ["mean", "median"], "logisticRegression.c": [1, 2],
            ], .grid)
        let found = try plan.search(search, on: frame)
        #expect(found.candidates.count == 16 && found.candidates.allSatisfy { $0.failure == nil })
        let names = Set(found.best.parameters.keys)
        #expect(names == ["vectorizer.ngramRange", "balance.kNeighbors", "preparation.numericImputation", "c"])
        // What was found for the vectorizer is what the model has.
        search.space = ["vectorizer.ngram_range": ["2-2"]]
        let pairs = try #require(try plan.search(search, on: frame).refit).model
        #expect(pairs.encoder.featureNames.filter { $0.hasPrefix("review__") }.allSatisfy { $0.contains(" ") })
        #expect(pairs.summary.balance?.method == "smote")
        plan.text = []
        plan.balance = nil
        plan.columnTransformer = Self.composed()
        search.space = [
            "preparation.num.simpleImputer.strategy": ["mean", "median"], "preparation.words.min_df": [1, 3],
        ]
        let branches = try plan.search(search, on: frame)
        #expect(branches.candidates.count == 4 && branches.candidates.allSatisfy { $0.failure == nil })
        for (space, reason) in [
            (["vectorizer.min_df": [1]] as SearchSpace, "no parameter vectorizer.min_df"),
            (["preparation.num.strategi": [1]], "num.simpleImputer.strategy"),
            (["preparation.num.simpleImputer.strategy": ["mode"]], "strategy is mode"),
            (["balance.k_neighbors": [1]], "no parameter balance.k_neighbors"),
        ] {
            search.space = space
            let error = try #require(throws: ApusError.self) { try plan.search(search, on: frame) }
            #expect(error.message.contains(reason), "\(error.message)")
        }
    }
}

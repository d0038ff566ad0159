import ApusCore
import Testing

private enum Flavour: String, ParameterConvertible, Codable, CaseIterable { case sweet, sourSalty }

private struct Recipe: Estimator {
    static let catalogName = "recipe"
    var maxDepth: Int? = nil
    var learningRate = 0.1
    var flavour = Flavour.sweet
    var warm = true
    var seed: UInt32 = 0

    static let parameters: [Parameter<Recipe>] = [
        Parameter("maxDepth", \.maxDepth, .optional(.atLeast(1)), "how deep"),
        Parameter("learningRate", \.learningRate, .positive, "how fast"),
        Parameter("flavour", \.flavour, .choice(Flavour.allCases.map(\.rawValue)), "how it tastes"),
        Parameter("warm", \.warm, .flag, "whether it is warm"),
        Parameter("seed", \.seed, .seed, "where the draws start"),
    ]
}

@Suite struct ParameterTests {
    @Test func setsByEitherSpelling() throws {
        var recipe = Recipe()
        try Recipe.parameter(named: "max_depth").set(text: "3", in: &recipe)
        try Recipe.parameter(named: "learningRate").set(text: "1e-3", in: &recipe)
        try Recipe.parameter(named: "flavour").set(text: "sour_salty", in: &recipe)
        try Recipe.parameter(named: "warm").set(text: "false", in: &recipe)
        try Recipe.parameter(named: "seed").set(text: "4294967295", in: &recipe)
        #expect(recipe == Recipe(maxDepth: 3, learningRate: 1e-3, flavour: .sourSalty, warm: false, seed: .max))
        try Recipe.parameter(named: "maxDepth").set(text: "None", in: &recipe)
        #expect(recipe.maxDepth == nil)
    }

    @Test(arguments: [
        ("maxDepth", "0"), ("maxDepth", "2.5"), ("maxDepth", "deep"), ("learningRate", "0"), ("learningRate", "nan"),
        ("learningRate", "inf"), ("learningRate", "-1"), ("flavour", "bitter"), ("warm", "perhaps"), ("seed", "-1"),
        ("seed", "4294967296"), ("maxDepth", "99999999999999999999"),
    ])
    func refusesIllegalTexts(_ name: String, _ text: String) throws {
        var recipe = Recipe()
        let parameter = try Recipe.parameter(named: name)
        let error = try #require(throws: ApusError.self) { try parameter.set(text: text, in: &recipe) }
        #expect(error.code == .invalidParameter)
        #expect(error.message.hasPrefix(name))
        #expect(recipe == Recipe())
    }

    @Test func validatesWhatWasSetInCode() {
        #expect(throws: ApusError.self) { try Recipe(maxDepth: -1).validateParameters() }
        #expect(throws: ApusError.self) { try Recipe(learningRate: .nan).validateParameters() }
        #expect(throws: Never.self) { try Recipe(maxDepth: 4).validateParameters() }
    }

    @Test func listsTheNamesForAnUnknownOne() throws {
        let error = try #require(throws: ApusError.self) { try Recipe.parameter(named: "depth") }
        #expect(error.message.contains("maxDepth, learningRate, flavour"))
    }

    @Test func roundTripsThroughValues() throws {
        let recipe = Recipe(maxDepth: 5, learningRate: 0.25, flavour: .sourSalty, warm: false, seed: 9)
        #expect(try Recipe(parameters: recipe.parameterValues) == recipe)
    }

    @Test func explainsWhatIsLegal() {
        #expect(LegalValues.positive.explanation == "a number above 0")
        #expect(LegalValues.optional(.atLeast(1)).explanation == "none or a whole number of at least 1")
        #expect(LegalValues.fraction.explanation == "a number of at least 0 and of at most 1")
    }
}

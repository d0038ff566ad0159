import ApusCore
import Testing

@testable import ApusLearn

/// The parts that `TreeGrowth` is put together from, one by one.
@Suite struct TreePartsTests {
    @Test func treeRandomDrawsTheReferencesNumbers() {
        var random = TreeRandom(seed: 42)
        let whole = 0..<Int(1) << 31
        #expect((0..<3).map { _ in random.integer(in: whole) } == [1_774_773_328, 1_561_411_793, 1_415_581_908])
        var again = TreeRandom(seed: 42)
        #expect(again.integer(in: 5..<12) == 5 + 1_774_773_328 % 7)
        #expect(again.number(from: -1, to: 3) == 4.0 * 1_561_411_793.0 / 2_147_483_647.0 - 1.0)
    }

    @Test func featureOrderTriesEachFeatureOnceAndPastConstantOnes() {
        var order = FeatureOrder(count: 6, visits: 2)
        var random = TreeRandom(seed: 1)
        var tried: [Int] = []
        // Only feature 4 can split this node: the search goes on until it is found.
        let constants = order.visit(knownConstants: 0, random: &random) { feature, _ in
            tried.append(feature)
            return feature == 4
        }
        #expect(Set(tried).count == tried.count)
        #expect(tried.last == 4 || tried.count == 2)
        #expect(tried.contains(4))
        #expect(constants == tried.count { $0 != 4 })
        // Below this node none of those is tried again.
        let known = tried.filter { $0 != 4 }
        var below: [Int] = []
        _ = order.visit(knownConstants: constants, random: &random) { feature, _ in
            below.append(feature)
            return true
        }
        #expect(!below.isEmpty)
        #expect(below.allSatisfy { !known.contains($0) })
    }

    @Test func improvementHeapGivesTheGreatestFirst() {
        var random = RandomState(seed: 3)
        let values = random.integers(in: 0..<40, count: 200)
        var heap = ImprovementHeap<Int>()
        var popped: [Int] = []
        for (k, value) in values.enumerated() {
            heap.push(value, priority: Double(value))
            if k % 3 == 2, let top = heap.pop() { popped.append(top) }
        }
        var rest: [Int] = []
        while let top = heap.pop() { rest.append(top) }
        #expect(rest == rest.sorted(by: >))
        #expect((popped + rest).sorted() == values.sorted())
    }

    @Test func sampleCountRoundsFractionsUp() throws {
        #expect(SampleCount.count(7).resolved(samples: 100) == 7)
        #expect(SampleCount.fraction(0.07).resolved(samples: 100) == 8)
        #expect(SampleCount.fraction(0.5).resolved(samples: 3) == 2)
        for name in ["min_samples_leaf", "minSamplesSplit"] {
            let parameter = try DecisionTreeRegressor.parameter(named: name)
            var estimator = DecisionTreeRegressor()
            try parameter.set(text: "12", in: &estimator)
            #expect(parameter.value(in: estimator) == .int(12))
            try parameter.set(text: "0.25", in: &estimator)
            #expect(parameter.value(in: estimator) == .double(0.25))
            #expect(throws: ApusError.self) { try parameter.set(text: "some", in: &estimator) }
        }
    }

    @Test func treeParametersAreTheSameForBothTrees() {
        let both = DecisionTreeRegressor.growthParameters.map(\.name)
        #expect(DecisionTreeClassifier.growthParameters.map(\.name) == both)
        #expect(DecisionTreeRegressor.parameters.map(\.name) == ["criterion", "splitter"] + both)
        #expect(TreeSplitter.allCases.map(\.rawValue) == ["best", "random", "histogram"])
    }

    @Test func treeBuilderResolvesCountsAndFractions() {
        let estimator = DecisionTreeClassifier(
            minSamplesSplit: 0.1, minSamplesLeaf: 0.2, minWeightFractionLeaf: 0.25, maxFeatures: .sqrt)
        let builder = estimator.builder(samples: 41, features: 17, totalWeight: 8)
        #expect(builder.leaf.rows == 9 && builder.minSamplesSplit == 18 && builder.leaf.weight == 2)
        #expect(builder.maxFeatures == 4)
        #expect(MaxFeatures.log2.resolved(features: 17) == 4)
        #expect(MaxFeatures.fraction(0.5).resolved(features: 17) == 8)
        #expect(MaxFeatures.fraction(0.01).resolved(features: 17) == 1)
    }
}

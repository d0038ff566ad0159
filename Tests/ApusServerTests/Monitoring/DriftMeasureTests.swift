import ApusTestSupport
import Foundation
import Testing

@testable import ApusServer

@Suite struct DriftMeasureTests {
    @Test func distancesAndTestsOfCountsAreTheReferences() throws {
        for example in try Oracle("drift/counts").array("cases") {
            let (reference, window) = (try example.doubles("reference"), try example.doubles("window"))
            func close(_ value: Double?, _ key: String) throws {
                expectClose(
                    try #require(value), try example.double(key), relative: 1e-10, absolute: 1e-14,
                    "\(example) \(key)")
            }
            try close(DriftMeasure.populationStability(reference, window), "psi")
            try close(DriftMeasure.jensenShannon(reference, window), "jensen_shannon")
            try close(DriftMeasure.kolmogorovSmirnov(reference, window)?.statistic, "ks")
            try close(DriftMeasure.kolmogorovSmirnov(reference, window)?.pValue, "ks_p")
            try close(DriftMeasure.chiSquare(reference, window)?.statistic, "chi_square")
            try close(DriftMeasure.chiSquare(reference, window)?.pValue, "chi_square_p")
        }
    }

    @Test func wassersteinDistancesAreTheReferences() throws {
        for example in try Oracle("drift/wasserstein").array("cases") {
            func atoms(_ side: String) throws -> [(value: Double, count: Double)] {
                zip(try example.doubles(side), try example.doubles("\(side)_counts")).map { (value: $0, count: $1) }
            }
            let distance = try #require(DriftMeasure.wasserstein(atoms("u"), atoms("v")))
            expectClose(distance, try example.double("distance"), relative: 1e-12, "\(example)")
        }
    }

    @Test func tailsAreTheReferences() throws {
        let oracle = try Oracle("drift/tails")
        for example in try oracle.array("kolmogorov") {
            expectClose(
                Tails.kolmogorov(try example.double("value")), try example.double("p"), relative: 1e-11,
                absolute: 1e-15, "\(example)")
        }
        for example in try oracle.array("chi_square") {
            let p = try #require(
                Tails.chiSquare(try example.double("value"), degrees: try example.int("degrees")))
            expectClose(p, try example.double("p"), relative: 1e-10, absolute: 1e-15, "\(example)")
        }
        #expect(Tails.chiSquare(3, degrees: 0) == nil)
        #expect(Tails.chiSquare(.nan, degrees: 2) == nil)
        #expect(Tails.chiSquare(.infinity, degrees: 2) == 0)
        #expect(Tails.chiSquare(-1, degrees: 2) == 1)
    }

    @Test func intervalsOfSharesAreTheReferences() throws {
        for example in try Oracle("drift/shares").array("cases") {
            let share = Proportion(try example.int("hits"), of: try example.int("rows"))
            let interval = try #require(share.interval)
            expectClose(interval.lowerBound, try example.double("low"), absolute: 1e-12, "\(example)")
            expectClose(interval.upperBound, try example.double("high"), absolute: 1e-12, "\(example)")
        }
        #expect(Proportion(0, of: 0).value == nil && Proportion(0, of: 0).interval == nil)
    }

    /// Newcombe (1998), table II: 56/70 against 48/80.
    @Test func intervalsOfDifferencesAreThePublishedOnes() throws {
        let difference = try #require(Proportion(56, of: 70).difference(from: Proportion(48, of: 80)))
        #expect(abs(difference.value - 0.2) < 1e-12)
        #expect(abs(difference.interval.lowerBound - 0.0524) < 5e-5)
        #expect(abs(difference.interval.upperBound - 0.3339) < 5e-5)
        #expect(Proportion(1, of: 2).difference(from: Proportion(0, of: 0)) == nil)
    }

    @Test func nothingIsSaidOfNothing() {
        let (empty, some) = ([0.0, 0, 0], [1.0, 2, 3])
        #expect(DriftMeasure.populationStability(some, empty) == nil)
        #expect(DriftMeasure.populationStability(empty, some) == nil)
        #expect(DriftMeasure.populationStability([], []) == nil)
        #expect(DriftMeasure.jensenShannon(some, empty) == nil)
        #expect(DriftMeasure.chiSquare(empty, empty) == nil)
        #expect(DriftMeasure.chiSquare([3, 0], [4, 0]) == nil)
        #expect(DriftMeasure.kolmogorovSmirnov(some, empty) == nil)
        #expect(DriftMeasure.wasserstein([], [(value: 1, count: 1)]) == nil)
        #expect(DriftMeasure.jensenShannon([1, 0], [0, 1]) == 1)
    }

    @Test func theIndexOfUnchangedSamplesIsAboutTheExpectedOne() throws {
        var random = SystemSeed(7)
        let reference = [Double](repeating: 1000, count: 10)
        var sum = 0.0
        for _ in 0..<200 {
            var window = [Double](repeating: 0, count: 10)
            for _ in 0..<300 { window[Int.random(in: 0..<10, using: &random)] += 1 }
            sum += DriftMeasure.populationStability(reference, window) ?? .nan
        }
        let expected = try #require(DriftMeasure.expectedStability(bins: 10, 10_000, 300))
        // The reference is no sample here, so its part of the expectation falls away.
        #expect(abs(sum / 200 - expected) < 0.15 * expected)
    }
}

/// A generator that gives the same numbers in every run.
struct SystemSeed: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

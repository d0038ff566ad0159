import ApusCore
import ApusDatasets
import ApusFrame
import ApusTestSupport
import Testing

@Suite struct BundledDatasetTests {
    @Test(arguments: BundledDataset.all)
    func everyValueIsTheReferences(dataset: BundledDataset) throws {
        let oracle = try Oracle("datasets/\(dataset.name)")
        // No cell of these files has a quote or a comma in it.
        let lines = dataset.text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        let rows = Array(lines.dropFirst())
        #expect(try lines[0] == oracle.strings("feature_names") + [dataset.target])
        #expect(try [dataset.rows, dataset.features] == oracle.ints("shape"))
        #expect(rows.count == dataset.rows && rows.allSatisfy { $0.count == dataset.features + 1 })

        let values = rows.map { row in row.dropLast().compactMap { Double($0) } }
        expectBitwise(values[0], try oracle.doubles("first"))
        expectBitwise(values[rows.count - 1], try oracle.doubles("last"))
        #expect(try values.joined().reduce(0) { $0 &+ $1.bitPattern } == oracle.integer("bits", as: UInt64.self))

        let targets = rows.compactMap(\.last)
        let y = dataset.name.hasPrefix("di") ? Labels(targets.compactMap { Int($0) }) : Labels(targets)
        #expect(try y.counts == oracle.ints("target_counts"))
        let order = y.codes.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        #expect(try order == oracle.int("target_order"))
        if dataset.task == .classification, dataset.name != "digits" {
            #expect(try y.classes == .strings(oracle.strings("target_values")))
        }
    }

    @Test func aDataSetIsFoundByNameAndAWrongNameGetsTheList() throws {
        #expect(try BundledDataset.named("Breast_Cancer") == .breastCancer)
        let error = #expect(throws: ApusError.self) { try BundledDataset.named("irises") }
        #expect(
            error?.message
                == "There is no data set irises; there are breast-cancer, diabetes, diabetes-raw, digits, iris, wine. "
                + "Did you mean iris?")
    }

    @Test func theSourcesAndTheirLicencesComeAlong() {
        for dataset in BundledDataset.all {
            #expect(BundledDataset.sources.contains("`\(dataset.name).csv`"))
        }
        #expect(BundledDataset.referenceLicense.contains("Redistribution and use in source and binary forms"))
    }
}

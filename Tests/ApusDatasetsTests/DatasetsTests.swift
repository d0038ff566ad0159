import ApusCore
import ApusFrame
import ApusTestSupport
import Foundation
import Testing

@testable import ApusDatasets

@Suite struct DatasetsTests {
    let folder = TemporaryFolder()

    @Test func theListSaysWhatThereIsAndWhere() throws {
        let none = DataFolder(path: folder.path, isChosen: true)
        let all = Datasets.all(in: none)
        #expect(
            all.map(\.name) == [
                "adult", "breast-cancer", "diabetes", "diabetes-raw", "digits", "iris", "mnist", "wine",
            ])
        let adult = try #require(all.first)
        #expect([adult.rows, adult.features] == [48_842, 14] && adult.target == "income")
        #expect(adult.availability.description == "to fetch")
        #expect(all[5].availability.description == "bundled" && all[6].rows == 70_000 && all[6].features == 784)

        try folder.write([1], to: "adult/adult.data")
        #expect(Datasets.all(in: none)[0].availability == .toFetch)
        try folder.write([1], to: "adult/adult.test")
        #expect(Datasets.all(in: none)[0].availability.description == "in \(folder.path)/adult")
        for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"] {
            try folder.write([1], to: "mnist/\(name)")
        }
        #expect(none.missingFiles(of: .mnist) == ["t10k-labels-idx1-ubyte.gz"])
    }

    @Test(arguments: BundledDataset.all)
    func aBundledDataSetIsAFrameWithATarget(dataset: BundledDataset) throws {
        let frame = try Datasets.load(dataset.name.uppercased())
        #expect(frame.rowCount == dataset.rows && frame.columns.count == dataset.features + 1)
        #expect(frame.columnNames(in: .target) == [dataset.target])
        #expect(frame.missingCounts.allSatisfy { $0.count == 0 })
        #expect(try frame.suggestedTask(of: dataset.target) == dataset.task)
        #expect(try Datasets.named(dataset.name).availability == .bundled)
    }

    @Test func theMatricesHaveTheReferencesBits() throws {
        func check(_ name: String, _ x: Matrix, _ names: [String]) throws {
            let oracle = try Oracle("datasets/\(name)")
            #expect(try [x.rows, x.columns] == oracle.ints("shape"))
            #expect(try names == oracle.strings("feature_names"))
            expectBitwise(x.row(0), try oracle.doubles("first"))
            expectBitwise(x.row(x.rows - 1), try oracle.doubles("last"))
            #expect(try x.values.reduce(0) { $0 &+ $1.bitPattern } == oracle.integer("bits", as: UInt64.self))
        }
        for (name, sample) in [
            ("iris", try Datasets.iris()), ("wine", try Datasets.wine()), ("digits", try Datasets.digits()),
            ("breast-cancer", try Datasets.breastCancer()),
        ] {
            try check(name, sample.x, sample.featureNames)
            let oracle = try Oracle("datasets/\(name)")
            #expect(try sample.y.counts == oracle.ints("target_counts"))
            let order = sample.y.codes.enumerated().reduce(0) { $0 + $1.offset * $1.element }
            #expect(try order == oracle.int("target_order"))
        }
        for (name, sample) in [
            ("diabetes", try Datasets.diabetes()), ("diabetes-raw", try Datasets.diabetes(scaled: false)),
        ] {
            try check(name, sample.x, sample.featureNames)
            let oracle = try Oracle("datasets/\(name)")
            #expect(try sample.y[0] == Double(oracle.int("first_target")) && sample.y.count == 442)
            #expect(try Labels(sample.y.map { Int($0) }).counts == oracle.ints("target_counts"))
        }
    }

    @Test func aWrongNameGetsTheNearestAndTheList() {
        func message(_ name: String) -> String? {
            let error = #expect(throws: ApusError.self) { try Datasets.load(name) }
            #expect(error?.code == .unknownName)
            return error?.message
        }
        #expect(
            message("mnits")
                == "There is no data set mnits; there are adult, breast-cancer, diabetes, diabetes-raw, digits, iris, "
                + "mnist, wine. Did you mean mnist?")
        #expect(message("Breast Cancer")?.hasSuffix("Did you mean breast-cancer?") == true)
        #expect(message("titanic")?.hasSuffix("wine. Did you mean openml:titanic?") == true)
        #expect(message("zzyzx-quux")?.hasSuffix("wine.") == true)
        #expect(message(String(repeating: "iris", count: 100_000))?.hasSuffix("wine.") == true)
        #expect(message("")?.hasSuffix("wine.") == true)
    }

    @Test func aDataSetThatWasNotFetchedSaysHowToGetIt() {
        let error = #expect(throws: ApusError.self) {
            try Datasets.load("adult", in: DataFolder(path: folder.path, isChosen: true))
        }
        #expect(error?.code == .unavailable)
        #expect(
            error?.message
                == "The data set adult is not on this machine (there is no adult.data in \(folder.path)/adult); run "
                + "`apus data fetch adult`, or set APUS_DATA to a folder that holds adult/.")
    }

    @Test func damagedFilesAreErrorsThatNameThem() throws {
        let place = DataFolder(path: folder.path, isChosen: true)
        for file in FetchedDataset.mnist.files { try folder.write([0x1F, 0x8B, 8, 0], to: "mnist/\(file.name)") }
        let mnist = #expect(throws: ApusError.self) { try Datasets.load("mnist", in: place) }
        #expect(mnist?.message.hasPrefix("\(folder.path)/mnist/train-images-idx3-ubyte.gz ends too early") == true)
        try folder.write(Array("1, 2\n".utf8), to: "adult/adult.data")
        try folder.write([], to: "adult/adult.test")
        let adult = #expect(throws: ApusError.self) { try Datasets.load("adult", in: place) }
        #expect(adult?.message.hasPrefix("\(folder.path)/adult/adult.data, line 1: there are 2 fields") == true)
        try folder.write([UInt8](repeating: 44, count: 9 << 20), to: "adult/adult.data")
        #expect(throws: ApusError.self) { try Datasets.load("adult", in: place) }
    }

    @Test func theDataFolderIsTheChosenOneOrThePlatforms() {
        #expect(DataFolder.current(["APUS_DATA": "/d", "HOME": "/h"]) == DataFolder(path: "/d", isChosen: true))
        let ours = DataFolder.current(["APUS_DATA": "", "HOME": "/h", "XDG_CACHE_HOME": "relative"])
        #if os(macOS)
        #expect(ours == DataFolder(path: "/h/Library/Caches/apus", isChosen: false))
        #else
        #expect(ours == DataFolder(path: "/h/.cache/apus", isChosen: false))
        #expect(DataFolder.current(["XDG_CACHE_HOME": "/x", "HOME": "/h"]).path == "/x/apus")
        #endif
    }

    @Test func fetchingWhatIsBundledDoesNothing() async throws {
        let nowhere = try #require(URL(string: "http://127.0.0.1:1/"))
        let place = DataFolder(path: folder.path, isChosen: true)
        #expect(try await Datasets.fetch("iris", from: nowhere, into: place) == "")
        #expect(folder.names == [])
    }

    @Test func picturesBecomeColumnsOfPixels() throws {
        let images = (0..<3 * 784).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let files = MNISTFiles(images: [images[..<1568], images[1568...]], digits: [5, 0, 4])
        let frame = try files.frame(target: "digit")
        #expect(frame.columnNames == (0..<784).map { "pixel\($0)" } + ["digit"])
        #expect(try frame.labels(of: "digit").integers == [5, 0, 4])
        for (place, column) in frame.columns.dropLast().enumerated() {
            #expect(column == Column("pixel\(place)", [0, 1, 2].map { Int(images[$0 * 784 + place]) }))
        }
    }

    @Test func bothFormsOfTheAdultFilesGiveTheSameRows() throws {
        let fields = (1...14).map { "\($0)" }.joined(separator: ", ")
        let published = "|1x3 Cross validator\n\(fields), <=50K.\n\(fields), >50K.\n\n"
        let rewritten = "age, workclass\n\(fields), <=50K\r\n\(fields), >50K"
        for text in [published, rewritten] {
            var csv: [UInt8] = []
            try AdultFiles.append(Array(text.utf8), to: &csv, rows: 2, name: "adult.test")
            #expect(String(decoding: csv, as: UTF8.self) == "\(fields), <=50K\n\(fields), >50K\n")
        }
        var csv: [UInt8] = []
        let error = #expect(throws: ApusError.self) {
            try AdultFiles.append(Array(published.utf8), to: &csv, rows: 3, name: "adult.test")
        }
        #expect(error?.message == "adult.test holds 2 rows where 3 belong; get the file again.")
    }
}

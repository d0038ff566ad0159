import ApusCore
import ApusFrame
import Crypto
import Foundation
import Testing

@testable import ApusDatasets

/// The real files, where `APUS_DATA` names a folder that holds them.
@Suite struct PublishedDataTests {
    static let place = DataFolder.current()
    static func holds(_ dataset: FetchedDataset) -> Bool {
        place.isChosen && place.missingFiles(of: dataset).isEmpty
    }

    @Test(.enabled(if: holds(.adult))) func adultHasTheKnownRows() throws {
        let frame = try Datasets.load("adult", in: Self.place)
        #expect(frame.shape == (48_842, 15))
        #expect(frame.columnNames(in: .target) == ["income"])
        #expect(try frame.labels(of: "income").classes == .strings(["<=50K", ">50K"]))
        #expect(try frame.labels(of: "income").counts == [37_155, 11_687])
        let missing = frame.missingCounts.filter { $0.count > 0 }
        #expect(missing.map(\.column) == ["workclass", "occupation", "native-country"])
        #expect(missing.map(\.count) == [2799, 2809, 857])
        #expect(frame.cells(ofRow: 0).prefix(4) == [39, "State-gov", 77_516, "Bachelors"])
        #expect(frame.cells(ofRow: 32_561).prefix(4) == [25, "Private", 226_802, "11th"])
        let whole = frame.columns.filter { $0.type == .int }.map(\.name)
        #expect(
            whole == ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"])
    }

    /// What the publisher offers, made from whichever form of the files is there: a checksum proves that it is the same.
    @Test(.enabled(if: holds(.adult))) func theAdultFilesArePublishedUnderTheChecksumsWeKnow() async throws {
        let source = Self.place.path(of: .adult)
        let folder = TemporaryFolder()
        let place = DataFolder(path: folder.path, isChosen: false)
        for (file, rows) in zip(FetchedDataset.adult.files, AdultFiles.rows) {
            let isTest = file.name == "adult.test"
            var csv: [UInt8] = []
            let bytes = try DataFolder.content(of: file.name, in: source, limit: 8 << 20)
            try AdultFiles.append(bytes, to: &csv, rows: rows, name: file.name)
            let lines = csv.dropLast().split(separator: UInt8(ascii: "\n"))
            let text = Array(lines.joined(separator: Array((isTest ? ".\n" : "\n").utf8)))
            let published = Array((isTest ? "|1x3 Cross validator\n" : "").utf8) + text
            let content = published + Array((isTest ? ".\n\n" : "\n\n").utf8)
            let hash = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
            #expect(content.count == file.size && file.digest == .sha256(hash), "\(file.name)")

            let server = try TestServer(content, [.cut(after: 1_000_000), .right])
            defer { server.close() }
            var fetcher = FileFetcher(
                mirrors: [server.url], folder: place.path(of: .adult), command: "apus data fetch adult")
            fetcher.pause = .milliseconds(5)
            try await fetcher.fetch([file], progress: nil)
        }
        let nowhere = try #require(URL(string: "http://127.0.0.1:1/"))
        #expect(try await Datasets.fetch("adult", from: nowhere, into: place) == "\(folder.path)/adult")
        #expect(try Datasets.load("adult", in: place) == Datasets.load("adult", in: Self.place))
    }

    @Test(.enabled(if: holds(.adult))) func aChosenFolderThatHoldsTheDataIsLeftAsItIs() async throws {
        let nowhere = try #require(URL(string: "http://127.0.0.1:1/"))
        #expect(
            try await Datasets.fetch("adult", from: nowhere, into: Self.place) == Self.place.path(of: .adult))
    }

    @Test(.enabled(if: holds(.mnist))) func mnistHasTheKnownPictures() throws {
        let files = try MNISTFiles(folder: Self.place.path(of: .mnist))
        let train = Labels(files.digits.prefix(60_000).map { Int($0) })
        #expect(train.counts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
        let test = Labels(files.digits.suffix(10_000).map { Int($0) })
        #expect(test.counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
        // With the headers before them, the files decompressed have checksums that are widely known.
        let hashes = zip(files.images, [60_000, 10_000]).map { pixels, count in
            var hash = SHA256()
            let shape = [count, 28, 28].flatMap { length -> [UInt8] in [0, 0, UInt8(length >> 8), UInt8(length & 255)] }
            let header: [UInt8] = [0, 0, 8, 3] + shape
            hash.update(data: header)
            pixels.withUnsafeBytes { hash.update(bufferPointer: $0) }
            return hash.finalize().map { String(format: "%02x", $0) }.joined()
        }
        #expect(
            hashes == [
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ])
    }
}

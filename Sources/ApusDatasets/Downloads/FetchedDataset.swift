import ApusFrame
import Foundation

/// A data set that is too large to come with Apus: facts, and the files it is read from.
struct FetchedDataset: Sendable, Hashable {
    /// How the files are read.
    enum Format: Sendable, Hashable { case mnist, adult }

    let name: String
    let summary: String
    let target: String
    let task: LearningTask
    let rows: Int
    let features: Int
    let source: String
    let license: String
    let format: Format
    /// The folders on the net that hold the files; the first is asked first.
    let mirrors: [URL]
    let files: [PublishedFile]

    static let all = [adult, mnist]

    // Sizes and checksums are those of the files that the publishers have offered since they first appeared.
    static let adult = FetchedDataset(
        name: "adult",
        summary: "People in the census of the United States of 1994: who earns more than $50,000 a year?",
        target: "income", task: .classification, rows: AdultFiles.rows.reduce(0, +), features: 14,
        source: "B. Becker and R. Kohavi, UCI Machine Learning Repository (1996)", license: "CC BY 4.0", format: .adult,
        mirrors: urls("https://archive.ics.uci.edu/ml/machine-learning-databases/adult/"),
        files: [
            PublishedFile(
                name: "adult.data", size: 3_974_305,
                sha256: "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"),
            PublishedFile(
                name: "adult.test", size: 2_003_153,
                sha256: "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"),
        ])

    static let mnist = FetchedDataset(
        name: "mnist", summary: "Handwritten digits, by the brightness from 0 to 255 of 28 × 28 pixels.",
        target: "digit", task: .classification, rows: MNISTFiles.rows.reduce(0, +), features: MNISTFiles.pixels,
        source: "Y. LeCun, C. Cortes and C. J. C. Burges (1998)", license: "CC BY-SA 3.0", format: .mnist,
        mirrors: urls(
            "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        files: [
            PublishedFile(
                name: "train-images-idx3-ubyte.gz", size: 9_912_422,
                sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            PublishedFile(
                name: "train-labels-idx1-ubyte.gz", size: 28_881,
                sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            PublishedFile(
                name: "t10k-images-idx3-ubyte.gz", size: 1_648_877,
                sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            PublishedFile(
                name: "t10k-labels-idx1-ubyte.gz", size: 4542,
                sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ])

    private static func urls(_ texts: String...) -> [URL] { texts.compactMap { URL(string: $0) } }

    /// Throws unless the files in a folder, published or rewritten, hold the whole data set.
    func check(in folder: String) throws {
        switch format {
        case .mnist: _ = try MNISTFiles(folder: folder)
        case .adult: _ = try AdultFiles.csv(in: folder)
        }
    }
}

import ApusCore
import ApusFrame
import CApusData

/// A small real data set that comes with Apus, as CSV text with a header.
///
///     let iris = try BundledDataset.named("iris")
///     iris.target                    // "species"
///     iris.text                      // "sepal length (cm),...,species\n5.1,3.5,1.4,0.2,setosa\n..."
///
/// The text is part of the program, which needs no file beside it. The doubles in it are those of the reference's copy,
/// bit for bit; `sources` has the whole story.
public struct BundledDataset: Sendable, Hashable {
    /// The name in commands, and of the file without `.csv`.
    public let name: String
    /// What the rows are and what is asked, in one sentence.
    public let summary: String
    /// The column to predict; all others are features.
    public let target: String
    /// Whether a class or a number is to be predicted.
    public let task: LearningTask
    /// Number of rows.
    public let rows: Int
    /// Number of features.
    public let features: Int
    /// Who made the data, and when they were published.
    public let source: String
    /// Under what licence they are passed on.
    public let license: String
    private let file: apus_file

    /// Every bundled data set, in the order of the names.
    public static let all = [breastCancer, diabetes, diabetesRaw, digits, iris, wine]

    /// The data set called `name`; underscores count as hyphens.
    ///
    /// - Throws: `ApusError` with code `unknownName`, listing the names there are.
    public static func named(_ name: String) throws -> BundledDataset {
        if let found = all.first(where: { $0.name == DatasetName.spelled(name) }) { return found }
        throw DatasetName.unknown(name, among: all.map(\.name))
    }

    /// The CSV text as UTF-8: a header, then a line for each row, with the target in the last column.
    public var csv: [UInt8] { BundledDataset.bytes(of: file) }

    /// The CSV text.
    public var text: String { String(decoding: csv, as: UTF8.self) }

    /// Where every bundled data set comes from, what was changed and under what licence it is passed on, in Markdown.
    public static var sources: String { String(decoding: bytes(of: .sources), as: UTF8.self) }

    /// The licence of scikit-learn, whose copies of the data these are.
    public static var referenceLicense: String { String(decoding: bytes(of: .license), as: UTF8.self) }

    private static func bytes(of file: apus_file) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: apus_file_size(file))
        apus_file_copy(file, &bytes)
        return bytes
    }
}

extension BundledDataset {
    private static let creativeCommons = "CC BY 4.0"

    /// 150 irises of three species, by the length and width of sepals and petals.
    public static let iris = BundledDataset(
        name: "iris", summary: "Irises of three species, by the length and width of their sepals and petals.",
        target: "species", task: .classification, rows: 150, features: 4, source: "R. A. Fisher (1936)",
        license: creativeCommons, file: .iris)

    /// 178 wines of three growers, by chemical analysis.
    public static let wine = BundledDataset(
        name: "wine", summary: "Italian wines of three growers, by chemical analysis.", target: "class",
        task: .classification, rows: 178, features: 13, source: "S. Aeberhard and M. Forina (1992)",
        license: creativeCommons, file: .wine)

    /// 569 breast tumours, malignant or benign, by the shape of their cell nuclei.
    public static let breastCancer = BundledDataset(
        name: "breast-cancer", summary: "Breast tumours, malignant or benign, by the shape of their cell nuclei.",
        target: "diagnosis", task: .classification, rows: 569, features: 30,
        source: "W. Wolberg, O. Mangasarian, N. Street and W. Street (1993)", license: creativeCommons,
        file: .breast_cancer)

    /// 442 patients with diabetes, by measurements that are scaled to columns of length 1.
    public static let diabetes = BundledDataset(
        name: "diabetes",
        summary: "Progress of diabetes within a year, by age, sex, body and blood; each column scaled to length 1.",
        target: "progression", task: .regression, rows: 442, features: 10,
        source: "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004)",
        license: "published without a licence text", file: .diabetes)

    /// The same 442 patients, by measurements as they were taken.
    public static let diabetesRaw = BundledDataset(
        name: "diabetes-raw", summary: "Progress of diabetes within a year, by age, sex, body and blood as measured.",
        target: "progression", task: .regression, rows: 442, features: 10, source: diabetes.source,
        license: diabetes.license, file: .diabetes_raw)

    /// 1797 handwritten digits of 8 × 8 pixels.
    public static let digits = BundledDataset(
        name: "digits", summary: "Handwritten digits, by the darkness from 0 to 16 of 8 × 8 pixels.", target: "digit",
        task: .classification, rows: 1797, features: 64, source: "E. Alpaydin and C. Kaynak (1998)",
        license: creativeCommons, file: .digits)
}

#if Server
import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import Foundation

/// What DATA on the command line stands for: a table from a file or from a known data set.
struct DataSource {
    let name: String
    let frame: DataFrame

    /// The table that `argument` names.
    ///
    /// - Parameter model: A model to apply to the table, whose columns are then read as the types that were learned.
    init(_ argument: String, options: ReadingOptions, for model: TrainedModel? = nil) throws {
        let suffix = argument.split(separator: ".").last?.lowercased() ?? ""
        let isFile = ["csv", "tsv", "txt"].contains(suffix) || FileManager.default.fileExists(atPath: argument)
        if isFile {
            name = URL(filePath: argument).lastPathComponent
            frame = try DataFrame(csv: argument, options: options.csv(for: model))
        } else {
            name = argument
            frame = try Datasets.load(argument)
        }
    }
}
#endif

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
    /// - Parameters:
    ///   - model: A model to apply to the table, whose columns are then read as the types that were learned.
    ///   - texts: Columns to read as text, whatever they look like.
    init(
        _ argument: String, options: ReadingOptions, for model: TrainedModel? = nil, texts: [String] = []
    ) throws {
        let parts = argument.lowercased().split(separator: ".").map(String.init)
        let suffix = (parts.last == "gz" ? parts.dropLast().last : parts.last) ?? ""
        let known = ["csv", "tsv", "txt", "jsonl", "ndjson", "json"]
        let isFile = (parts.count > 1 && known.contains(suffix)) || FileManager.default.fileExists(atPath: argument)
        if isFile {
            name = URL(filePath: argument).lastPathComponent
            var csv = try options.csv(for: model)
            for name in texts { csv.types[name] = .string }
            switch suffix {
            case "jsonl", "ndjson": frame = try DataFrame(jsonLines: argument, options: JSONOptions(types: csv.types))
            case "json": frame = try DataFrame(json: argument, options: JSONOptions(types: csv.types))
            default: frame = try DataFrame(csv: argument, options: csv)
            }
        } else {
            name = argument
            frame = try Datasets.load(argument)
        }
    }
}
#endif

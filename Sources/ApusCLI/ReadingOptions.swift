#if Server
import Apus
import ApusFrame
import ArgumentParser

/// How to read a CSV file, where it is not plain to see.
struct ReadingOptions: ParsableArguments {
    @Option(help: "The delimiter of the CSV file: one character, or `tab`; default: found out.")
    var delimiter: String?
    @Option(help: "A text that stands for a missing value besides the usual ones, such as `?`; may be repeated.")
    var missing: [String] = []
    @Flag(help: "The CSV file has no header; columns are called x0, x1, ….")
    var noHeader = false

    /// Options for a table to learn from, or, given a model, for one to apply it to: its columns are then read as the types
    /// that were learned.
    func csv(for model: TrainedModel? = nil) throws -> CSVOptions {
        var options = model?.encoder.csvOptions() ?? CSVOptions()
        if let delimiter {
            let text = delimiter == "tab" || delimiter == "\\t" ? "\t" : delimiter
            guard let character = text.first, text.utf8.count == 1 else {
                throw ValidationError("The delimiter must be one ASCII character or `tab`, not “\(delimiter)”.")
            }
            options.delimiter = character
        }
        options.missingValues += missing
        if noHeader { options.hasHeader = false }
        return options
    }
}
#endif

#if Server
import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import ApusSQLite
import ArgumentParser
import Foundation

/// What DATA on the command line stands for: a table from a file or from a known data set.
struct DataSource {
    let name: String
    let frame: DataFrame

    /// What DATA may be, for the help of commands.
    static let help: ArgumentHelp =
        """
        A .csv, .tsv, .jsonl, .json or .arff file (also .gz), a table of an SQLite file (file.db#table), or the name of a \
        data set (see `apus data list`; openml:NAME for one of OpenML).
        """

    /// The kinds of files that are known by their names.
    private static let suffixes = ["csv", "tsv", "txt", "jsonl", "ndjson", "json", "arff", "db", "sqlite", "sqlite3"]

    /// The table that `argument` names.
    ///
    /// - Parameters:
    ///   - model: A model to apply to the table, whose columns are then read as the types that were learned.
    ///   - texts: Columns to read as text, whatever they look like.
    init(
        _ argument: String, options: ReadingOptions, for model: TrainedModel? = nil, texts: [String] = []
    ) throws {
        var csv = try options.csv(for: model)
        for name in texts { csv.types[name] = .string }
        if let table = DataSource.table(argument) {
            (name, frame) = (argument, try DataSource.frame(table, types: csv.types))
            return
        }
        guard DataSource.isFile(argument) else {
            (name, frame) = (argument, try Datasets.load(argument))
            return
        }
        name = URL(filePath: argument).lastPathComponent
        switch DataSource.suffix(argument) {
        case "jsonl", "ndjson": frame = try DataFrame(jsonLines: argument, options: JSONOptions(types: csv.types))
        case "json": frame = try DataFrame(json: argument, options: JSONOptions(types: csv.types))
        case "arff": frame = try DataFrame(arff: argument)
        default: frame = try DataFrame(csv: argument, options: csv)
        }
    }

    /// Whether DATA is a file, by its name or because there is one.
    static func isFile(_ argument: String) -> Bool {
        (argument.contains(".") && suffixes.contains(suffix(argument)))
            || FileManager.default.fileExists(atPath: argument)
    }

    /// The end of a file's name that says what is in it, in small letters; what stands before `.gz`.
    static func suffix(_ path: String) -> String {
        let parts = path.lowercased().split(separator: ".").map(String.init)
        return (parts.last == "gz" ? parts.dropLast().last : parts.last) ?? ""
    }

    /// The path of a CSV file that had better not be read at once; nil for anything else.
    static func largeCSV(_ argument: String) -> String? {
        guard table(argument) == nil, isFile(argument),
            !["jsonl", "ndjson", "json", "arff"].contains(suffix(argument)),
            let size = (try? FileManager.default.attributesOfItem(atPath: argument))?[.size] as? Int
        else { return nil }
        // Compressed tables become several times as large.
        return size > (argument.lowercased().hasSuffix(".gz") ? 16 << 20 : 96 << 20) ? argument : nil
    }

    // MARK: SQLite

    /// A file of SQLite, and the table or query behind `#`.
    private struct Table {
        var path: String
        var rest: String?
    }

    private static func table(_ argument: String) -> Table? {
        func isDatabase(_ path: String) -> Bool {
            ["db", "sqlite", "sqlite3"].contains(suffix(path))
                || ((try? SQLiteFile.isSQLite(path)) ?? false) && size(path) > 0
        }
        func size(_ path: String) -> Int {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        }
        if FileManager.default.fileExists(atPath: argument) {
            return isDatabase(argument) ? Table(path: argument) : nil
        }
        guard let mark = argument.firstIndex(of: "#") else { return isDatabase(argument) ? Table(path: argument) : nil }
        let path = String(argument[..<mark])
        return isDatabase(path) ? Table(path: path, rest: String(argument[argument.index(after: mark)...])) : nil
    }

    private static func frame(_ table: Table, types: [String: ColumnType]) throws -> DataFrame {
        let file = try SQLiteFile(table.path)
        guard let rest = table.rest, !rest.isEmpty else { return try DataFrame(sqlite: table.path, types: types) }
        let isTable = file.tables.contains { $0.name.lowercased() == rest.lowercased() }
        let word = rest.split(whereSeparator: \.isWhitespace).first?.lowercased()
        if !isTable, word == "select" || word == "with", rest.contains(where: \.isWhitespace) {
            return try file.frame(query: rest, types: types)
        }
        return try file.frame(table: rest, types: types)
    }
}
#endif

#if Server
import Apus
import ApusCore
import ApusFrame
import ArgumentParser
import Foundation

/// `apus data describe`: the health of a table.
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show the columns of a table, and what deserves a look before training.",
        discussion: """
            Types, gaps, ranges, strongest pairs, repeated rows, columns that say nothing, and with --target the balance of \
            its classes and columns that know it alone: suspected leaks. With --sensitive: who is in the data, and how often \
            the target is what, by group. Large CSV files are read in chunks.
            """)

    @Argument(help: DataSource.help)
    var data: String
    @Option(help: "The column to predict; default: that of the data set, if it has one.")
    var target: String?
    @Option(help: "A column whose groups are compared; may be repeated.")
    var sensitive: [String] = []
    @Option(help: "Where to write a report with a chart of each column, one HTML page.")
    var report: String?
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        let (health, name) = try Console.withProgress(silent: json) { progress in
            if let path = DataSource.largeCSV(data) {
                let health = try DataHealth(
                    csv: path, options: try reading.csv(), target: target, sensitive: sensitive, progress: progress)
                return (health, URL(filePath: path).lastPathComponent)
            }
            let source = try DataSource(data, options: reading)
            return (try DataHealth(source.frame, target: target, sensitive: sensitive), source.name)
        }
        if let report { try health.page(data: name).write(to: report) }
        if json {
            try Console.say(json: health.json(data: name))
        } else {
            Console.say(health.text(data: name, width: Console.width))
            if let report { Console.say("\nReport written to \(report).") }
        }
    }
}
#endif

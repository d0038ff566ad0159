#if Server
import Apus
import ApusCore
import ApusDatasets
import ApusFrame
import ArgumentParser

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "List, describe, make and fetch data.",
        subcommands: [List.self, DescribeCommand.self, Make.self, Fetch.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the data sets and generators.")
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            if json { return try Console.say(json: Self.json) }
            var sets = TextTable(header: ["data set", "rows", "features", "target", "what it is", "where"])
            for set in Datasets.all {
                sets.add([
                    set.name, TextTable.grouped(set.rows), TextTable.grouped(set.features), set.target, set.summary,
                    "\(set.availability)",
                ])
            }
            Console.say(sets.text(width: Console.width))
            var generators = TextTable(header: ["generator", "what it makes"])
            for generator in DataGenerators.all { generators.add(["make_" + generator.name, generator.summary]) }
            Console.say("\n" + generators.text(width: Console.width))
        }

        private static var json: JSONValue {
            [
                "datasets": .array(
                    Datasets.all.map {
                        [
                            "name": .string($0.name), "rows": .int($0.rows), "features": .int($0.features),
                            "target": .string($0.target), "task": .string($0.task.rawValue),
                            "summary": .string($0.summary), "source": .string($0.source),
                            "license": .string($0.license), "availability": .string("\($0.availability)"),
                        ]
                    }),
                "generators": .array(
                    DataGenerators.all.map {
                        ["name": .string("make_" + $0.name), "summary": .string($0.summary)]
                    }),
            ]
        }
    }

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make synthetic data, the same as scikit-learn's for the same seed.",
            discussion: "Columns are called x0, x1, … and y.")
        @Argument(help: "A generator, such as make_classification (see `apus data list`).")
        var generator: String
        @Option(name: .customLong("set"), help: "A parameter, such as n_samples=500; may be repeated.")
        var settings: [Setting] = []
        @Option(help: "The seed, from 0 to 4294967295.")
        var seed: UInt32 = 0
        @Option(name: [.customShort("o"), .long], help: "Where to write the CSV file.")
        var output: String

        func run() throws {
            let made = try DataGenerators.generate(
                generator, settings: settings.map { ($0.name, $0.value) }, seed: seed)
            let frame = try DataFrame(generated: made.x, made.target)
            try frame.write(csv: output)
            Console.note("\(frame.rowCount) rows × \(frame.columns.count) columns written to \(output).")
        }
    }

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Download a data set into the cache.")
        @Argument(help: "A data set's name (see `apus data list`), or openml: and a number or name, such as openml:61.")
        var name: String

        func run() async throws {
            let folder = try await Console.withProgress { try await Datasets.fetch(name, progress: $0) }
            Console.say("\(name) is in \(folder).")
        }
    }
}
#endif

#if Server
import Apus
import ApusCore
import ApusEvaluation
import ApusSQLite
import ArgumentParser
import Foundation

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study", abstract: "Look at the searches that `apus tune --study` keeps.",
        subcommands: [List.self, Show.self, Export.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare studies: one line each, with its best score.")

        @Argument(help: "Files, or folders whose .study files are listed; default: the current folder.")
        var paths: [String] = []
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let studies = try (paths.isEmpty ? ["."] : paths).flatMap(Self.files).map { try StudyContents(path: $0) }
            if json {
                try Console.say(json: ["studies": .array(studies.map { $0.json(withCandidates: false) })])
                return
            }
            guard !studies.isEmpty else {
                Console.say("There is no .study file here.")
                return
            }
            var table = TextTable(
                header: ["study", "model", "target", "strategy", "candidates", "score", "best", "best parameters"])
            for study in studies {
                table.add([
                    study.path, study.modelName, study.search?.parts["target"] ?? "", study.search?.strategy ?? "",
                    TextTable.grouped(study.candidates.count), study.search?.scores.first ?? "",
                    study.best.map { TextTable.score($0.score) } ?? "",
                    study.best.map { SearchTable.text($0.parameters) } ?? "",
                ])
            }
            Console.say(table.text(width: Console.width))
        }

        private static func files(_ path: String) throws -> [String] {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
                return [path]
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".study") }
            return names.sorted().map { path == "." ? $0 : "\(path)/\($0)" }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What a study is about, and its best candidates.")

        @Argument(help: "The study's file.")
        var study: String
        @Option(help: "How many candidates to show.")
        var top: Int = 20
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let contents = try StudyContents(path: study)
            if json {
                try Console.say(json: contents.json(withCandidates: true))
            } else {
                Console.say(contents.text(top: max(0, top)))
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a study's candidates as a table.",
            discussion: "The format follows the ending of the file, .csv or .json; without a file CSV is printed.")

        @Argument(help: "The study's file.")
        var study: String
        @Option(name: [.customShort("o"), .long], help: "Where to write; default: standard output.")
        var output: String?
        @Flag(help: "Write JSON, whatever the ending.")
        var json = false

        func run() throws {
            let contents = try StudyContents(path: study)
            let asJSON = json || output?.lowercased().hasSuffix(".json") == true
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            let text =
                asJSON
                ? String(decoding: try encoder.encode(contents.json(withCandidates: true)), as: UTF8.self) + "\n"
                : SearchTable.csv(contents.candidates, scores: contents.search?.scores ?? [])
            guard let output else { return Console.write(text) }
            guard URL(filePath: output).standardizedFileURL != URL(filePath: study).standardizedFileURL else {
                throw ApusError(.unwritableFile, "\(output) is the study itself; name another file.")
            }
            try WholeFile.write(Data(text.utf8), to: output)
            Console.note("Written to \(output).")
        }
    }
}

extension StudyContents {
    /// The model's name in the catalog.
    fileprivate var modelName: String {
        search?.parts["model"]?.split(separator: " ").first.map(String.init) ?? ""
    }

    fileprivate func text(top: Int) -> String {
        guard let search else { return "\(path) has not been begun." }
        var lines = [
            "\(path): \(modelName), \(search.parts["target"] ?? "no target noted"), by \(search.strategy).",
            "\(TextTable.grouped(candidates.count)) candidates in \(search.folds) folds"
                + (untried > 0 ? ", \(TextTable.grouped(untried)) not tried yet" : "")
                + (leases > 0 ? ", \(leases) fits at work or cut off" : "") + ".",
            "Space: \(search.parts["space"] ?? "")",
        ]
        lines += preparation(of: search)
        if !search.constraints.isEmpty {
            lines.append("Constraints: \(search.constraints.map(\.description).joined(separator: ", "))")
        }
        lines += ["", SearchTable.text(candidates, scores: search.scores, most: top, width: Console.width)]
        if let best {
            lines += ["", "Best: \(SearchTable.text(best.parameters))"]
        }
        return lines.joined(separator: "\n")
    }

    /// What is done before and around the model, where that is more than the default.
    private func preparation(of search: SearchIdentity) -> [String] {
        let named = ["text columns", "vectorizer", "balancing", "calibration", "threshold", "mitigation"]
        let branches = search.parts.keys.filter { $0.hasPrefix("preparation ") }.sorted()
        return (branches + named).compactMap { name in
            search.parts[name].map { part in
                let short = part.count > 160 ? "\(part.prefix(160))…" : part
                return "\(name.prefix(1).uppercased())\(name.dropFirst()): \(short)"
            }
        }
    }

    fileprivate func json(withCandidates: Bool) -> JSONValue {
        var object: [String: JSONValue] = [
            "study": .string(path), "model": .string(modelName), "candidateCount": .int(candidates.count),
            "untried": .int(untried), "leases": .int(leases),
            "bestScore": best?.score.map { .double($0) } ?? .null,
            "bestParameters": best.map { .object($0.parameters) } ?? .null,
        ]
        if let search {
            object["strategy"] = .string(search.strategy)
            object["scoring"] = .array(search.scores.map { .string($0) })
            object["folds"] = .int(search.folds)
            object["identity"] = .object(search.parts.mapValues { .string($0) })
            object["constraints"] = .array(search.constraints.map { .string($0.description) })
            if withCandidates {
                object["candidates"] = .array(candidates.map { SearchTable.json($0, scores: search.scores) })
            }
        }
        return .object(object)
    }
}
#endif

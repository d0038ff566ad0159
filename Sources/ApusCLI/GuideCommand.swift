#if Server
import Apus
import ApusCore
import ApusGuide
import ArgumentParser

struct GuideCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guide", abstract: "A machine-learning interview guide that computes its figures as you read.",
        subcommands: [ReadCommand.self, QuizCommand.self], defaultSubcommand: ReadCommand.self)
}

struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Computes sections and writes their pages; what `apus guide` does by itself.")

    @Argument(help: "The number of a section; default: all of them.")
    var section: Int?
    @Option(help: "The folder for index.html and a page for each section.")
    var output = "guide-output"
    @Flag(help: "Print every figure as one JSON object.")
    var json = false
    @Flag(help: "Afterwards serve the pages to this machine, with knobs that recompute their figures.")
    var serve = false
    @Option(help: "The port of --serve; 0 for a free one.")
    var port = 8090

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
    }

    func run() async throws {
        let guide = Guide()
        let sections = try guide.sections(section)
        var finished: [Chapter] = []
        var page = try guide.write([], to: output)
        // Each page is written as soon as its section is done, so that an interrupted run leaves what is finished.
        for section in sections {
            finished += try await guide.run([section])
            page = try guide.write(finished, to: output)
            if !json, let chapter = finished.last { Console.say(chapter.text(width: Console.width)) }
        }
        if json {
            try Console.say(json: guide.json(finished))
        } else {
            Console.say("Open \(page) in a browser.")
        }
        guard serve else { return }
        try await GuideServer(folder: output, port: port).run { port in
            Console.note("Serving at http://127.0.0.1:\(port)/ until you press Control-C.")
        }
    }
}
#endif

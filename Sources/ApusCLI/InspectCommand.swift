#if Server
import Apus
import ApusCore
import ArgumentParser

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what is in a model file.")

    @Argument(help: "A model file.")
    var model: String
    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: "Where to draw the tree of a decision tree or forest, an SVG picture.")
    var draw: String?
    @Flag(help: "Print the tree of a decision tree or forest as rules.")
    var rules = false
    @Option(help: "Which tree of a forest --draw and --rules show, from 0.")
    var tree = 0
    @Option(help: "The greatest depth that --draw and --rules show; default: 4 for a picture, 10 for rules.")
    var maxDepth: Int?

    func validate() throws {
        if let maxDepth, maxDepth < 0 { throw ValidationError("--max-depth must be at least 0.") }
        if json, rules { throw ValidationError("--rules prints text; leave out --json.") }
    }

    func run() throws {
        let trained = try TrainedModel(contentsOf: model)
        if let draw { try trained.diagram(tree: tree, maxDepth: maxDepth ?? 4).write(svg: draw) }
        if rules {
            Console.write(try trained.rules(tree: tree, maxDepth: maxDepth ?? 10))
            return
        }
        if json {
            try Console.say(json: trained.json(file: model))
        } else {
            Console.say(trained.text(file: model))
        }
    }
}
#endif

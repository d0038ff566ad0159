#if Server
import Apus
import ApusCore
import ArgumentParser

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models, or the parameters of one.")

    @Argument(help: "A model's name.")
    var name: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let entries = try name.map { [try Catalog.entry(named: $0)] } ?? Catalog.entries
        if json {
            try Console.say(json: ["models": .array(entries.map { $0.json })])
        } else if name == nil {
            var table = TextTable(header: ["model", "for", "what it does"])
            for entry in entries {
                table.add([entry.name, entry.estimators.map(\.role).joined(separator: ", "), entry.summary])
            }
            Console.say(table.text(width: Console.width))
            Console.say("`apus models NAME` lists a model's parameters.")
        } else {
            for entry in entries {
                Console.say("\(entry.name): \(entry.summary)")
                for (role, type) in entry.estimators { describe(role, type) }
            }
        }
    }

    private func describe(_ role: String, _ type: any Estimator.Type) {
        Console.say("\nfor \(role)")
        if !type.traits.remark.isEmpty { Console.say("  \(type.traits.remark)") }
        let parameters = type.parameterDescriptions
        if parameters.isEmpty {
            Console.say("  no parameters")
            return
        }
        var table = TextTable(header: ["parameter", "default", "legal", "meaning"])
        for parameter in parameters {
            table.add([
                parameter.name, parameter.defaultValue.summary, parameter.legal.explanation, parameter.help,
            ])
        }
        Console.say(table.text(width: Console.width))
    }
}
#endif

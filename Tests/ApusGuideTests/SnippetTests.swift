import Foundation
import Testing

/// The code that the guide shows is the code that it runs.
struct SnippetTests {
    private var guide: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/ApusGuide")
    }

    /// What `scripts/snippets` writes, made again from the sections.
    private func generated() throws -> String {
        let folder = guide.appendingPathComponent("Sections")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
        var lines = [
            "// Written by scripts/snippets from the marked lines of the sections; change those, then run it again.",
            "enum Snippets {",
        ]
        for name in names.sorted(by: { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }) {
            var indent: Int?
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("// snippet: ") {
                    indent = line.count - code.count
                    lines.append("    static let \(code.dropFirst("// snippet: ".count)) = #\"\"\"")
                } else if code == "// end" {
                    if indent != nil { lines.append("        \"\"\"#") }
                    indent = nil
                } else if let indent {
                    let shown = line.dropFirst(indent)
                    lines.append(shown.isEmpty ? "" : "        \(shown)")
                }
            }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    @Test func theCodeShownIsTheCodeRun() throws {
        let stored = try String(contentsOf: guide.appendingPathComponent("Snippets.swift"), encoding: .utf8)
        #expect(stored == (try generated()), "Snippets.swift is stale; run scripts/snippets.")
    }
}

import ApusGuide
import Foundation
import Testing

/// Writes the guide for a person to look at: `APUS_PREVIEW=folder swift test --filter ApusGuideTests.PreviewTests`.
struct PreviewTests {
    private static let folder = ProcessInfo.processInfo.environment["APUS_PREVIEW"]

    @Test(.enabled(if: PreviewTests.folder != nil)) func writesWhatAPersonCanLookAt() async throws {
        let folder = try #require(Self.folder)
        let guide = Guide()
        let chapters = try await guide.run(guide.sections)
        _ = try guide.write(chapters, to: folder)
        for width in [60, 100] {
            let text = chapters.map { $0.text(width: width) }.joined(separator: "\n")
            try text.write(toFile: "\(folder)/guide-\(width).txt", atomically: true, encoding: .utf8)
        }
    }
}

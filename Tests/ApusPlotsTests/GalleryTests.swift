import ApusPlots
import Foundation
import Testing

@Suite struct GalleryTests {
    @Test(arguments: Gallery.all)
    func everyPictureIsWellFormedInEveryTheme(_ picture: Gallery.Picture) throws {
        for theme in ChartTheme.allCases {
            let svg = picture.svg(theme)
            let root = try XMLTree.parse(svg)
            #expect(root.name == "svg" && root.attributes["role"] == "img")
            #expect(root.children.first?.name == "title")
            #expect(!svg.contains("nan") && !svg.contains("inf\""))
            if let folder = ProcessInfo.processInfo.environment["APUS_GALLERY"] {
                try svg.write(toFile: "\(folder)/\(picture.name)-\(theme).svg", atomically: true, encoding: .utf8)
                try picture.text?.write(toFile: "\(folder)/\(picture.name).txt", atomically: true, encoding: .utf8)
            }
        }
    }
}

import Testing

@testable import Apus

struct SwiftMarkupTests {
    @Test(arguments: [
        (
            "let x = 1.5  // half",
            "<span class=\"k\">let</span> x = <span class=\"n\">1.5</span>  <span class=\"c\">// half</span>"
        ),
        ("0..<50", "<span class=\"n\">0</span>..&lt;<span class=\"n\">50</span>"),
        ("#\"{\"a\": 1}\"#,", "<span class=\"s\">#&quot;{&quot;a&quot;: 1}&quot;#</span>,"),
        ("\"a \\\" b\" + c", "<span class=\"s\">&quot;a \\&quot; b&quot;</span> + c"),
        ("x1.for(Matrix)", "x1.for(<span class=\"t\">Matrix</span>)"),
        ("\"open", "<span class=\"s\">&quot;open</span>"), ("", ""),
    ])
    func coloursTheWordsOfSwift(_ text: String, _ html: String) {
        #expect(SwiftMarkup.html(text) == html)
    }

    @Test(arguments: [
        "let a = [\"x\": 1, \"y\": 2.0] // end\n\nif a < b && c > d { é🙂 }", "#\"never closed\nnext", "1..<\n.5e",
    ])
    func losesNoCharacter(_ text: String) {
        let plain = SwiftMarkup.html(text).replacing(#/<[^>]*>/#, with: "")
        #expect(plain == HTMLPage.escape(text))
    }
}

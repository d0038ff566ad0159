#if Server
import Testing

@testable import ApusServer

@Suite struct DashboardPageTests {
    @Test func asksNothingOfAnyoneElse() {
        let page = DashboardPage.html
        for sign in ["http://", "https://", "//cdn", "@import", "url(", "src="] {
            // The namespace of SVG is a name, not an address.
            let rest = page.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!rest.contains(sign), "\(sign)")
        }
        #expect(
            DashboardPage.headers.contains {
                $0.name == "Content-Security-Policy" && $0.value.contains("default-src 'none'")
            })
    }

    @Test func putsDataIntoThePageAsTextAlone() {
        for sign in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            #expect(!DashboardPage.html.contains(sign), "\(sign)")
        }
    }

    @Test func servesPhonesBothThemesAndKeyboards() {
        for sign in ["width=device-width", "prefers-color-scheme: dark", ":focus-visible", "aria-live", "lang=\"en\""] {
            #expect(DashboardPage.html.contains(sign), "\(sign)")
        }
    }
}
#endif

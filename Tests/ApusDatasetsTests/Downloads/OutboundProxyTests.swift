import Foundation
import Testing

@testable import ApusDatasets

@Suite struct OutboundProxyTests {
    private func proxy(_ address: String, _ environment: [String: String]) throws -> String? {
        let proxy = OutboundProxy(for: try #require(URL(string: address)), environment: environment)
        return proxy.map { proxy in
            (proxy.credentials.map { "\($0.user):\($0.password)@" } ?? "") + "\(proxy.host):\(proxy.port)"
        }
    }

    @Test func choosesByTheScheme() throws {
        let environment = [
            "http_proxy": "http://plain:3128", "HTTPS_PROXY": "secure:8443", "HTTP_PROXY": "http://never:1",
        ]
        #expect(try proxy("http://data.example/a", environment) == "plain:3128")
        #expect(try proxy("https://data.example/a", environment) == "secure:8443")
        #expect(try proxy("http://data.example/a", ["HTTP_PROXY": "http://never:1"]) == nil)
        #expect(try proxy("https://data.example/a", ["all_proxy": "http://all"]) == "all:1080")
        #expect(try proxy("https://data.example/a", ["https_proxy": "http://me:p%40ss@proxy:80"]) == "me:p@ss@proxy:80")
        #expect(try proxy("https://data.example/a", ["https_proxy": "socks5://proxy:80"]) == nil)
        #expect(try proxy("https://data.example/a", ["https_proxy": ""]) == nil)
    }

    @Test func asksDirectlyWhereItShould() throws {
        func direct(_ address: String, _ list: String) throws -> Bool {
            try proxy(address, ["http_proxy": "proxy:1", "no_proxy": list]) == nil
        }
        #expect(try direct("http://data.example/a", "*"))
        #expect(try direct("http://data.example/a", "localhost, .example"))
        #expect(try direct("http://DATA.example/a", "data.example"))
        #expect(try direct("http://a.data.example/a", "data.example"))
        #expect(try direct("http://data.example:81/a", "data.example:81"))
        #expect(try !direct("http://data.example:82/a", "data.example:81"))
        #expect(try !direct("http://mydata.example/a", "data.example"))
        #expect(try !direct("http://data.example/a", ""))
        #expect(try direct("http://[::1]:8080/a", "::1"))
    }
}

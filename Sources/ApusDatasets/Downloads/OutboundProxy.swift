import Foundation

/// The proxy that the environment names for an address, by the variables that curl reads: `http_proxy`, `https_proxy`,
/// `all_proxy`, and `no_proxy` for the hosts that are asked directly.
struct OutboundProxy: Sendable, Hashable {
    struct Credentials: Sendable, Hashable {
        let user: String
        let password: String
    }

    let host: String
    let port: Int
    let credentials: Credentials?

    init?(for url: URL, environment: [String: String]) {
        guard let host = url.host(percentEncoded: false)?.lowercased(),
            !Self.isDirect(host, port: url.port, environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")
        else { return nil }
        // HTTP_PROXY in capitals may come from a client's header where a program runs behind CGI, so it does not count.
        let names = url.scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        let found = (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let found, let proxy = URL(string: found.contains("://") ? found : "http://" + found),
            proxy.scheme == "http", let proxyHost = proxy.host(percentEncoded: false)
        else { return nil }
        self.host = proxyHost
        port = proxy.port ?? 1080
        credentials = proxy.user(percentEncoded: false).map {
            Credentials(user: $0, password: proxy.password(percentEncoded: false) ?? "")
        }
    }

    /// Whether a list of hosts and domains names the host: `*` names all, `example.com` also what ends with `.example.com`.
    private static func isDirect(_ host: String, port: Int?, _ list: String) -> Bool {
        list.lowercased().split { $0 == "," || $0.isWhitespace }.contains { entry in
            if entry == "*" { return true }
            var name = entry.drop { $0 == "." }
            let wantedPort = name.split(separator: ":", omittingEmptySubsequences: false)
            // More than one colon is an address of IPv6.
            if wantedPort.count == 2, let number = Int(wantedPort[1]) {
                guard number == port else { return false }
                name = wantedPort[0]
            }
            return host == name || host.hasSuffix("." + name)
        }
    }
}

import Foundation

/// A request to another service: for a published file, or to tell of an alarm.
///
/// The server's command asks by AsyncHTTPClient, which shares its event loops and needs no library of the system;
/// without the trait `Server` it is Foundation that asks.
package struct OutboundRequest: Sendable {
    /// What a service says before the bytes.
    struct Head: Sendable {
        let status: Int
        /// The value of a field by its name, whatever its case.
        let field: @Sendable (String) -> String?
    }

    /// Where to.
    package var url: URL
    /// The fields of the header.
    package var fields: [String: String]
    /// What is sent, by POST; nil asks by GET.
    package var body: Data?
    /// How long the whole may take; nil for as long as it does.
    package var timeout: Duration?

    /// A request.
    package init(url: URL, fields: [String: String] = [:], body: Data? = nil, timeout: Duration? = nil) {
        self.url = url
        self.fields = fields
        self.body = body
        self.timeout = timeout
    }

    /// Sends it and reads the answer to its end, without keeping it.
    ///
    /// - Returns: The status.
    /// - Throws: An error of the transport; `reason(_:)` puts it into words.
    package func status() async throws -> Int {
        var status = 0
        try await stream(onHead: { status = $0.status }, onBytes: { _ in })
        return status
    }
}

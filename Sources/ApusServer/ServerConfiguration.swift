import ApusCore

/// Where a server listens, and what it takes at most.
public struct ServerConfiguration: Sendable, Hashable {
    /// The address to listen on: by default this machine alone; `0.0.0.0` for every one that can reach it.
    public var host: String
    /// The port, 0 to 65535; 0 takes a free one.
    public var port: Int
    /// The largest body of a request, in bytes.
    public var maxBodyBytes: Int
    /// The most rows of a request.
    public var maxRows: Int
    /// Seconds a client may take to send a request before it is refused with status 408.
    public var requestTimeout: Double
    /// Seconds a connection may stay open between requests.
    public var idleTimeout: Double
    /// Seconds that requests under way may take after the server was told to stop.
    public var shutdownTimeout: Double
    /// The most rows of a request whose predictions are explained.
    public var maxExplainedRows = 1000
    /// Seconds that a prediction may take, waiting included, before the request is refused with status 504.
    public var answerTimeout = 30.0
    /// The most predictions that may wait for a thread; more are refused with status 503.
    public var maxQueue = 1024
    /// The most rows of different requests that are predicted together, where that pays.
    public var maxBatch = 64
    /// The most connections at a time; more wait until the system takes them.
    public var maxConnections = 4096
    /// The most bytes of bodies that are being received or worked on; more are refused with status 503.
    public var maxPendingBytes = 512 << 20
    /// A folder whose model files are served, and looked after; nil for none.
    public var modelsFolder: String?
    /// Seconds between two looks at the model files; 0 for never.
    public var watchInterval = 2.0
    /// Whether clients may load and unload models by the repository's API.
    public var allowsControl = false
    /// The tokens of which clients have to bring one, as `Authorization: Bearer TOKEN`; none lets everybody in.
    public var tokens: [String] = []
    /// A PEM file with the certificate of the server and those that vouch for it; nil for plain HTTP.
    public var tlsCertificate: String?
    /// A PEM file with the certificate's private key.
    public var tlsKey: String?
    /// The origins whose pages may send requests from a browser, such as `https://example.org`; `*` for all, none by default.
    public var corsOrigins: [String] = []
    /// The versions that answer, by the model's name; the newest where nothing is said.
    public var policies: [String: VersionPolicy] = [:]

    /// A configuration, by default for port 8080 of this machine alone, bodies up to 8 MB and 100,000 rows.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, maxBodyBytes: Int = 8 << 20, maxRows: Int = 100_000,
        requestTimeout: Double = 30, idleTimeout: Double = 60, shutdownTimeout: Double = 30
    ) {
        self.host = host
        self.port = port
        self.maxBodyBytes = maxBodyBytes
        self.maxRows = maxRows
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
        self.shutdownTimeout = shutdownTimeout
    }

    /// Throws unless each value is in its range.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the value.
    func check() throws {
        guard (0...65535).contains(port) else {
            throw ApusError(.invalidParameter, "port is \(port); it must be from 0 to 65535.")
        }
        guard !host.isEmpty else {
            throw ApusError(.invalidParameter, "host is empty; give an address such as 127.0.0.1 or 0.0.0.0.")
        }
        for (name, value) in [
            ("maxBodyBytes", maxBodyBytes), ("maxRows", maxRows), ("maxExplainedRows", maxExplainedRows),
            ("maxQueue", maxQueue), ("maxBatch", maxBatch),
            ("maxConnections", maxConnections), ("maxPendingBytes", maxPendingBytes),
        ] where value < 1 {
            throw ApusError(.invalidParameter, "\(name) is \(value); it must be at least 1.")
        }
        let times = [
            ("requestTimeout", requestTimeout), ("idleTimeout", idleTimeout), ("shutdownTimeout", shutdownTimeout),
            ("answerTimeout", answerTimeout),
        ]
        guard watchInterval >= 0, watchInterval <= 86_400 else {
            throw ApusError(
                .invalidParameter, "watchInterval is \(watchInterval) seconds; it must be from 0 to 86400.")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ApusError(.invalidParameter, "TLS needs both a certificate and its key; one of them is missing.")
        }
        if let short = tokens.first(where: { $0.utf8.count < 8 }) {
            throw ApusError(
                .invalidParameter, "A token has \(short.utf8.count) bytes; give each at least 8, better 32 at random.")
        }
        for (name, value) in times where !(value > 0 && value <= 86_400) {
            throw ApusError(.invalidParameter, "\(name) is \(value) seconds; it must be above 0 and at most 86400.")
        }
    }
}

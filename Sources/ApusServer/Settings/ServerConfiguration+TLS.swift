#if Server
import ApusCore
import HummingbirdTLS
import NIOSSL

extension ServerConfiguration {
    /// How connections are encrypted; nil for plain HTTP.
    ///
    /// - Throws: `ApusError` with code `invalidParameter`, naming the file that cannot be used.
    func tls() throws -> TLSConfiguration? {
        guard let tlsCertificate, let tlsKey else { return nil }
        func read<Value>(_ path: String, _ what: String, _ read: () throws -> Value) throws -> Value {
            do {
                return try read()
            } catch {
                throw ApusError(
                    .invalidParameter, "\(path) holds no \(what) in PEM form that can be read.", cause: error)
            }
        }
        let chain = try read(tlsCertificate, "certificate") { try NIOSSLCertificate.fromPEMFile(tlsCertificate) }
        let key = try read(tlsKey, "private key") { try NIOSSLPrivateKey(file: tlsKey, format: .pem) }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ApusError(
                .invalidParameter, "The key in \(tlsKey) does not belong to the certificate in \(tlsCertificate).",
                cause: error)
        }
        return configuration
    }
}
#endif

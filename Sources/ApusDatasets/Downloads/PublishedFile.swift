/// A file as its publisher offers it.
struct PublishedFile: Sendable, Hashable {
    /// The file's name, there and here.
    let name: String
    /// Its length in bytes.
    let size: Int
    /// The SHA-256 of its bytes, in hexadecimal digits.
    let sha256: String
}

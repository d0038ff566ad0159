import Foundation

/// A file as its publisher offers it.
struct PublishedFile: Sendable, Hashable {
    /// The checksum of a file's bytes, in hexadecimal digits.
    enum Digest: Sendable, Hashable {
        case sha256(String)
        /// Good enough against damage on the way, and all that some publishers give.
        case md5(String)
    }

    /// The file's name, there and here.
    let name: String
    /// Its length in bytes, if the publisher tells it in advance.
    let size: Int?
    /// The checksum of its bytes; nil for an answer that is made on request, which is fetched anew each time.
    let digest: Digest?
    /// Where it is, if not in the folder of a mirror.
    let url: URL?

    /// A file of known length in the folder of each mirror.
    init(name: String, size: Int, sha256: String) {
        self.name = name
        self.size = size
        digest = .sha256(sha256)
        url = nil
    }

    /// A file in one place, whose length shows when it comes.
    init(name: String, url: URL, digest: Digest?) {
        self.name = name
        size = nil
        self.digest = digest
        self.url = url
    }
}

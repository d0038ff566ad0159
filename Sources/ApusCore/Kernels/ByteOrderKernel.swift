#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Arrays of numbers as little-endian bytes, and back.
@_documentation(visibility: internal)
public enum ByteOrderKernel {
    /// The bytes of some words, least significant byte first.
    public static func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> Data {
        words.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// The words in some bytes, least significant byte first; bytes too few for a word are left out.
    public static func words<Word: FixedWidthInteger>(_ data: Data, as type: Word.Type) -> [Word] {
        let width = MemoryLayout<Word>.size
        return data.withUnsafeBytes { raw in
            (0..<raw.count / width).map {
                Word(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Word.self))
            }
        }
    }
}

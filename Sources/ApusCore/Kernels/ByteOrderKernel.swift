#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Arrays of numbers as little-endian bytes, and back.
@_documentation(visibility: internal)
public enum ByteOrderKernel {
    // Whole arrays are moved at once: word by word the work would be done by code that does not know the word's type.

    private static let isLittleEndian = 1.littleEndian == 1

    /// The bytes of some words, least significant byte first.
    public static func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> Data {
        (isLittleEndian ? words : words.map(\.littleEndian)).withUnsafeBytes { Data($0) }
    }

    /// The words in some bytes, least significant byte first; bytes too few for a word are left out.
    public static func words<Word: FixedWidthInteger>(_ data: Data, as type: Word.Type) -> [Word] {
        let count = data.count / MemoryLayout<Word>.size
        let words = data.withUnsafeBytes { raw in
            [Word](unsafeUninitializedCapacity: count) { room, made in
                let part = raw[..<(raw.startIndex + count * MemoryLayout<Word>.size)]
                UnsafeMutableRawBufferPointer(room).copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
                made = count
            }
        }
        return isLittleEndian ? words : words.map(Word.init(littleEndian:))
    }
}

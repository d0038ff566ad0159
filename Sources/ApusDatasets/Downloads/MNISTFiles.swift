import ApusCore

/// The pictures of MNIST and what they show, as they are in its files: first those for training, then those for testing.
struct MNISTFiles {
    /// Number of pictures for training and for testing.
    static let rows = [60_000, 10_000]
    /// Number of pixels of a picture.
    static let pixels = 28 * 28

    /// The brightness of each pixel, one array of `rows · pixels` bytes for each part.
    let images: [ArraySlice<UInt8>]
    /// The digit that each picture shows, over both parts.
    let digits: [UInt8]
}

extension MNISTFiles {
    /// Reads the four files of a folder, compressed or not.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when a file is missing or damaged.
    init(folder: String) throws {
        var images: [ArraySlice<UInt8>] = []
        var digits: [UInt8] = []
        for (part, rows) in zip(["train", "t10k"], MNISTFiles.rows) {
            images.append(try MNISTFiles.array("\(part)-images-idx3-ubyte.gz", in: folder, shape: [rows, 28, 28]))
            digits += try MNISTFiles.array("\(part)-labels-idx1-ubyte.gz", in: folder, shape: [rows])
        }
        if let row = digits.firstIndex(where: { $0 > 9 }) {
            throw ApusError(
                .unreadableData, "The label of picture \(row) in \(folder) is \(digits[row]), no digit; get it again.")
        }
        self.images = images
        self.digits = digits
    }

    private static func array(_ name: String, in folder: String, shape: [Int]) throws -> ArraySlice<UInt8> {
        let limit = 4 + 4 * shape.count + shape.reduce(1, *)
        let array = try IDXArray(DataFolder.content(of: name, in: folder, limit: limit), name: "\(folder)/\(name)")
        guard array.shape == shape else {
            throw ApusError(
                .unreadableData,
                "\(folder)/\(name) has the shape \(array.shape) where MNIST has \(shape); get it again.")
        }
        return array.elements
    }
}

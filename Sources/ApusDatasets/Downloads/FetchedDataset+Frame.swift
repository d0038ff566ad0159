import ApusCore
import ApusFrame

extension FetchedDataset {
    /// The data set in the files of a folder, in which the column to predict has the role of the target.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when a file is missing or damaged.
    func frame(in folder: String) throws -> DataFrame {
        var frame =
            switch format {
            case .mnist: try MNISTFiles(folder: folder).frame(target: target)
            case .adult: try AdultFiles.frame(in: folder)
            }
        try frame.assign(.target, to: [target])
        return frame
    }
}

extension AdultFiles {
    /// The rows of both files; a question mark is a missing value.
    static func frame(in folder: String) throws -> DataFrame {
        let options = CSVOptions(
            delimiter: ",", hasHeader: false, columnNames: columns, missingValues: ["?"], trimsSpaces: true)
        return try DataFrame(csvBytes: csv(in: folder), options: options)
    }
}

extension MNISTFiles {
    /// How many columns are filled in one pass over the pictures: 64 neighbouring pixels are one line of the
    /// processor's cache, and every line is read once a pass.
    private static let width = 16

    /// A row for each picture: whole numbers `pixel0`, `pixel1`, … row after row of the picture, and the digit.
    func frame(target: String) throws -> DataFrame {
        let count = digits.count
        let images = images
        let passes = Parallel.map(MNISTFiles.pixels / MNISTFiles.width) { pass -> [Column] in
            let first = pass * MNISTFiles.width
            var columns = [[Int]](repeating: [], count: MNISTFiles.width)
            for place in columns.indices {
                columns[place].reserveCapacity(count)
                for part in images {
                    for start in stride(from: part.startIndex + first + place, to: part.endIndex, by: MNISTFiles.pixels)
                    {
                        columns[place].append(Int(part[start]))
                    }
                }
            }
            return columns.enumerated().map { Column("pixel\(first + $0)", $1) }
        }
        return try DataFrame(columns: passes.flatMap(\.self) + [Column(target, digits.map { Int($0) })])
    }
}

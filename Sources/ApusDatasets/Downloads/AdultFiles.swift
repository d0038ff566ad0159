import ApusCore

/// The two files of the Adult data set, made into one CSV text.
enum AdultFiles {
    /// Number of rows in `adult.data` and in `adult.test`.
    static let rows = [32_561, 16_281]
    /// The names of the columns, which the files do not have.
    static let columns = [
        "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship",
        "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
    ]

    /// The rows of both files without a header.
    ///
    /// Left out are the remark at the head of `adult.test`, the full stops at the ends of its lines, blank lines, and the
    /// header that some copies have.
    ///
    /// - Throws: `ApusError` with code `unreadableData` when a file is missing, or its rows are not those of the data set.
    static func csv(in folder: String) throws -> [UInt8] {
        var csv: [UInt8] = []
        csv.reserveCapacity(6 << 20)
        for (name, rows) in zip(["adult.data", "adult.test"], rows) {
            let bytes = try DataFolder.content(of: name, in: folder, limit: 8 << 20)
            try append(bytes, to: &csv, rows: rows, name: "\(folder)/\(name)")
        }
        return csv
    }

    static func append(_ bytes: [UInt8], to csv: inout [UInt8], rows: Int, name: String) throws {
        let (newline, comma, space, stop) = (
            UInt8(ascii: "\n"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: ".")
        )
        var found = 0
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
            var line = bytes[start..<end]
            start = end + 1
            while let last = line.last, last == 13 || last == space || last == stop { line.removeLast() }
            if line.isEmpty { continue }
            if number == 1, line.first == UInt8(ascii: "|") || line.starts(with: "age,".utf8) { continue }
            let fields = line.count { $0 == comma } + 1
            guard fields == columns.count else {
                throw ApusError(
                    .unreadableData,
                    "\(name), line \(number): there are \(fields) fields where \(columns.count) belong; get the file again."
                )
            }
            found += 1
            csv += line
            csv.append(newline)
        }
        guard found == rows else {
            throw ApusError(
                .unreadableData, "\(name) holds \(found) rows where \(rows) belong; get the file again.")
        }
    }
}

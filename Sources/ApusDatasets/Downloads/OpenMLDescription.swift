import ApusCore
import Foundation

/// What OpenML says about a data set.
struct OpenMLDescription: Sendable, Hashable {
    let number: Int
    let name: String
    let version: Int
    let format: String
    /// The columns to predict.
    let targets: [String]
    /// Columns that name the rows.
    let identifiers: [String]
    /// Columns that are not to be learned from.
    let ignored: [String]
    private let url: URL?
    private let md5: String?

    /// Reads the JSON object with the description.
    ///
    /// - Parameter name: Where it came from, for messages.
    /// - Throws: `ApusError` with code `unreadableData`.
    init(_ data: Data, name source: String) throws {
        func unreadable(_ what: String) -> ApusError {
            ApusError(
                .unreadableData, "\(source) \(what); it is no description of a data set of OpenML. Fetch it again.")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else { throw unreadable("is not JSON") }
        guard let fields = value["data_set_description"] else { throw unreadable("has no data_set_description") }
        guard let number = OpenMLDescription.number(fields["id"]), number > 0, let name = fields["name"]?.stringValue
        else {
            throw unreadable("has no id or no name")
        }
        self.number = number
        self.name = name
        version = OpenMLDescription.number(fields["version"]) ?? 1
        format = fields["format"]?.stringValue ?? "nothing"
        targets = OpenMLDescription.names(fields["default_target_attribute"])
        identifiers = OpenMLDescription.names(fields["row_id_attribute"])
        ignored = OpenMLDescription.names(fields["ignore_attribute"])
        url = fields["url"]?.stringValue.flatMap { URL(string: $0) }
        md5 = fields["md5_checksum"]?.stringValue
    }

    /// The file with the rows, if it is one that can be read and checked.
    var file: PublishedFile? {
        guard ["arff", "sparse_arff"].contains(format.lowercased()), let url, let scheme = url.scheme?.lowercased(),
            ["https", "http"].contains(scheme), let md5, md5.utf8.count == 32, md5.allSatisfy(\.isHexDigit)
        else { return nil }
        return PublishedFile(name: "data.arff", url: url, digest: .md5(md5))
    }

    /// The numbers of the data sets in an answer to a search.
    ///
    /// - Throws: `ApusError` with code `unreadableData`.
    static func numbers(_ data: Data, name source: String) throws -> [Int] {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: data),
            let sets = value["data"]?["dataset"]?.arrayValue
        else {
            throw ApusError(.unreadableData, "\(source) is no list of data sets of OpenML; try again later.")
        }
        return sets.compactMap { number($0["did"]) }
    }

    /// A number, which OpenML writes as text in some places.
    private static func number(_ value: JSONValue?) -> Int? {
        value?.intValue ?? value?.stringValue.flatMap { Int($0) }
    }

    /// Names of columns: a list, or a text with commas between them.
    private static func names(_ value: JSONValue?) -> [String] {
        if let list = value?.arrayValue { return list.compactMap(\.stringValue) }
        guard let text = value?.stringValue else { return [] }
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

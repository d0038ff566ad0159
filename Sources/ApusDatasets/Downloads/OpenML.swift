import ApusCore
import ApusFrame
import Foundation

/// Data sets of OpenML (https://www.openml.org), each in a folder of its number: its description as JSON and its ARFF file.
struct OpenML: Sendable {
    /// What a person asks for: `openml:61`, `openml:iris` or `openml:iris@1`.
    enum Request: Sendable, Hashable {
        case number(Int)
        case name(String, version: Int?)

        /// How it is typed.
        var name: String {
            switch self {
            case .number(let number): "openml:\(number)"
            case .name(let name, let version): "openml:\(name)" + (version.map { "@\($0)" } ?? "")
            }
        }
    }

    /// The beginning of names that mean data sets of OpenML.
    static let prefix = "openml:"
    /// Where OpenML answers.
    static let server = "https://www.openml.org/api/v1/json/"
    /// How many bytes a description may have.
    private static let limit = 1 << 26

    /// The folder that holds the folders.
    let folder: DataFolder
    /// Where to ask.
    var base: URL?
    /// How long to wait for the next byte, and before another attempt.
    var patience = Duration.seconds(30)
    var pause = Duration.seconds(1)

    /// The request in a name; nil for a name of another kind.
    ///
    /// - Throws: `ApusError` with code `unknownName` for a name that no data set of OpenML can have.
    static func request(_ name: String) throws -> Request? {
        guard name.lowercased().hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces).lowercased()
        let isLegal =
            !rest.isEmpty && rest.utf8.count <= 200
            && rest.unicodeScalars.allSatisfy {
                $0.value > 32 && $0.value < 127 && !"/?#%\\\"".unicodeScalars.contains($0)
            }
        guard isLegal else {
            throw ApusError(
                .unknownName,
                "“\(name.prefix(80))” is no data set of OpenML; write openml: and a number or a name, such as openml:61 or "
                    + "openml:credit-g.")
        }
        if let number = Int(rest), number > 0 { return .number(number) }
        let parts = rest.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, let version = Int(parts[1]), version > 0, !parts[0].isEmpty {
            return .name(String(parts[0]), version: version)
        }
        return .name(rest, version: nil)
    }

    private var root: String { "\(folder.path)/openml" }

    private func path(of number: Int) -> String { "\(root)/\(number)" }

    // MARK: On this machine

    /// The description that is here; nil when there is none.
    func description(of request: Request) throws -> OpenMLDescription? {
        switch request {
        case .number(let number):
            let file = "\(path(of: number))/description.json"
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return try OpenMLDescription(WholeFile.read(file, failure: .unreadableData), name: file)
        case .name(let name, let version):
            let numbers = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
            for number in numbers.sorted() {
                guard let found = try? description(of: .number(number)), found.name.lowercased() == name,
                    version == nil || version == found.version
                else { continue }
                return found
            }
            return nil
        }
    }

    /// The data set as a frame, its target, its identifiers and what to ignore in their roles.
    func load(_ request: Request) throws -> DataFrame {
        guard let description = try description(of: request) else {
            throw ApusError(
                .unavailable,
                "The data set \(request.name) is not on this machine (nothing of it is in \(root)); run "
                    + "`apus data fetch \(request.name)`." + hint(request))
        }
        let file = "\(path(of: description.number))/data.arff"
        guard FileManager.default.fileExists(atPath: file) else {
            throw ApusError(
                .unavailable,
                "The data set \(request.name) is not on this machine (there is no \(file)); run "
                    + "`apus data fetch \(request.name)`.")
        }
        var frame = try DataFrame(arff: file)
        func present(_ names: [String]) -> [String] { names.filter(frame.containsColumn) }
        try frame.assign(.ignored, to: present(description.ignored))
        try frame.assign(.identifier, to: present(description.identifiers))
        // Several targets are no choice that a machine should make.
        if description.targets.count == 1 { try frame.assign(.target, to: present(description.targets)) }
        return frame
    }

    // MARK: From the net

    /// Brings a data set to this machine, unless it is there.
    ///
    /// - Returns: The folder with its files.
    func fetch(_ request: Request, progress: ProgressHandler?) async throws -> String {
        if let known = try? description(of: request), let file = known.file,
            Checksum.matches("\(path(of: known.number))/data.arff", file)
        {
            return path(of: known.number)
        }
        let number: Int
        switch request {
        case .number(let given): number = given
        case .name(let name, let version): number = try await find(name, version, request)
        }
        let description = try await document(
            "data/\(number)", name: "description.json", in: path(of: number), request, progress
        ) { try OpenMLDescription($0, name: $1) }
        guard description.number == number else {
            throw ApusError(
                .unreadableData,
                "OpenML answered with data set \(description.number) where \(number) was asked for; try again later.")
        }
        guard let file = description.file else {
            throw ApusError(
                .unreadableData,
                "The data set \(request.name) is published as \(description.format), which is not read, or without a "
                    + "checksum; ARFF files are.")
        }
        var fetcher = fetcher(into: path(of: number), request)
        fetcher.replacesOthers = !folder.isChosen
        try await fetcher.fetch([file], progress: progress)
        return path(of: number)
    }

    /// The number of the oldest active data set of a name.
    private func find(_ name: String, _ version: Int?, _ request: Request) async throws -> Int {
        let rest = version.map { "data_version/\($0)" } ?? "status/active"
        let plain = name.map { $0.isLetter || $0.isNumber ? $0 : "-" }
        let escaped = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", "_", "."])) ?? name
        let numbers = try await document(
            "data/list/data_name/\(escaped)/limit/100/\(rest)", name: "search-\(String(plain)).json", in: root, request,
            nil
        ) { try OpenMLDescription.numbers($0, name: $1) }
        try? FileManager.default.removeItem(atPath: "\(root)/search-\(String(plain)).json")
        guard let number = numbers.min() else { throw unknown(request) }
        return number
    }

    private func fetcher(into path: String, _ request: Request) -> FileFetcher {
        FileFetcher(
            mirrors: [url("")].compactMap(\.self), folder: path, command: "apus data fetch \(request.name)",
            statusOfUnknown: 412, patience: patience, pause: pause)
    }

    private func url(_ path: String) -> URL? {
        let text = base?.absoluteString ?? OpenML.server
        return URL(string: text + (text.hasSuffix("/") ? "" : "/") + path)
    }

    /// A small answer of the server, which is kept as a file.
    private func document<Content>(
        _ address: String, name: String, in path: String, _ request: Request, _ progress: ProgressHandler?,
        _ read: (Data, String) throws -> Content
    ) async throws -> Content {
        guard let url = url(address) else { throw unknown(request) }
        do {
            try await fetcher(into: path, request).fetch(
                [PublishedFile(name: name, url: url, digest: nil)], progress: progress)
        } catch let error as ApusError where error.code == .unknownName {
            // A folder of a data set that does not exist should not stay.
            if path != root { try? FileManager.default.removeItem(atPath: path) }
            throw unknown(request)
        }
        let file = "\(path)/\(name)"
        do {
            let data = try WholeFile.read(file, failure: .unreadableData)
            guard data.count <= OpenML.limit else {
                throw ApusError(.unreadableData, "\(file) has \(data.count) bytes, too many for a description.")
            }
            return try read(data, url.absoluteString)
        } catch {
            try? FileManager.default.removeItem(atPath: file)
            throw error
        }
    }

    private func unknown(_ request: Request) -> ApusError {
        ApusError(
            .unknownName,
            "There is no data set \(request.name) at \((base?.host ?? "www.openml.org"))." + hint(request))
    }

    /// The well-known name that was probably meant.
    private func hint(_ request: Request) -> String {
        guard case .name(let name, _) = request, !OpenML.wellKnown.contains(where: { $0.lowercased() == name }),
            let near = nearestName(to: name, among: OpenML.wellKnown)
        else { return "" }
        return " Did you mean openml:\(near.lowercased())?"
    }

    /// Names of data sets that are often asked for, to suggest one where a name was mistyped: those of the benchmark suite
    /// CC18 (B. Bischl et al., 2021) and some that textbooks use.
    static let wellKnown = [
        "adult", "analcatdata_authorship", "analcatdata_dmft", "balance-scale", "bank-marketing",
        "banknote-authentication", "Bioresponse", "blood-transfusion-service-center", "boston", "breast-w", "car",
        "CIFAR_10", "churn", "climate-model-simulation-crashes", "cmc", "cnae-9", "connect-4", "cpu", "credit-approval",
        "credit-g", "cylinder-bands", "Devnagari-Script", "diabetes", "dna", "dresses-sales", "electricity",
        "eucalyptus", "Fashion-MNIST", "first-order-theorem-proving", "har", "house_prices", "ilpd",
        "Internet-Advertisements", "iris", "isolet", "jm1", "kc1", "kc2", "kr-vs-kp", "letter", "madelon",
        "mfeat-factors", "mfeat-fourier", "mfeat-karhunen", "mfeat-morphological", "mfeat-pixel", "mfeat-zernike",
        "MiceProtein", "mnist_784", "nomao", "numerai28.6", "optdigits", "ozone-level-8hr", "pc1", "pc3", "pc4",
        "pendigits", "PhishingWebsites", "phoneme", "qsar-biodeg", "satimage", "segment", "semeion", "sick",
        "spambase", "splice", "steel-plates-fault", "texture", "tic-tac-toe", "titanic", "vehicle", "vowel",
        "wall-robot-navigation", "wdbc", "wilt", "wine", "wine-quality-red", "wine-quality-white",
    ]
}

/// Which versions of a model answer requests that name none.
public struct VersionPolicy: Sendable, Hashable {
    /// The percentage of requests for each version; empty for the newest version alone.
    public var shares: [String: Double]
    /// Versions that predict every request too, without the client seeing it.
    public var shadows: [String]

    /// A policy, by default the newest version alone.
    public init(shares: [String: Double] = [:], shadows: [String] = []) {
        self.shares = shares
        self.shadows = shadows
    }
}

#if Server
/// A model by its name, with its versions.
struct ModelEntry: Sendable {
    let name: String
    let policy: VersionPolicy
    /// From the oldest to the newest: by number where both are numbers, otherwise by name.
    var versions: [ServedVersion] = []

    init(name: String, policy: VersionPolicy) {
        self.name = name
        self.policy = policy
    }

    /// Puts a version in its place, or in the place of the one by the same name.
    mutating func insert(_ version: ServedVersion) {
        versions.removeAll { $0.version == version.version }
        let place = versions.firstIndex { Self.isOlder(version.version, $0.version) } ?? versions.count
        versions.insert(version, at: place)
    }

    /// A version by its name.
    func version(_ version: String) -> ServedVersion? { versions.first { $0.version == version } }

    /// The versions that answer requests which name none.
    var defaultVersions: Set<String> {
        let shared = versions.map(\.version).filter { policy.shares[$0] ?? 0 > 0 }
        if !shared.isEmpty { return Set(shared) }
        return newest.map { [$0.version] } ?? []
    }

    /// The newest version that is no shadow.
    private var newest: ServedVersion? {
        if policy.shadows.isEmpty { return versions.last }
        return versions.last { !policy.shadows.contains($0.version) } ?? versions.last
    }

    /// The version that answers a request: always the same one for the same request.
    func choose(for requestID: String) -> ServedVersion? {
        if policy.shares.isEmpty { return newest }
        let shares = versions.map { max(0, policy.shares[$0.version] ?? 0) }
        let total = shares.reduce(0, +)
        guard total > 0 else { return newest }
        var rest = Self.position(of: requestID) * total
        for (version, share) in zip(versions, shares) where share > 0 {
            if rest < share { return version }
            rest -= share
        }
        return versions.last { policy.shares[$0.version] ?? 0 > 0 }
    }

    /// The versions that predict beside the one that answers.
    func shadows(of chosen: ServedVersion) -> [ServedVersion] {
        if policy.shadows.isEmpty { return [] }
        return versions.filter { policy.shadows.contains($0.version) && $0 !== chosen }
    }

    /// A number in [0, 1) that a text always gets: FNV-1a with a finisher that spreads neighbours.
    private static func position(of text: String) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        hash ^= hash >> 33
        return Double(hash >> 11) * 0x1p-53
    }

    static func isOlder(_ a: String, _ b: String) -> Bool {
        switch (Int(a), Int(b)) {
        case (let a?, let b?): a < b
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): a < b
        }
    }
}
#endif

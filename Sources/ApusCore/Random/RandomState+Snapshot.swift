extension RandomState {
    /// The place in the stream as 625 words: the key, then the position. A second gaussian that waits for its call is
    /// not part of it.
    public var snapshot: [Int32] { key.map { Int32(bitPattern: $0) } + [Int32(position)] }

    /// The generator at the place that `snapshot` told, or nil when the words tell none.
    public init?(snapshot: [Int32]) {
        guard snapshot.count == Self.length + 1, let last = snapshot.last, (0...Self.length).contains(Int(last)) else {
            return nil
        }
        self.init(seed: 0)
        key = snapshot.dropLast().map { UInt32(bitPattern: $0) }
        position = Int(last)
    }
}

/// Doubles from the state of a Mersenne twister.
enum UniformKernel {
    /// Writes doubles from [0, 1), each from two words of the state that follow each other.
    ///
    /// - Parameters:
    ///   - count: How many; the state has twice as many words from `place` on.
    ///   - key: The state.
    ///   - place: The first word.
    ///   - target: Room for `count` numbers.
    static func fill(_ count: Int, from key: [UInt32], at place: Int, to target: UnsafeMutableBufferPointer<Double>) {
        key.withUnsafeBufferPointer { key in
            for k in 0..<count {
                target[k] = RandomState.double(
                    RandomState.tempered(key[place + 2 * k]), RandomState.tempered(key[place + 2 * k + 1]))
            }
        }
    }
}

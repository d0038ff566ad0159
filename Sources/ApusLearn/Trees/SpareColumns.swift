import ApusCore
import Synchronization

/// Columns that are made when they are asked for the first time.
final class SpareColumns: Sendable {
    private let x: Matrix
    private let levels: Int?
    private let made = Mutex<TreeColumns?>(nil)

    /// - Parameters:
    ///   - x: A matrix that packed columns were made of, so that it has no unusable value.
    ///   - levels: The most ranks of a column, nil for one a value.
    init(_ x: Matrix, levels: Int?) {
        self.x = x
        self.levels = levels
    }

    /// The columns.
    func columns() throws -> TreeColumns {
        try made.withLock { made in
            if let columns = made { return columns }
            let columns = try TreeColumns(x, levels: levels)
            made = columns
            return columns
        }
    }
}

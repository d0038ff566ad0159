import ApusCore
import ApusTestSupport

extension Oracle {
    /// Labels that are integers or texts.
    func labels(_ key: String) throws -> Labels {
        if let integers = try? ints(key) { return Labels(integers) }
        return Labels(try strings(key))
    }

    /// Numbers, or nil where the field is null.
    func optionalDoubles(_ key: String) throws -> [Double]? {
        has(key) ? try doubles(key) : nil
    }
}

import ApusCore
import ApusFrame

extension BundledDataset {
    /// The data set as a frame in which the column to predict has the role of the target.
    ///
    /// - Throws: `ApusError` with code `unreadableData`, which the data that come with Apus never cause.
    public func frame() throws -> DataFrame {
        var frame = try DataFrame(csvBytes: csv, options: CSVOptions(delimiter: ",", hasHeader: true))
        try frame.assign(.target, to: [target])
        return frame
    }
}

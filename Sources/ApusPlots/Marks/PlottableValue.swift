/// A named array of values, or one value for all, that a mark draws along an axis or turns into colour or shape.
///
///     PointMark(x: .value("Age", ages), y: .value("Income", incomes))
///     RuleMark(y: .value("Mean income", 41_200))
///
/// The label names the axis or the legend where the chart gives no other name. Numbers make a linear or logarithmic
/// axis and a continuous colour; names make a category axis and one colour each. Where a mark is given arrays of
/// different lengths it draws as many items as the shortest has; a single value goes with every item.
public struct PlottableValue: Sendable, Hashable {
    enum Storage: Sendable, Hashable {
        case numbers([Double])
        case names([String])
    }

    let label: String
    let storage: Storage
    let isScalar: Bool

    init(_ label: String, _ storage: Storage, isScalar: Bool = false) {
        self.label = label
        self.storage = storage
        self.isScalar = isScalar
    }

    /// Numbers; those that are NaN or infinite are left out of the chart.
    public static func value(_ label: String, _ numbers: [Double]) -> PlottableValue {
        PlottableValue(label, .numbers(numbers))
    }

    /// Whole numbers, drawn on a numeric axis.
    public static func value(_ label: String, _ numbers: [Int]) -> PlottableValue {
        PlottableValue(label, .numbers(numbers.map(Double.init)))
    }

    /// Categories by name.
    public static func value(_ label: String, _ names: [String]) -> PlottableValue {
        PlottableValue(label, .names(names))
    }

    /// Categories "false" and "true".
    public static func value(_ label: String, _ flags: [Bool]) -> PlottableValue {
        PlottableValue(label, .names(flags.map { $0 ? "true" : "false" }))
    }

    /// One number for all items of the mark.
    public static func value(_ label: String, _ number: Double) -> PlottableValue {
        PlottableValue(label, .numbers([number]), isScalar: true)
    }

    /// One whole number for all items of the mark.
    public static func value(_ label: String, _ number: Int) -> PlottableValue {
        PlottableValue(label, .numbers([Double(number)]), isScalar: true)
    }

    /// One category for all items of the mark.
    public static func value(_ label: String, _ name: String) -> PlottableValue {
        PlottableValue(label, .names([name]), isScalar: true)
    }

    /// Number of items, or `nil` for a single value that goes with any number of items.
    var count: Int? {
        if isScalar { return nil }
        switch storage {
        case .numbers(let numbers): return numbers.count
        case .names(let names): return names.count
        }
    }

    var isNames: Bool {
        if case .names = storage { return true }
        return false
    }

    /// The value of item `index` as a category: numbers as they are written.
    func name(at index: Int) -> String? {
        let index = isScalar ? 0 : index
        switch storage {
        case .names(let names): return names.indices.contains(index) ? names[index] : nil
        case .numbers(let numbers):
            guard numbers.indices.contains(index), numbers[index].isFinite else { return nil }
            return NumberFormat.plain(numbers[index])
        }
    }

    /// The value of item `index` as a number; NaN where there is none.
    func number(at index: Int) -> Double {
        let index = isScalar ? 0 : index
        switch storage {
        case .numbers(let numbers): return numbers.indices.contains(index) ? numbers[index] : .nan
        case .names(let names): return names.indices.contains(index) ? Double(names[index]) ?? .nan : .nan
        }
    }
}

import ApusCore
import CApusReferences
import Foundation

/// Whether the figures of a chapter are those that the Python tools give.
public enum Agreement: Sendable, Hashable {
    /// All of them are; how many were compared.
    case same(Int)
    /// Some are not; their names.
    case different([String])
    /// There is nothing to compare with.
    case unknown

    /// True, false, or null where there is nothing to compare with.
    var json: JSONValue {
        switch self {
        case .same: true
        case .different: false
        case .unknown: .null
        }
    }

    /// A few words for a badge.
    var words: String {
        switch self {
        case .same(let count): "same as Python: yes, \(count) figures"
        case .different(let names): "same as Python: no, \(names.count) figures differ"
        case .unknown: "not compared with Python"
        }
    }
}

extension Chapter {
    /// The figures compared with those of scikit-learn, pandas and their kin for the same seeds, which are part of the
    /// program.
    ///
    /// Numbers are the same when they agree to nine digits; fits by high powers, whose condition magnifies what either side
    /// rounds, to six. Figures that differ from run to run, such as times, are left out.
    public var agreement: Agreement {
        guard let known = Self.reference(for: number) else { return .unknown }
        let compared = figures.filter(\.isReproducible)
        let different = compared.filter { figure in
            guard let reference = known[figure.name] else { return true }
            return !Self.agree(figure.value, reference, tolerance: Self.tolerance(for: figure.name))
        }
        if compared.isEmpty { return .unknown }
        return different.isEmpty ? .same(compared.count) : .different(different.map(\.name))
    }

    /// Closed forms agree to 1e-9. High powers of x are nearly dependent: what both sides round differs by the condition of
    /// the problem, up to 1e6, and the variance of the wildest fits magnifies it.
    static func tolerance(for figure: String) -> Double {
        ["degree 15", "degree 9", "degree 8", "degree 7"].contains { figure.hasPrefix($0) } ? 1e-6 : 1e-9
    }

    private static func reference(for section: Int) -> [String: JSONValue]? {
        let number = Int32(clamping: section)
        var bytes = [UInt8](repeating: 0, count: apus_reference_size(number))
        guard !bytes.isEmpty else { return nil }
        apus_reference_copy(number, &bytes)
        return try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes))
    }

    static func agree(_ value: JSONValue, _ reference: JSONValue, tolerance: Double) -> Bool {
        // An array of the reference is an object of its shape and its values.
        let reference = reference["values"] ?? reference
        if let number = value.doubleValue, let known = reference.doubleValue {
            return abs(number - known) <= max(1e-12, tolerance * abs(known))
        }
        if let list = value.arrayValue, let known = reference.arrayValue {
            guard list.count == known.count else { return false }
            return zip(list, known).allSatisfy { number, reference in
                guard let number = number.doubleValue, let known = reference.doubleValue else {
                    return number == reference
                }
                return abs(number - known) <= max(1e-9, tolerance * abs(known))
            }
        }
        return value == reference
    }
}

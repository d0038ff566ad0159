import ApusCore
import Foundation
import Synchronization

/// What all support-vector machines are told alike, and the checks and preparations that follow from it.
struct SupportVectorSettings: Sendable {
    var kernel: SupportVectorKernel
    var gamma: SupportVectorGamma
    var coef0: Double
    var degree: Int
    var tol: Double
    var maxIter: Int?
    var shrinking: Bool
    var cacheSize: Double
    var solver: SupportVectorSolver

    /// Rows up to which `.auto` takes the sequential solver, and multiplications for all kernel values.
    static let (sequentialRows, sequentialWork) = (8192, 4e9)

    static let overflow = ApusError(
        .numericalFailure,
        "The data are so large that the kernel overflows; scale the columns, or lower gamma, coef0 or degree.")

    /// When a solver stops, where `parallel` problems share the memory for kernel rows.
    func limits(sharedBy parallel: Int) -> SVMProblem.Limits {
        // Never more than half of what the machine has; results do not depend on it.
        let most = Double(ProcessInfo.processInfo.physicalMemory) / 2
        let bytes = Int(min(cacheSize * 1_048_576, most)) / max(1, parallel)
        return SVMProblem.Limits(tolerance: tol, iterations: maxIter, shrinking: shrinking, cacheBytes: bytes)
    }

    /// Whether the solver for many rows is taken.
    func takesBlocks(_ x: Matrix) -> Bool {
        switch solver {
        case .sequential: return false
        case .blocks: return true
        case .auto:
            let width = kernel == .precomputed ? 1 : Double(x.columns)
            return x.rows > Self.sequentialRows
                || Double(x.rows) * Double(x.rows) * width > Self.sequentialWork
        }
    }

    /// The kernel with its numbers settled; nil where the data hold kernel values.
    ///
    /// - Throws: `ApusError` with code `shapeMismatch` when given kernel values are not square, or `numericalFailure`
    /// when
    ///   kernel values overflow.
    func kernel(for x: Matrix) throws -> SVMKernel? {
        if kernel == .precomputed {
            guard x.rows == x.columns else {
                throw ApusError(
                    .shapeMismatch,
                    "x is \(x.rows) × \(x.columns), but a precomputed kernel is square: one row and one column for each "
                        + "training row.")
            }
            guard x.values.allSatisfy({ abs($0) <= Double(Float.greatestFiniteMagnitude) }) else { throw Self.overflow }
            return nil
        }
        guard let shape = kernel.shape else { return nil }
        let numbers = shape == .linear ? 1 : try gamma.resolved(for: x)
        let result = SVMKernel(shape, gamma: numbers, coef0: coef0, degree: degree)
        let limit = Double(Float.greatestFiniteMagnitude) / 4
        // For the radial basis function the diagonal says nothing; the norms do.
        let sizes = shape == .rbf ? SVMKernel(.linear).diagonal(x) : result.diagonal(x)
        guard sizes.allSatisfy({ abs($0) <= limit }) else { throw Self.overflow }
        return result
    }
}

extension SupportVectorKernel {
    /// The function, or nil for given values.
    var shape: SVMKernel.Shape? {
        switch self {
        case .linear: .linear
        case .poly: .poly
        case .rbf: .rbf
        case .sigmoid: .sigmoid
        case .precomputed: nil
        }
    }
}

/// Counts the problems that are done, for whoever watches.
final class SupportVectorProgress: Sendable {
    private let done = Mutex(0)
    private let total: Int
    private let handler: ProgressHandler?

    init(total: Int, _ handler: ProgressHandler?) {
        self.total = total
        self.handler = handler
    }

    /// One more is done.
    func advance() {
        guard let handler else { return }
        let count = done.withLock { count in
            count += 1
            return count
        }
        handler(ProgressUpdate(stage: "problems", completed: count, total: total))
    }
}

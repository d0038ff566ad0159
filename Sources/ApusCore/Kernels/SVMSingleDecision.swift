/// Decisions of a radial basis function in single precision.
struct SVMSingleDecision: Sendable, Hashable {
    init(_ kernel: SVMKernel, _ vectors: Matrix, centre: [Double], coefficients: Matrix, counts: [Int]) {}
    func sums(_ x: Matrix) -> [Matrix] { [] }
}

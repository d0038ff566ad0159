import ApusCore

/// Fitted classifiers with a calibrator for each of their scores.
public struct CalibratedClassifierModel<Base: ClassifierModel>: ClassifierModel {
    /// `calibrated-classifier-cv`
    public static var catalogName: String { "calibrated-classifier-cv" }

    /// A classifier and the calibrators of its scores: one for two classes or a temperature, otherwise one a class.
    package struct Member: Sendable, Equatable {
        package let model: Base
        package let calibrators: [ScoreCalibrator]

        /// Of two classes the probabilities of both, as a temperature takes them; other scores as they are.
        static func bothClasses(_ held: (scores: Matrix, areProbabilities: Bool)) -> Matrix {
            guard held.areProbabilities, held.scores.columns == 1 else { return held.scores }
            return Matrix(rows: held.scores.rows, columns: 2, values: held.scores.values.flatMap { [1 - $0, $0] })
        }

        func probabilities(_ x: Matrix) throws -> Matrix {
            let held = try ScoreSource.forCalibration(model, x)
            if case .temperature(let beta) = calibrators.first {
                return ScoreCalibrator.softmax(Self.bothClasses(held), beta: beta)
            }
            let columns = calibrators.enumerated().map { $1.probabilities(held.scores.column($0)) }
            guard columns.count > 1 else {
                return Matrix(rows: x.rows, columns: 2, values: columns[0].flatMap { [1 - $0, $0] })
            }
            var table = Matrix(rows: x.rows, columns: columns.count)
            for row in 0..<x.rows {
                let sum = columns.reduce(0) { $0 + $1[row] }
                for j in columns.indices {
                    table[row, j] = sum == 0 ? 1 / Double(columns.count) : columns[j][row] / sum
                }
            }
            return table
        }
    }

    /// The classes it can answer, ascending.
    public let classes: Labels.Classes
    /// The classifiers with their calibrators: one for each fold, or one alone.
    package let members: [Member]
    /// Whether classes are those that the only classifier answers, and probabilities alone are calibrated.
    public let keepsDecisions: Bool

    init(classes: Labels.Classes, members: [Member], keepsDecisions: Bool = false) {
        self.classes = classes
        self.members = members
        self.keepsDecisions = keepsDecisions
    }

    /// The fitted classifiers: one for each fold, or one alone.
    public var estimators: [Base] { members.map(\.model) }

    /// Number of features that the classifiers were fitted on.
    public var featureCount: Int { members[0].model.featureCount }

    /// The most probable class of each row, or what the classifier itself answers where decisions are kept.
    public func predict(_ x: Matrix) throws -> Labels {
        keepsDecisions ? try members[0].model.predict(x) : try predictWithProbabilities(x).labels
    }

    /// The mean of the calibrated probabilities of the members.
    public func predictProba(_ x: Matrix) throws -> Matrix {
        var mean = try members[0].probabilities(x)
        for member in members.dropFirst() {
            let other = try member.probabilities(x).values
            mean.withMutableValues { values in for k in values.indices { values[k] += other[k] } }
        }
        mean.withMutableValues { values in for k in values.indices { values[k] /= Double(members.count) } }
        return mean
    }

    /// Both answers from one pass over the rows.
    public func predictWithProbabilities(_ x: Matrix) throws -> (labels: Labels, probabilities: Matrix) {
        let table = try predictProba(x)
        if keepsDecisions { return (try members[0].model.predict(x), table) }
        let codes = (0..<table.rows).map { row in
            (1..<table.columns).reduce(0) { table[row, $1] > table[row, $0] ? $1 : $0 }
        }
        return (try Labels(codes: codes, classes: classes), table)
    }

    /// Puts every member into an archive.
    public func encode(into archive: inout ModelArchive) {
        archive.store(classes, as: "classes")
        archive.store(.int(members.count), as: "members")
        if keepsDecisions { archive.store(.bool(true), as: "keepsDecisions") }
        for (place, member) in members.enumerated() {
            var part = ModelArchive()
            member.model.encode(into: &part)
            archive.store(part, under: "member\(place)")
            archive.store(.int(member.calibrators.count), as: "calibrators\(place)")
            for (column, calibrator) in member.calibrators.enumerated() {
                var part = ModelArchive()
                calibrator.encode(into: &part)
                archive.store(part, under: "calibrator\(place)_\(column)")
            }
        }
    }

    /// Takes every member out of an archive and checks that they belong together.
    ///
    /// - Throws: `ApusError` with code `unreadableModel`.
    public init(from archive: ModelArchive) throws {
        classes = try archive.classes("classes")
        let classes = classes
        guard classes.count > 1 else { throw archive.damaged("there is only one class") }
        members = try (0..<archive.int("members", in: 1...10_000)).map { place in
            let model = try Base(from: archive.part("member\(place)"))
            guard model.classes == classes else { throw archive.damaged("a classifier has other classes") }
            let calibrators = try (0..<archive.int("calibrators\(place)", in: 1...classes.count)).map {
                try ScoreCalibrator(from: archive.part("calibrator\(place)_\($0)"))
            }
            let isTemperature = if case .temperature = calibrators[0] { true } else { false }
            guard calibrators.count == (isTemperature || classes.count == 2 ? 1 : classes.count),
                isTemperature || calibrators.allSatisfy({ if case .temperature = $0 { false } else { true } })
            else { throw archive.damaged("its calibrators do not fit its classes") }
            return Member(model: model, calibrators: calibrators)
        }
        guard Set(members.map(\.model.featureCount)).count == 1 else {
            throw archive.damaged("its classifiers take different numbers of features")
        }
        keepsDecisions = archive.attributes["keepsDecisions"] == nil ? false : try archive.bool("keepsDecisions")
        guard !keepsDecisions || members.count == 1 else {
            throw archive.damaged("several classifiers cannot all keep their decisions")
        }
    }
}

extension ScoreCalibrator {
    func encode(into archive: inout ModelArchive) {
        switch self {
        case .sigmoid(let slope, let intercept):
            archive.store([slope, intercept], as: "sigmoid")
        case .isotonic(let x, let y):
            archive.store(x, as: "x")
            archive.store(y, as: "y")
        case .temperature(let beta): archive.store([beta], as: "temperature")
        }
    }

    init(from archive: ModelArchive) throws {
        if archive.tensors["sigmoid"] != nil {
            let values = try archive.doubles("sigmoid", count: 2)
            self = .sigmoid(slope: values[0], intercept: values[1])
        } else if archive.tensors["temperature"] != nil {
            let beta = try archive.doubles("temperature", count: 1)[0]
            guard beta > 0 else { throw archive.damaged("its temperature is not positive") }
            self = .temperature(beta: beta)
        } else {
            let x = try archive.doubles("x")
            let y = try archive.doubles("y", count: x.count)
            guard !x.isEmpty, x.indices.dropFirst().allSatisfy({ x[$0] > x[$0 - 1] }),
                y.allSatisfy({ $0 >= 0 && $0 <= 1 })
            else { throw archive.damaged("a calibrator is not a function into probabilities") }
            self = .isotonic(x: x, y: y)
        }
    }
}

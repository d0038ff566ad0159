/// A search for a step along a direction that decreases a function enough and flattens its slope enough:
/// f(t) ≤ f(0) + 10⁻³ t f'(0) and |f'(t)| ≤ 0.9 |f'(0)|.
///
/// Moré and Thuente, *Line search algorithms with guaranteed sufficient decrease*, ACM TOMS 20 (1994), in the form of
/// MINPACK-2's `dcsrch`, whose constants and order of operations it keeps so that the same steps are tried. The caller
/// evaluates the function at `step` and passes what it finds to `advance`, until that says that the step is the one.
struct LineSearch {
    /// A step with the function's value and slope there.
    private struct Point {
        var step: Double
        var value: Double
        var slope: Double
    }

    private static let decrease = 1e-3
    private static let flatness = 0.9
    private static let intervalTolerance = 0.1
    private static let largestStep = 1e10

    /// The step to evaluate next, or the one that was accepted.
    private(set) var step: Double

    private let start: Point
    private let requiredSlope: Double
    /// The best point so far, one end of the interval of uncertainty; `other` is its other end.
    private var best: Point
    private var other: Point
    private var bracketed = false
    private var modified = true
    private var lower = 0.0
    private var upper: Double
    private var width = LineSearch.largestStep
    private var widthBefore = 2 * LineSearch.largestStep

    /// A search that begins with `step`, from where the function has `value` and the negative slope `slope`.
    init(step: Double, value: Double, slope: Double) {
        self.step = min(step, LineSearch.largestStep)
        start = Point(step: 0, value: value, slope: slope)
        requiredSlope = LineSearch.decrease * slope
        best = start
        other = start
        upper = self.step + 4 * self.step
    }

    /// Takes the function's value and slope at `step`; either accepts it or changes it to the next one to try.
    ///
    /// - Returns: Whether `step` is accepted.
    mutating func advance(value: Double, slope: Double) -> Bool {
        let enough = start.value + step * requiredSlope
        if modified, value <= enough, slope >= 0 { modified = false }
        let stuck =
            bracketed && (step <= lower || step >= upper || upper - lower <= LineSearch.intervalTolerance * upper)
        let atEnd =
            (step == LineSearch.largestStep && value <= enough && slope <= requiredSlope)
            || (step == 0 && (value > enough || slope >= requiredSlope))
        let found = value <= enough && slope.magnitude <= LineSearch.flatness * -start.slope
        if stuck || atEnd || found { return true }

        let trial = Point(step: step, value: value, slope: slope)
        if modified, value <= best.value, value > enough {
            // A lower value that is not low enough: search the function minus the required decrease instead.
            best = tilted(best, by: -requiredSlope)
            other = tilted(other, by: -requiredSlope)
            narrow(with: tilted(trial, by: -requiredSlope))
            best = tilted(best, by: requiredSlope)
            other = tilted(other, by: requiredSlope)
        } else {
            narrow(with: trial)
        }
        if bracketed {
            let distance = (other.step - best.step).magnitude
            if distance >= 0.66 * widthBefore { step = best.step + 0.5 * (other.step - best.step) }
            widthBefore = width
            width = (other.step - best.step).magnitude
            lower = min(best.step, other.step)
            upper = max(best.step, other.step)
        } else {
            lower = step + 1.1 * (step - best.step)
            upper = step + 4 * (step - best.step)
        }
        step = min(max(step, 0), LineSearch.largestStep)
        if bracketed, step <= lower || step >= upper || upper - lower <= LineSearch.intervalTolerance * upper {
            step = best.step
        }
        return false
    }

    private func tilted(_ point: Point, by slope: Double) -> Point {
        Point(step: point.step, value: point.value + point.step * slope, slope: point.slope + slope)
    }

    /// Replaces an end of the interval by a trial point and chooses the next step inside or beyond it (`dcstep`).
    private mutating func narrow(with trial: Point) {
        let opposite = sign(trial.slope) * sign(best.slope) < 0
        let next: Double
        if trial.value > best.value {
            next = afterHigherValue(trial)
            bracketed = true
        } else if opposite {
            next = afterSignChange(trial)
            bracketed = true
        } else if trial.slope.magnitude < best.slope.magnitude {
            next = afterFlatterSlope(trial)
        } else if bracketed {
            next = cubicMinimum(from: trial, to: other)
        } else {
            next = trial.step > best.step ? upper : lower
        }
        if trial.value > best.value {
            other = trial
        } else {
            if opposite { other = best }
            best = trial
        }
        step = next
    }

    /// A higher value brackets the minimum: the cubic's step if it is nearer to the best one than the parabola's, else
    /// half way between the two.
    private func afterHigherValue(_ trial: Point) -> Double {
        let span = trial.step - best.step
        let theta = 3 * (best.value - trial.value) / span + best.slope + trial.slope
        let gamma = cubicRoot(theta, best.slope, trial.slope) * (trial.step < best.step ? -1 : 1)
        let ratio = ((gamma - best.slope) + theta) / (((gamma - best.slope) + gamma) + trial.slope)
        let cubic = best.step + ratio * span
        let parabola = best.step + ((best.slope / ((best.value - trial.value) / span + best.slope)) / 2) * span
        return (cubic - best.step).magnitude <= (parabola - best.step).magnitude
            ? cubic : cubic + (parabola - cubic) / 2
    }

    /// A lower value with a slope of the other sign brackets it too: the cubic's or the secant's step, the farther one.
    private func afterSignChange(_ trial: Point) -> Double {
        let cubic = cubicMinimum(from: trial, to: best)
        let secant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step)
        return (cubic - trial.step).magnitude > (secant - trial.step).magnitude ? cubic : secant
    }

    /// A lower value with a flatter slope of the same sign: the cubic's step if its minimum lies beyond, else the
    /// secant's, kept well inside the interval or within the bounds.
    private func afterFlatterSlope(_ trial: Point) -> Double {
        let theta = 3 * (best.value - trial.value) / (trial.step - best.step) + best.slope + trial.slope
        let gamma = cubicRoot(theta, best.slope, trial.slope, atLeastZero: true) * (trial.step > best.step ? -1 : 1)
        let ratio = ((gamma - trial.slope) + theta) / ((gamma + (best.slope - trial.slope)) + gamma)
        let cubic =
            ratio < 0 && gamma != 0
            ? trial.step + ratio * (best.step - trial.step) : (trial.step > best.step ? upper : lower)
        let secant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step)
        let cubicIsNearer = (cubic - trial.step).magnitude < (secant - trial.step).magnitude
        guard bracketed else {
            let cubicIsFarther = (cubic - trial.step).magnitude > (secant - trial.step).magnitude
            return min(max(cubicIsFarther ? cubic : secant, lower), upper)
        }
        let chosen = cubicIsNearer ? cubic : secant
        let limit = trial.step + 0.66 * (other.step - trial.step)
        return trial.step > best.step ? min(limit, chosen) : max(limit, chosen)
    }

    /// The minimum of the cubic through two points with their slopes, as a step from the first.
    private func cubicMinimum(from trial: Point, to end: Point) -> Double {
        let theta = 3 * (end.value - trial.value) / (trial.step - end.step) + end.slope + trial.slope
        let gamma = cubicRoot(theta, end.slope, trial.slope) * (trial.step > end.step ? -1 : 1)
        let ratio = ((gamma - trial.slope) + theta) / (((gamma - trial.slope) + gamma) + end.slope)
        return trial.step + ratio * (end.step - trial.step)
    }

    private func cubicRoot(_ theta: Double, _ a: Double, _ b: Double, atLeastZero: Bool = false) -> Double {
        let scale = max(theta.magnitude, a.magnitude, b.magnitude)
        let square = (theta / scale) * (theta / scale) - (a / scale) * (b / scale)
        return scale * (atLeastZero ? max(0, square) : square).squareRoot()
    }

    private func sign(_ value: Double) -> Double { value > 0 ? 1 : (value < 0 ? -1 : 0) }
}

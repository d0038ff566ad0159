/// Gini impurity: 1 - Σ q².
enum GiniImpurity: ClassImpurity {
    @inline(__always)
    static func impurity(_ sums: UnsafePointer<Double>, _ count: Int, _ weight: Double) -> Double {
        var squares = 0.0
        for c in 0..<count { squares += sums[c] * sums[c] }
        return 1 - squares / (weight * weight)
    }

    /// What candidates are compared by, from the exact sums of squared class weights.
    @inline(__always)
    private static func proxy(
        _ squaresLeft: Double, _ weightLeft: Double, _ squaresRight: Double, _ weightRight: Double
    ) -> Double {
        let left = 1 - squaresLeft / (weightLeft * weightLeft)
        let right = 1 - squaresRight / (weightRight * weightRight)
        return -weightRight * right - weightLeft * left
    }

    static func searchExact(
        _ criterion: inout ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit
    ) {
        if criterion.classes == 2, criterion.weights == nil {
            searchTwoClasses(criterion, pass, &split)
        } else {
            searchClasses(criterion, pass, &split)
        }
    }

    /// Two classes, every row of weight 1.
    ///
    /// With n rows, l of them and p of class 1 left, r right, and P of class 1 in all, the proxy is
    /// 2 (d² / (n l r) - P + P² / n) where d = p n - P l. A candidate can only win if d² is above a bound times l r,
    /// which needs no division; those that pass are compared by the reference's own arithmetic.
    private static func searchTwoClasses(
        _ criterion: ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit
    ) {
        let (start, end) = (pass.start, pass.end)
        let first = max(pass.firstCut, start + pass.limits.rows)
        let last = min(pass.lastCut, end - pass.limits.rows)
        guard first <= last else { return }
        let keys = pass.keys
        let codes = criterion.codes
        let count = Double(end - start)
        let ones = criterion.total[1]
        let offset = 2 * ones - 2 * ones * ones / count - 1e-12 * count
        var bound = (split.proxy + offset) * (count / 2)
        var onesLeft = 0.0
        for place in start..<first - 1 { onesLeft += Double(codes[pass.row(place)]) }
        for place in first...last {
            onesLeft += Double(codes[Int(keys[place - 1] & 0xffff_ffff)])
            let left = Double(place - start)
            let right = count - left
            let d = onesLeft * count - ones * left
            if d * d <= bound * (left * right) { continue }
            if place < pass.presentEnd, pass.isTied(place) { continue }
            if left < pass.limits.weight || right < pass.limits.weight { continue }
            let zerosLeft = left - onesLeft
            let onesRight = ones - onesLeft
            let zerosRight = right - onesRight
            let proxy = proxy(
                zerosLeft * zerosLeft + onesLeft * onesLeft, left, zerosRight * zerosRight + onesRight * onesRight,
                right)
            if proxy > split.proxy {
                pass.record(place, proxy, into: &split)
                bound = (proxy + offset) * (count / 2)
            }
        }
    }

    /// Any number of classes and weights: a row moved to the left changes the sums of squares by a term each.
    private static func searchClasses(
        _ criterion: ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit
    ) {
        let (start, end) = (pass.start, pass.end)
        let first = max(pass.firstCut, start + pass.limits.rows)
        let last = min(pass.lastCut, end - pass.limits.rows)
        guard first <= last else { return }
        let (codes, weights, classes) = (criterion.codes, criterion.weights, criterion.classes)
        let left = criterion.left
        let right = criterion.right
        left.update(repeating: 0, count: classes)
        right.update(from: criterion.total, count: classes)
        let weight = criterion.weight
        var weightLeft = 0.0
        var squaresLeft = 0.0
        var squaresRight = 0.0
        for c in 0..<classes { squaresRight += right[c] * right[c] }
        // Σ c² / l + Σ c² / r is the proxy plus the node's weight.
        let offset = weight - 1e-12 * weight
        var bound = split.proxy + offset
        for place in start + 1...last {
            let row = pass.row(place - 1)
            let code = Int(codes[row])
            let w = weights?[row] ?? 1
            let (l, r) = (left[code], right[code])
            squaresLeft += w * (2 * l + w)
            squaresRight -= w * (2 * r - w)
            left[code] = l + w
            right[code] = r - w
            weightLeft += w
            let weightRight = weight - weightLeft
            if squaresLeft * weightRight + squaresRight * weightLeft <= bound * (weightLeft * weightRight) {
                continue
            }
            if place < first || place < pass.presentEnd && pass.isTied(place) { continue }
            if weightLeft < pass.limits.weight || weightRight < pass.limits.weight { continue }
            let proxy = proxy(squaresLeft, weightLeft, squaresRight, weightRight)
            if proxy > split.proxy {
                pass.record(place, proxy, into: &split)
                bound = proxy + offset
            }
        }
    }
}

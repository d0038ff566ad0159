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

    static func search(
        _ criterion: inout ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit
    ) {
        if !criterion.isExact {
            searchClasses(criterion, pass, &split, isExact: false)
        } else if criterion.classes == 2, criterion.weights == nil {
            searchTwoClasses(criterion, pass, &split)
        } else {
            searchClasses(criterion, pass, &split, isExact: true)
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
    ///
    /// Those sums only screen; candidates that may win are compared by the reference's own arithmetic. Without
    /// `isExact` the left sums are added in the order of `ClassCriterion.update`, its turn to subtracting included.
    @inline(__always)
    private static func searchClasses(
        _ criterion: ClassCriterion<Self>, _ pass: TreePass, _ split: inout TreeSplit, isExact: Bool
    ) {
        let (start, end) = (pass.start, pass.end)
        let first = max(pass.firstCut, start + pass.limits.rows)
        let last = min(pass.lastCut, end - pass.limits.rows)
        guard first <= last else { return }
        let (keys, presentEnd, limits) = (pass.keys, pass.presentEnd, pass.limits)
        let (codes, weights, classes) = (criterion.codes, criterion.weights, criterion.classes)
        let (total, left, right, weight) = (criterion.total, criterion.left, criterion.right, criterion.weight)
        left.update(repeating: 0, count: classes)
        var weightLeft = 0.0
        var squaresLeft = 0.0
        var squaresRight = 0.0
        for c in 0..<classes { squaresRight += total[c] * total[c] }
        // Σ c² / l + Σ c² / r is the proxy plus the node's weight; each row may have cost the sums a rounding.
        let offset = weight - (8 * Double(end - start) + 64) * .ulpOfOne * weight
        var bound = split.proxy + offset
        var position = start
        var key = keys[start]
        for place in start + 1...last {
            let row = Int(key & 0xffff_ffff)
            let code = Int(codes[row])
            let w = weights?[row] ?? 1
            let l = left[code]
            squaresLeft += w * (2 * l + w)
            squaresRight -= w * (2 * (total[code] - l) - w)
            left[code] = l + w
            weightLeft += w
            let before = key
            key = keys[place]
            if !isExact {
                if place < first || place < presentEnd && pass.isTied(before, key) { continue }
                if place &- position > end &- place {
                    weightLeft = criterion.subtract(keys, from: end, downTo: place)
                    squaresLeft = 0
                    squaresRight = 0
                    for c in 0..<classes {
                        squaresLeft += left[c] * left[c]
                        squaresRight += (total[c] - left[c]) * (total[c] - left[c])
                    }
                }
                position = place
            }
            let weightRight = weight - weightLeft
            if squaresLeft * weightRight + squaresRight * weightLeft <= bound * (weightLeft * weightRight) {
                continue
            }
            if isExact, place < first || place < presentEnd && pass.isTied(before, key) { continue }
            if weightLeft < limits.weight || weightRight < limits.weight { continue }
            for c in 0..<classes { right[c] = total[c] - left[c] }
            let (impurityLeft, impurityRight) = (
                impurity(left, classes, weightLeft), impurity(right, classes, weightRight)
            )
            let proxy = -weightRight * impurityRight - weightLeft * impurityLeft
            if proxy > split.proxy {
                pass.record(place, proxy, into: &split)
                bound = proxy + offset
            }
        }
    }
}

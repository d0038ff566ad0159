extension ChartRenderer {
    static let annotationSize = 11.0

    /// Texts at the items of a mark, in front of everything else.
    func drawAnnotations(_ layer: Layer, in writer: inout SVGWriter) {
        guard let annotation = layer.mark.annotation else { return }
        let frames = BarFrames(self, layer)
        for index in 0..<min(layer.count, annotation.texts.count) where layer.isDrawable(index) {
            let text = annotation.texts[index]
            guard !text.isEmpty, let target = target(layer, index, frames) else { continue }
            let position = annotation.position == .automatic ? automatic(layer, index) : annotation.position
            if layer.mark.kind == .rule {
                drawRuleText(text, target, position, layer, in: &writer)
            } else {
                drawText(text, target, position, layer, index, in: &writer)
            }
        }
    }

    /// The room an item takes; `nil` where it is outside of the plot.
    private func target(_ layer: Layer, _ index: Int, _ frames: BarFrames) -> Rect? {
        switch layer.mark.kind {
        case .bar, .rectangle: return frames.rect(index)
        case .rule:
            let (start, end) = (ruleStart(layer, index), ruleEnd(layer, index))
            guard start.x.isFinite, start.y.isFinite, end.x.isFinite, end.y.isFinite else { return nil }
            return Rect(
                x: min(start.x, end.x), y: min(start.y, end.y), width: abs(end.x - start.x),
                height: abs(end.y - start.y))
        case .point, .line, .area:
            guard let x = layer.x, let y = layer.yEnd ?? layer.y else { return nil }
            let point = Rect(x: px(x[index]), y: py(y[index]), width: 0, height: 0)
            let slack = Rect(x: plot.x - 1, y: plot.y - 1, width: plot.width + 2, height: plot.height + 2)
            guard point.x >= slack.x, point.x <= slack.maxX, point.y >= slack.y, point.y <= slack.maxY else {
                return nil
            }
            return point
        }
    }

    private func automatic(_ layer: Layer, _ index: Int) -> AnnotationPosition {
        switch layer.mark.kind {
        case .rectangle: return .overlay
        case .bar where layer.isStacked: return .overlay
        case .bar where layer.isLying: return isNegative(layer.x, layer.xEnd, index) ? .leading : .trailing
        case .bar: return isNegative(layer.y, layer.yEnd, index) ? .bottom : .top
        default: return .top
        }
    }

    private func isNegative(_ start: [Double]?, _ end: [Double]?, _ index: Int) -> Bool {
        guard let start, let end else { return false }
        return end[index] < start[index]
    }

    private func drawText(
        _ text: String, _ target: Rect, _ position: AnnotationPosition, _ layer: Layer, _ index: Int,
        in writer: inout SVGWriter
    ) {
        let isPoint = target.width == 0 && target.height == 0
        let gap = isPoint ? 7.0 : 5
        var (x, y) = (target.midX, target.midY + 3.9)
        var anchor = SVGWriter.Anchor.middle
        let size = ChartRenderer.annotationSize
        switch position {
        case .automatic, .top: y = target.y - gap
        case .bottom: y = target.maxY + gap + 8
        case .leading: (x, anchor) = (target.x - gap, .end)
        case .trailing: (x, anchor) = (target.maxX + gap, .start)
        case .overlay:
            if !isPoint { return drawInside(text, target, overlayPaint(layer, index), in: &writer) }
        }
        let line = text.replacing("\n", with: " ")
        // Kept within the picture where a text would run over its edge.
        let width = TextMetrics.width(line, size: size)
        let left = anchor == .middle ? x - width / 2 : anchor == .end ? x - width : x
        x += max(0, layout.frame.x - left) - max(0, left + width - layout.frame.maxX)
        y = max(layout.frame.y + 9, min(layout.frame.maxY, y))
        writer.text(line, x, y, size: size, anchor: anchor, halo: true)
    }

    /// Lines of text in the middle of a bar or cell, the first one largest, and none where they do not fit.
    private func drawInside(_ text: String, _ target: Rect, _ fill: Paint, in writer: inout SVGWriter) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(4).map(String.init)
        let widest = max(0.1, lines.map { TextMetrics.width($0, size: 1) }.max() ?? 0)
        let rows = 1 + 1.05 * Double(lines.count - 1)
        let size = min(min(15, max(11, target.height * 0.24)), (target.width - 6) / widest, (target.height - 2) / rows)
        guard size >= 6 else { return }
        var y = target.midY - size * (rows - 1) / 2 + size * 0.36
        for (index, line) in lines.enumerated() {
            let lineSize = index == 0 ? size : max(6, size * 0.8)
            writer.text(line, target.midX, y, size: lineSize, fill: fill, anchor: .middle)
            y += size * 1.05
        }
    }

    private func overlayPaint(_ layer: Layer, _ index: Int) -> Paint {
        if let shares = layer.shares {
            return .role(shares[index].isNaN ? .ink : model.colors.ramp.textRole(shares[index]))
        }
        return .role((layer.mark.opacity ?? 1) < 0.5 ? .ink : .onStrong)
    }

    private func drawRuleText(
        _ text: String, _ target: Rect, _ position: AnnotationPosition, _ layer: Layer, in writer: inout SVGWriter
    ) {
        let size = ChartRenderer.annotationSize
        let width = TextMetrics.width(text, size: size)
        if target.width >= target.height {
            let below = position == .bottom
            let isLeading = position == .leading
            let x = isLeading ? target.x + 4 : min(plot.maxX, target.maxX) - 4
            writer.text(
                text, x, below ? target.y + 14 : target.y - 5, size: size, anchor: isLeading ? .start : .end, halo: true
            )
        } else {
            let fitsRight = target.x + 6 + width <= layout.frame.maxX
            let isLeft = position == .leading || position != .trailing && !fitsRight
            let y = position == .bottom ? target.maxY - 6 : max(plot.y, target.y) + 11
            writer.text(
                text, isLeft ? target.x - 5 : target.x + 5, y, size: size, anchor: isLeft ? .end : .start, halo: true)
        }
    }
}

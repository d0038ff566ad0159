extension ChartContent {
    /// One colour for every item.
    public func foregroundStyle(_ color: ChartColor) -> ChartGroup {
        modified { $0.coloring = .fixed(color) }
    }

    /// A colour for each category, or a continuous colour for numbers, with an entry in the legend.
    ///
    /// Categories take their colours in order of first appearance over the whole chart. A line is split into one
    /// line a category. Bars at the same place are stacked unless `position(by:)` puts them side by side.
    public func foregroundStyle(by value: PlottableValue) -> ChartGroup {
        modified { $0.coloring = .by(value) }
    }

    /// One shape for every point; on a line, a shape at every item.
    public func symbol(_ symbol: ChartSymbol) -> ChartGroup {
        modified { $0.symboling = .fixed(symbol) }
    }

    /// A shape for each category, with an entry in the legend.
    public func symbol(by value: PlottableValue) -> ChartGroup {
        modified { $0.symboling = .by(value) }
    }

    /// The area of a point's symbol in square pixels; 40 by default, less where there are many points.
    public func symbolSize(_ area: Double) -> ChartGroup {
        modified { $0.symbolSize = area }
    }

    /// How far points are moved across the band of their category, each from -0.5 to 0.5 of the band, so that many points
    /// of a category can be told apart; numbers that are not finite count as 0.
    public func offset(_ shares: [Double]) -> ChartGroup {
        modified { $0.shifts = shares.map { $0.isFinite ? min(0.5, max(-0.5, $0)) : 0 } }
    }

    /// Width and dashes of a line or rule.
    public func lineStyle(_ style: StrokeStyle) -> ChartGroup {
        modified { $0.stroke = style }
    }

    /// How a line runs from one item to the next; straight by default.
    public func interpolationMethod(_ method: InterpolationMethod) -> ChartGroup {
        modified { $0.interpolation = method }
    }

    /// From 0, invisible, to 1, solid.
    public func opacity(_ opacity: Double) -> ChartGroup {
        modified { $0.opacity = opacity.isFinite ? min(1, max(0, opacity)) : 1 }
    }

    /// Puts bars of different categories at the same place side by side instead of stacking them.
    public func position(by value: PlottableValue) -> ChartGroup {
        modified { $0.dodge = value }
    }

    /// One text for every item.
    public func annotation(position: AnnotationPosition = .automatic, _ text: String) -> ChartGroup {
        modified { $0.annotation = Mark.Annotation(position: position, texts: Array(repeating: text, count: $0.count)) }
    }

    /// A text for each item, in the order of the items; an empty text draws nothing. A text inside of a bar or rectangle
    /// may have several lines.
    public func annotation(position: AnnotationPosition = .automatic, _ texts: [String]) -> ChartGroup {
        modified { $0.annotation = Mark.Annotation(position: position, texts: texts) }
    }

    private func modified(_ change: (inout Mark) -> Void) -> ChartGroup {
        ChartGroup(
            marks.map {
                var mark = $0
                change(&mark)
                return mark
            })
    }
}

extension Chart {
    /// What the chart shows, above it; also the name that a screen reader says.
    public func chartTitle(_ title: String) -> Chart { modified { $0.title = title } }

    /// A second, quieter line below the title.
    public func chartSubtitle(_ subtitle: String) -> Chart { modified { $0.subtitle = subtitle } }

    /// What a screen reader says about the chart; by default its axes and the number of items of each mark.
    public func chartDescription(_ description: String) -> Chart { modified { $0.summary = description } }

    /// The axis below the plot.
    ///
    /// - Parameters:
    ///   - visibility: whether its labels are drawn.
    ///   - label: what it measures; by default the label of the first mark's values. An empty text draws none.
    ///   - values: where the labels stand, in place of round numbers.
    ///   - grid: whether lines run across the plot; automatic for numbers.
    public func chartXAxis(
        _ visibility: ChartVisibility = .automatic, label: String? = nil, values: [Double]? = nil,
        grid: ChartVisibility = .automatic
    ) -> Chart {
        modified { $0.x.set(visibility, label, values, grid) }
    }

    /// The axis left of the plot; parameters as for ``chartXAxis(_:label:values:grid:)``.
    public func chartYAxis(
        _ visibility: ChartVisibility = .automatic, label: String? = nil, values: [Double]? = nil,
        grid: ChartVisibility = .automatic
    ) -> Chart {
        modified { $0.y.set(visibility, label, values, grid) }
    }

    /// How values become places from left to right.
    ///
    /// - Parameters:
    ///   - type: linear for numbers and category for names unless said otherwise.
    ///   - domain: first and last value; by default round numbers around the data. Points outside are left out, lines
    ///     and areas cut off. A domain that has no length, is not finite or, on a logarithmic scale, is not positive
    ///     counts as none.
    ///   - includesZero: whether a linear scale reaches to zero; by default where bars or areas start there.
    public func chartXScale(
        type: ScaleType? = nil, domain: ClosedRange<Double>? = nil, includesZero: Bool? = nil
    ) -> Chart {
        modified { $0.x.set(type, domain, includesZero) }
    }

    /// How values become places from bottom to top; parameters as for ``chartXScale(type:domain:includesZero:)``.
    public func chartYScale(
        type: ScaleType? = nil, domain: ClosedRange<Double>? = nil, includesZero: Bool? = nil
    ) -> Chart {
        modified { $0.y.set(type, domain, includesZero) }
    }

    /// The categories from left to right; others are left out.
    public func chartXScale(domain: [String]) -> Chart {
        modified {
            $0.x.type = .category
            $0.x.categories = domain
        }
    }

    /// The categories from top to bottom; others are left out.
    public func chartYScale(domain: [String]) -> Chart {
        modified {
            $0.y.type = .category
            $0.y.categories = domain
        }
    }

    /// Colours for categories by name, in the order of the legend; others follow with the palette's next colours.
    public func chartForegroundStyleScale(_ colors: KeyValuePairs<String, ChartColor>) -> Chart {
        modified { $0.colors = colors.map { (name: $0.key, color: $0.value) } }
    }

    /// The colours for numbers, and the numbers at their two ends; by default the smallest and the largest, or for
    /// `diverging` the same distance on both sides of zero.
    public func chartForegroundStyleScale(_ ramp: ColorRamp, domain: ClosedRange<Double>? = nil) -> Chart {
        modified {
            $0.ramp = ramp
            $0.rampDomain = domain
        }
    }

    /// Where the legend stands, if anywhere.
    public func chartLegend(_ position: ChartLegendPosition) -> Chart { modified { $0.legend = position } }

    /// Width of the plot divided by its height, as 1 for a square; by default all the room there is.
    public func chartPlotStyle(aspectRatio: Double) -> Chart {
        modified { $0.aspectRatio = aspectRatio.isFinite && aspectRatio > 0 ? min(100, max(0.01, aspectRatio)) : nil }
    }

    private func modified(_ change: (inout Chart) -> Void) -> Chart {
        var chart = self
        change(&chart)
        return chart
    }
}

extension Chart.Axis {
    fileprivate mutating func set(
        _ visibility: ChartVisibility, _ label: String?, _ values: [Double]?, _ grid: ChartVisibility
    ) {
        if visibility != .automatic { self.visibility = visibility }
        if grid != .automatic { self.grid = grid }
        if let label { self.label = label }
        if let values { self.values = values.filter(\.isFinite) }
    }

    fileprivate mutating func set(_ type: ScaleType?, _ domain: ClosedRange<Double>?, _ includesZero: Bool?) {
        if let type { self.type = type }
        if let domain { self.domain = domain }
        if let includesZero { self.includesZero = includesZero }
    }
}

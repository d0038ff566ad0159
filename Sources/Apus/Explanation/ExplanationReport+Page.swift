import ApusCore
import ApusFrame
import ApusPlots
import ApusTrust

extension ExplanationReport {
    /// The page that `apus explain --report` writes.
    ///
    /// - Parameters:
    ///   - file: What the model is called.
    ///   - data: What the table is called.
    /// - Throws: `ApusError` when the model cannot answer to changed rows.
    public func page(file: String, data: String) throws -> HTMLPage {
        var page = HTMLPage(
            title: "\(file) explained",
            subtitle: "\(model.catalogName), \(model.task.rawValue) of \(model.target); "
                + "\(TextTable.grouped(explanation.rowCount)) rows of \(data), \(explanation.method).")
        page.tiles([
            ("rows", TextTable.grouped(explanation.rowCount)),
            ("columns", TextTable.grouped(explanation.featureNames.count)),
            ("\(measure) on average", TextTable.significant(explanation.bases[0, output], 4)),
            ("base + contributions − output, at most", TextTable.significant(explanation.gap, 1)),
        ])
        page.section("Which columns matter")
        addFigures(to: &page)
        page.section("Single rows")
        addRows(to: &page)
        if ranking.contains(where: isTold) {
            page.section("How the model answers to a column")
            try addDependence(to: &page)
        }
        page.section("What this does not say")
        page.list([
            "Contributions explain what the model does, not what is true of the world: a column that adds much need not "
                + "be a cause.",
            "Columns that go together share contributions; which of them gets how much depends on the method.",
            "Contributions add up to the \(measure) of each row; no single one of them says what would happen if the "
                + "column changed. Partial dependence and accumulated local effects are about that.",
        ])
        return page
    }

    /// The charts of all rows together: importance and what each column adds.
    ///
    /// - Parameter page: The page that they are put into.
    public func addFigures(to page: inout HTMLPage) {
        let order = ranking
        let names = explanation.featureNames
        let sizes = explanation.meanMagnitudes(output: output)
        let top = min(15, order.count)
        page.figure(
            svg: ImportanceChart(
                names: names, values: sizes, top: 15, title: "Mean size of the contributions to the \(measure)"
            ).svg(width: 660, height: Double(110 + 24 * top)),
            caption: "By how much a column moves the \(measure) on average, up or down.")
        guard explanation.rowCount > 1 else { return }
        let shown = Array(order.prefix(15))
        page.figure(
            svg: BeeswarmChart(
                names: shown.map { names[$0] },
                contributions: shown.map { feature in
                    (0..<explanation.rowCount).map { explanation[$0, output, feature] }
                },
                values: shown.map { values.column($0) }, label: "Adds to the \(measure)"
            ).svg(width: 660, height: Double(120 + 30 * top)),
            caption:
                "A point is a row. Colours go from low values (dark) to high ones (bright); categories in the order of "
                + "their names.")
    }

    /// The charts of the first rows: how each prediction comes about.
    ///
    /// - Parameters:
    ///   - page: The page that they are put into.
    ///   - rows: Of how many rows.
    public func addRows(to page: inout HTMLPage, rows: Int = 2) {
        for row in 0..<min(rows, explanation.rowCount) {
            let contributions = explanation.contributions(row: row, output: output)
            let names = contributions.indices.map { named($0, row: row) }
            let base = explanation.bases[row, output]
            page.heading("Row \(row + firstRow)")
            page.figure(
                svg: WaterfallChart(names: names, contributions: contributions, base: base, label: measure).svg(
                    width: 660, height: Double(140 + 28 * min(13, names.count))),
                caption: "From the mean at the bottom to the prediction for row \(row + firstRow) at the top.")
            page.figure(
                svg: ForceChart(names: names, contributions: contributions, base: base, label: measure).svg(
                    width: 660, height: 170),
                caption:
                    "The same in a strip: what raises the \(measure) pushes from the left, what lowers it from the "
                    + "right.")
        }
    }

    /// Whether an explained feature is a column whose values can be changed one by one.
    private func isTold(_ feature: Int) -> Bool {
        columns[feature].map { !space.texts.contains($0) } ?? false
    }

    private func addDependence(to page: inout HTMLPage) throws {
        let sample = explanation.rowCount > 200 ? frame.head(200) : frame
        let function = try space.answers()
        // The log-odds of one class are explained, but the probabilities of both are answered.
        let shownOutput =
            function.outputNames.firstIndex(of: explanation.outputNames[output]) ?? function.outputNames.count - 1
        let answer =
            switch function.unit {
            case .probability: "Probability of \(function.outputNames[shownOutput])"
            case .prediction: model.target
            default: "Score of \(function.outputNames[shownOutput])"
            }
        for feature in ranking.lazy.filter(isTold).prefix(3) {
            guard let column = columns[feature] else { continue }
            let name = explanation.featureNames[feature]
            let isCategorical = space.categorical.contains(column)
            if !isCategorical, explanation.rowCount > 1 {
                let other = ranking.first { other in
                    other != feature && isTold(other) && columns[other].map { !space.categorical.contains($0) } == true
                }
                page.figure(
                    svg: DependenceChart(
                        name: name, values: values.column(feature),
                        contributions: (0..<explanation.rowCount).map { explanation[$0, output, feature] },
                        colouredBy: other.map { (explanation.featureNames[$0], values.column($0)) },
                        label: "Adds to the \(measure)"
                    ).svg(width: 660, height: 360))
            }
            let dependence = try model.partialDependence(on: name, sample)
            page.figure(
                svg: PartialDependenceChart(
                    name: name, grid: dependence.grid,
                    categories: isCategorical ? dependence.grid.map { space.text($0, of: column) } : nil,
                    average: dependence.average.row(shownOutput),
                    individual: (0..<min(40, sample.rowCount)).map { dependence.individual[shownOutput].row($0) },
                    label: answer
                ).svg(width: 660, height: isCategorical ? Double(120 + 26 * dependence.grid.count) : 340),
                caption: "What the model answers when \(name) is set to a value in every row (partial dependence).")
            guard !isCategorical,
                let effects = try? model.accumulatedLocalEffects(of: name, sample)
            else { continue }
            page.figure(
                svg: LocalEffectsChart(
                    name: name, bounds: effects.bounds, effects: effects.effects.row(shownOutput), label: answer
                ).svg(width: 660, height: 320),
                caption: "The same from small steps between values that occur together with the other columns "
                    + "(accumulated local effects).")
        }
    }
}

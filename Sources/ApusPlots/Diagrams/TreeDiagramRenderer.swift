/// Lays out and draws a tree: leaves side by side, each parent above the middle of its children.
struct TreeDiagramRenderer {
    private static let cardWidth = 168.0
    private static let gap = 16.0
    private static let rise = 52.0
    private static let margin = 24.0
    private static let padding = 11.0
    private static let textSize = 12.0
    private static let factSize = 11.0

    private struct Card {
        var x = 0.0
        var y = 0.0
        var height = 0.0
        var question: [String] = []
    }

    private let diagram: TreeDiagram
    private var cards: [Card]
    private var width = 0.0
    private var height = 0.0
    private var top = 0.0
    private var titleLines: [String] = []
    private var legend: [(text: String, width: Double)] = []

    init(_ diagram: TreeDiagram) {
        self.diagram = diagram
        cards = diagram.nodes.map { node in
            var card = Card()
            let room = Self.cardWidth - 2 * Self.padding
            card.question =
                node.question.map {
                    TextMetrics.wrapped($0, to: room, size: Self.textSize, bold: true, lines: 2)
                } ?? []
            let lines = card.question.count + 1
            card.height = 2 * Self.padding + Double(lines) * 16 + 15 + 9 + (node.hidden > 0 ? 14 : 0)
            return card
        }
        place()
    }

    // MARK: Layout

    private mutating func place() {
        let nodes = diagram.nodes
        var depths = [Int](repeating: 0, count: nodes.count)
        for (index, node) in nodes.enumerated() { for child in node.children { depths[child] = depths[index] + 1 } }
        // A child may only be reached through its parent; cards that nothing leads to are not drawn.
        var reached = [Bool](repeating: false, count: nodes.count)
        if !nodes.isEmpty { reached[0] = true }
        for (index, node) in nodes.enumerated() where reached[index] {
            for child in node.children { reached[child] = true }
        }
        var leaves = 0.0
        for index in order() {
            let children = nodes[index].children
            if children.isEmpty {
                cards[index].x = leaves * (Self.cardWidth + Self.gap)
                leaves += 1
            } else {
                cards[index].x = children.reduce(0) { $0 + cards[$1].x } / Double(children.count)
            }
        }
        var heights: [Double] = []
        for index in nodes.indices where reached[index] {
            while heights.count <= depths[index] { heights.append(0) }
            heights[depths[index]] = max(heights[depths[index]], cards[index].height)
        }
        width = max(360, leaves * (Self.cardWidth + Self.gap) - Self.gap + 2 * Self.margin)
        let shift = (width - (leaves * (Self.cardWidth + Self.gap) - Self.gap)) / 2
        placeHeader()
        var tops: [Double] = []
        var y = top
        for height in heights {
            tops.append(y)
            y += height + Self.rise
        }
        height = y - Self.rise + Self.margin
        for index in nodes.indices {
            cards[index].x += shift
            if reached[index] { cards[index].y = tops[depths[index]] }
        }
    }

    /// Children before their parents, from left to right.
    private func order() -> [Int] {
        var result: [Int] = []
        var stack: [(node: Int, isOpen: Bool)] = diagram.nodes.isEmpty ? [] : [(0, false)]
        while let (node, isOpen) = stack.popLast() {
            if isOpen {
                result.append(node)
            } else {
                stack.append((node, true))
                for child in diagram.nodes[node].children.reversed() { stack.append((child, false)) }
            }
        }
        return result
    }

    private mutating func placeHeader() {
        titleLines = TextMetrics.wrapped(
            diagram.title, to: width - 2 * Self.margin, size: 15, bold: true, lines: 2)
        legend = diagram.classes.prefix(24).map { name in
            let text = TextMetrics.fitted(name, to: 200, size: 11.5)
            return (text, 16 + TextMetrics.width(text, size: 11.5) + 16)
        }
        top = Self.margin + Double(titleLines.count) * 21 + (legend.isEmpty ? 0 : Double(legendRows.count) * 20) + 14
    }

    private var legendRows: [Range<Int>] {
        var rows: [Range<Int>] = []
        var start = 0
        var used = 0.0
        for (index, entry) in legend.enumerated() {
            if used + entry.width > width - 2 * Self.margin, index > start {
                rows.append(start..<index)
                (start, used) = (index, 0)
            }
            used += entry.width
        }
        return start < legend.count ? rows + [start..<legend.count] : rows
    }

    // MARK: Drawing

    func document(_ theme: ChartTheme) -> String {
        var writer = SVGWriter(theme: theme)
        writer.rectangle(Rect(x: 0, y: 0, width: width, height: height), fill: .role(.surface))
        drawHeader(in: &writer)
        let drawn = order().reversed()
        for index in drawn { drawBranches(of: index, in: &writer) }
        for index in drawn { drawCard(index, in: &writer) }
        let leaves = diagram.nodes.indices.count { diagram.nodes[$0].children.isEmpty }
        return writer.document(
            width: width, height: height, title: diagram.title,
            description: "A tree of \(diagram.nodes.count) nodes, \(leaves) of them at the ends of branches.")
    }

    private func drawHeader(in writer: inout SVGWriter) {
        var y = Self.margin + 12
        for line in titleLines {
            writer.text(line, Self.margin, y, size: 15, bold: true)
            y += 21
        }
        for row in legendRows {
            var x = Self.margin
            for index in row {
                writer.rectangle(Rect(x: x, y: y - 9, width: 10, height: 10), fill: .series(index), radius: 2)
                writer.text(legend[index].text, x + 16, y, size: 11.5, fill: .role(.muted))
                x += legend[index].width
            }
            y += 20
        }
    }

    private func drawBranches(of index: Int, in writer: inout SVGWriter) {
        let card = cards[index]
        let (x, y) = (card.x + Self.cardWidth / 2, card.y + card.height)
        for (side, child) in diagram.nodes[index].children.enumerated() {
            let (endX, endY) = (cards[child].x + Self.cardWidth / 2, cards[child].y)
            let middle = y + (endY - y) / 2
            func n(_ value: Double) -> String { SVGWriter.number(value, 1) }
            let weight = diagram.nodes[child].weight
            writer.path(
                "M\(n(x)) \(n(y))C\(n(x)) \(n(middle)) \(n(endX)) \(n(middle)) \(n(endX)) \(n(endY))",
                stroke: .role(.axis), width: 1 + 7 * min(1, max(0, weight.isFinite ? weight : 0)), round: true)
            writer.text(
                side == 0 ? "yes" : "no", (x + endX) / 2, middle + 4, size: 11, fill: .role(.muted), anchor: .middle,
                halo: true)
        }
    }

    private func drawCard(_ index: Int, in writer: inout SVGWriter) {
        let (node, card) = (diagram.nodes[index], cards[index])
        let rect = Rect(x: card.x, y: card.y, width: Self.cardWidth, height: card.height)
        writer.rectangle(
            rect, fill: .role(.surface), radius: 7, stroke: .role(node.children.isEmpty ? .muted : .axis),
            strokeWidth: node.children.isEmpty ? 1.5 : 1)
        let (x, room) = (card.x + Self.padding, Self.cardWidth - 2 * Self.padding)
        var y = card.y + Self.padding + 11
        for line in card.question {
            writer.text(line, x, y, size: Self.textSize, bold: true, full: node.question)
            y += 16
        }
        let answer = TextMetrics.fitted(node.answer, to: room, size: Self.textSize, bold: card.question.isEmpty)
        writer.text(
            answer, x, y, size: Self.textSize, fill: .role(card.question.isEmpty ? .ink : .muted),
            bold: card.question.isEmpty, full: node.answer)
        y += 15
        writer.text(
            TextMetrics.fitted(node.facts, to: room, size: Self.factSize), x, y, size: Self.factSize,
            fill: .role(.muted), full: node.facts)
        y += 8
        drawShares(node.shares, Rect(x: x, y: y, width: room, height: 7), in: &writer)
        if node.hidden > 0 {
            let text = "… \(NumberFormat.fixed(Double(node.hidden), 0)) more below"
            writer.text(text, x, y + 19, size: 10.5, fill: .role(.muted))
        }
    }

    private func drawShares(_ shares: [Double], _ bar: Rect, in writer: inout SVGWriter) {
        func clamped(_ share: Double) -> Double { share.isFinite ? min(1, max(0, share)) : 0 }
        writer.rectangle(bar, fill: .role(.grid), radius: 2)
        if diagram.classes.isEmpty {
            guard let share = shares.first else { return }
            let x = bar.x + clamped(share) * (bar.width - 6)
            writer.rectangle(Rect(x: x, y: bar.y - 2, width: 6, height: bar.height + 4), fill: .series(0), radius: 2)
            return
        }
        var x = bar.x
        for (index, share) in shares.enumerated() where clamped(share) > 0 {
            let width = clamped(share) * bar.width
            writer.rectangle(
                Rect(x: x, y: bar.y, width: min(width, bar.x + bar.width - x), height: bar.height),
                fill: .series(index), crisp: true)
            x += width
        }
    }
}

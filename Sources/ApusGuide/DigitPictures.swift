import ApusPlots

/// Small grey images in a grid, with a line of text below each: digits as they were scanned.
struct DigitPictures {
    /// An image and what to say of it.
    struct Item {
        /// Pixels row by row, from 0, paper, to 1, ink.
        let pixels: [Double]
        /// What stands below.
        let text: String
    }

    /// The chart that shows the images.
    ///
    /// Neighbours of nearly the same grey are drawn as one rectangle, and paper is not drawn at all, so that a page with many
    /// images stays small.
    ///
    /// - Parameters:
    ///   - items: The images, from left to right and top to bottom.
    ///   - side: Pixels of an image in either direction.
    ///   - columns: Images in a line.
    static func chart(_ items: [Item], side: Int, columns: Int) -> Chart {
        let step = Double(side) * 1.18
        let drop = Double(side) * 1.38
        var (left, right, bottom, top, ink): ([Double], [Double], [Double], [Double], [Double]) = ([], [], [], [], [])
        var (middles, feet, texts): ([Double], [Double], [String]) = ([], [], [])
        for (place, item) in items.enumerated() {
            let x = Double(place % columns) * step
            let y = -Double(place / columns) * drop
            for row in 0..<side {
                var start = 0
                while start < side {
                    let level = (item.pixels[row * side + start] * 8).rounded()
                    var end = start + 1
                    while end < side, (item.pixels[row * side + end] * 8).rounded() == level { end += 1 }
                    if level > 0 {
                        left.append(x + Double(start))
                        right.append(x + Double(end))
                        top.append(y - Double(row))
                        bottom.append(y - Double(row + 1))
                        ink.append(level / 8)
                    }
                    start = end
                }
            }
            middles.append(x + Double(side) / 2)
            feet.append(y - Double(side) * 1.16)
            texts.append(item.text)
        }
        let lines = (items.count + columns - 1) / columns
        return Chart {
            RectangleMark(
                xStart: .value("x", left), xEnd: .value("x", right), yStart: .value("y", bottom), yEnd: .value("y", top)
            )
            .foregroundStyle(by: .value("ink", ink))
            PointMark(x: .value("x", middles), y: .value("y", feet)).opacity(0).annotation(position: .overlay, texts)
        }
        .chartForegroundStyleScale(.blues, domain: 0...1).chartLegend(.hidden)
        .chartXAxis(.hidden, label: "", grid: .hidden).chartYAxis(.hidden, label: "", grid: .hidden)
        .chartXScale(domain: -0.1 * step...Double(columns) * step)
        .chartYScale(domain: -Double(lines) * drop...0.05 * drop)
    }
}

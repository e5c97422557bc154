/// A bar chart of block characters: eight steps a row, the newest value on the right.
enum Sparkline {
    private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The rows, top first, each `width` characters.
    ///
    /// - Parameters:
    ///   - values: nil leaves a gap; only the last `width` are shown.
    ///   - top: the value of a full column; by default the largest shown.
    static func rows(
        _ values: [Double?], width: Int, height: Int, top: Double? = nil
    ) -> [String] {
        let shown = values.suffix(width)
        let top = top ?? shown.compactMap { $0 }.max() ?? 0
        let steps = shown.map { value -> Int in
            guard let value, value > 0, top > 0, value.isFinite else { return 0 }
            return max(1, Int((min(1, value / top) * Double(8 * height)).rounded()))
        }
        let space = String(repeating: " ", count: max(0, width - steps.count))
        return (0..<height).reversed().map { row in
            space + String(steps.map { blocks[min(8, max(0, $0 - 8 * row))] })
        }
    }
}

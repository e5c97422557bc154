/// How the number of orders changes over the hours of a day (UTC).
public enum DayShape {
    /// Orders in each hour against the mean of the day: quiet nights, a noon and an evening peak.
    static let hourFactors: [Double] = [
        0.35, 0.22, 0.16, 0.14, 0.16, 0.27, 0.50, 0.78, 1.02, 1.20, 1.30, 1.48,
        1.46, 1.46, 1.24, 1.20, 1.26, 1.40, 1.66, 1.88, 1.82, 1.42, 1.00, 0.62,
    ]

    /// The factor at a second of the day, between the hours' middles a straight line.
    public static func factor(secondOfDay: Int) -> Double {
        let position = (Double(secondOfDay) / 3_600 + 23.5).truncatingRemainder(dividingBy: 24)
        let before = Int(position)
        let part = position - Double(before)
        return hourFactors[before] * (1 - part) + hourFactors[(before + 1) % 24] * part
    }

    /// The span of event time in which as many orders come as in `flatUs` without a shape.
    ///
    /// - Parameter startUs: where the span starts, microseconds since 1970.
    public static func span(startUs: Int64, flatUs: Int64) -> Int64 {
        let dayUs: Int64 = 86_400_000_000
        let minuteUs: Double = 60_000_000
        // The mean of a day is 1: whole days need no look at the hours.
        let days = flatUs / dayUs
        var rest = Double(flatUs - days * dayUs)
        var second = Int(startUs / 1_000_000 % 86_400)
        var span = 0.0
        while rest > 0 {
            let factor = factor(secondOfDay: second)
            let part = min(minuteUs, rest / factor)
            rest -= part * factor
            span += part
            second = (second + 60) % 86_400
        }
        return days * dayUs + Int64(span.rounded(.up))
    }
}

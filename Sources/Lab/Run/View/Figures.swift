internal import ASEEDSystem
internal import Glibc

/// Numbers for people: three significant digits and a unit.
enum Figures {
    /// `950`, `12.3 k`, `4.56 M`.
    static func count(_ value: Int64) -> String {
        value.magnitude < 10_000
            ? "\(value)" : scaled(Double(value), 1_000, ["", " k", " M", " G", " T"])
    }

    /// `12.3 k/s`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite else { return "-" }
        return scaled(perSecond, 1_000, ["/s", " k/s", " M/s", " G/s"])
    }

    /// `12.3 k orders/s`.
    static func orderRate(_ perSecond: Double) -> String {
        guard perSecond.isFinite else { return "-" }
        return scaled(perSecond, 1_000, [" orders/s", " k orders/s", " M orders/s", " G orders/s"])
    }

    /// `1.2 GB`, decimal units as disks have them.
    static func bytes(_ value: Int64) -> String {
        scaled(Double(value), 1_000, [" B", " kB", " MB", " GB", " TB", " PB"])
    }

    /// `850 ms`, `12.3 s`, `2 min 05 s`.
    static func duration(ms: Int64) -> String {
        if ms < 1_000 { return "\(ms) ms" }
        if ms < 60_000 { return "\(decimals(Double(ms) / 1_000, 1)) s" }
        let seconds = ms / 1_000
        if seconds < 3_600 { return "\(seconds / 60) min \(two(seconds % 60)) s" }
        return "\(seconds / 3_600) h \(two(seconds / 60 % 60)) min"
    }

    /// `01:05`, for a clock that runs.
    static func clock(ms: Int64) -> String {
        let seconds = max(0, ms) / 1_000
        return seconds < 3_600
            ? "\(two(seconds / 60)):\(two(seconds % 60))"
            : "\(seconds / 3_600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// A number with so many decimals.
    static func decimals(_ value: Double, _ count: Int) -> String {
        guard value.isFinite else { return "-" }
        var factor = 1.0
        for _ in 0..<count { factor *= 10 }
        let scaled = (value.magnitude * factor).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let whole = Int64(scaled)
        let digits = String(whole)
        let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
        let sign = value < 0 && whole != 0 ? "-" : ""
        if count == 0 { return sign + padded }
        return "\(sign)\(padded.dropLast(count)).\(padded.suffix(count))"
    }

    /// Three significant digits: `0.0123`, `1.23`, `123`, `12,345`.
    static func significant(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value == value.rounded(), value.magnitude < 1e15 { return grouped(Int64(value)) }
        let size = value.magnitude
        if size >= 100 { return grouped(Int64(value.rounded())) }
        if size >= 10 { return decimals(value, 1) }
        if size >= 1 { return decimals(value, 2) }
        return decimals(value, min(9, 2 - Int(log10(size).rounded(.down))))
    }

    /// `12,345,678`.
    static func grouped(_ value: Int64) -> String {
        var digits = String(value.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(Substring(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(Substring(digits), at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
        var value = value
        var unit = 0
        // 999.6 would print as 1000.
        while value.magnitude >= step - 0.5, unit + 1 < units.count {
            value /= step
            unit += 1
        }
        let size = value.magnitude
        let places = unit == 0 && value == value.rounded() ? 0 : size < 10 ? 2 : size < 100 ? 1 : 0
        return decimals(value, places) + units[unit]
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

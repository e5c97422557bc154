/// The ranges of a scenario's values; the JSON Schema repeats them.
enum Limits {
    static let seed: ClosedRange<Int64> = 0...Int64.max
    static let repetitions: ClosedRange<Int64> = 1...1_000
    static let timeoutMs: ClosedRange<Int64> = 1_000...86_400_000
    static let partitions: ClosedRange<Int64> = 1...1_024
    static let workers: ClosedRange<Int64> = 1...256
    static let triggerMs: ClosedRange<Int64> = 1...3_600_000
    static let ordersPerTrigger: ClosedRange<Int64> = 1...1_000_000_000
    static let watermarkDelayMs: ClosedRange<Int64> = 0...604_800_000
    static let windowMs: ClosedRange<Int64> = 1...604_800_000
    /// Windows that one order can be in.
    static let windowOverlap: Int64 = 1_000
    static let windowQueries = 16
    static let deadLetters: ClosedRange<Int64> = 0...1_000_000_000
    static let orders: ClosedRange<Int64> = 1...10_000_000_000
    /// Orders a second.
    static let rate = 0.001...100_000_000.0
    static let stageMs: ClosedRange<Int64> = 1...86_400_000
    static let stages = 100
    static let products: ClosedRange<Int64> = 1...500_000
    static let categories: ClosedRange<Int64> = 1...10_000
    static let customers: ClosedRange<Int64> = 0...99_999_999
    static let eventTimeSpeed = 0.001...1_000_000.0
    static let exponent = 0.01...10.0
    static let share = 0.001...0.999
    static let delayMs: ClosedRange<Int64> = 0...604_800_000
    static let duplicateGap: ClosedRange<Int64> = 1...1_000_000
    static let faults = 100
    static let faultMs: ClosedRange<Int64> = 1...86_400_000
    static let faultCount: ClosedRange<Int64> = 1...10_000
    static let drainMs: ClosedRange<Int64> = 1_000...86_400_000
    static let differences: ClosedRange<Int64> = 1...1_000_000
    static let scale = 1_000.0
    static let fileBytes = 4_194_304
}

internal import ASEEDSystem

/// The engine under test and its settings.
struct EngineSettings: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable { case native, spark, command }
    /// Lateness policy, R32.
    enum Policy: String, CaseIterable, Sendable { case record, batch }

    /// When a micro-batch starts, R50.
    enum Trigger: Equatable, Sendable {
        case interval(ms: Int64)
        /// Takes the end positions at the start and stops there.
        case availableNow

        /// As the engine's option `--trigger` takes it.
        var text: String {
            switch self {
            case .interval(let ms): DurationText.text(milliseconds: ms)
            case .availableNow: "available-now"
            }
        }
    }

    /// A window query's size and slide, R30.
    struct Window: Equatable, Sendable {
        var sizeMs: Int64
        var slideMs: Int64
    }

    var kind: Kind = .native
    var workers: Int = 1
    var trigger: Trigger = .interval(ms: 5_000)
    /// Nil: no limit.
    var maxOrdersPerTrigger: Int64?
    var watermarkDelayMs: Int64 = 600_000
    var windows: [Window] = [Window(sizeMs: 60_000, slideMs: 60_000)]
    var policy: Policy = .record
    /// Rejected records whose bytes are kept; those over it are counted only.
    var deadLetterLimit: Int64 = 1_000_000
}

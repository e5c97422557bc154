/// The settings of a run that decide its results.
public struct RunDescription: Sendable {
    /// One windowed query's windows (R30), in whole milliseconds.
    public struct Window: Sendable, Hashable {
        /// How long a window is.
        public var sizeMs: Int64
        /// From one window's start to the next one's; 0 < slide ≤ size.
        public var slideMs: Int64
        /// Where the windows start, from 1970.
        public var offsetMs: Int64

        /// Makes a window; tumbling when `slideMs` is left out.
        public init(sizeMs: Int64, slideMs: Int64? = nil, offsetMs: Int64 = 0) {
            self.sizeMs = sizeMs
            self.slideMs = slideMs ?? sizeMs
            self.offsetMs = offsetMs
        }
    }

    /// Which rule says what is late (R32).
    public enum Policy: String, Sendable, CaseIterable {
        /// By the log order of the record's own partition (R33, R34).
        case record
        /// By the watermark of the batch before (R35).
        case batch
    }

    /// The windows of the windowed query.
    public var windows: [Window]
    /// How late an order may be, in milliseconds.
    public var watermarkDelayMs: Int64
    /// The lateness policy.
    public var policy: Policy
    /// After how long a silent partition is left out of the watermark (R34); 0 is never.
    public var idleTimeoutMs: Int64
    /// How many products are published (R41); nil is all.
    public var topCount: Int?
    /// How many of the latest orders are published.
    public var recentCount: Int
    /// How many dead letters are kept; nil is all.
    public var deadLetterLimit: Int64?
    /// Event times above this are rejected (R20) where no batch log says the bound; nil is no bound.
    public var futureBound: Int64?
    /// Whether the run had read all and published all when it ended. What is still missing is then
    /// a fault; otherwise it can only be unfinished.
    public var drained: Bool

    /// Makes a description; the defaults are the engine's.
    public init(
        windows: [Window] = [Window(sizeMs: 60_000)], watermarkDelayMs: Int64 = 600_000,
        policy: Policy = .record, idleTimeoutMs: Int64 = 0, topCount: Int? = 10,
        recentCount: Int = 20, deadLetterLimit: Int64? = nil, futureBound: Int64? = nil,
        drained: Bool = true
    ) {
        self.windows = windows
        self.watermarkDelayMs = watermarkDelayMs
        self.policy = policy
        self.idleTimeoutMs = idleTimeoutMs
        self.topCount = topCount
        self.recentCount = recentCount
        self.deadLetterLimit = deadLetterLimit
        self.futureBound = futureBound
        self.drained = drained
    }
}

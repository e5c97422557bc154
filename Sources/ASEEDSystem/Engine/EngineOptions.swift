/// What an engine is told at its start.
public struct EngineOptions: Sendable {
    /// When batches are due (R50).
    public enum Trigger: Equatable, Sendable {
        /// At start + k × this many milliseconds; 0 is as soon as there is something to read.
        case interval(ms: Int64)
        /// Once for what is in the log at the start, then stop.
        case availableNow
    }

    /// The folder of the checkpoint; made when it is missing.
    public var checkpointFolder: String
    /// When batches are due.
    public var trigger = Trigger.interval(ms: 5_000)
    /// The most records of a batch, over all partitions.
    public var maxOrdersPerTrigger: Int64?
    /// Threads that read and sum.
    public var workers = 1
    /// The grids of `category_windows`; no two of the same size.
    public var windows = [WindowSpec.minute]
    /// What is late.
    public var policy = LatenessPolicy.record
    /// How far the watermark stays behind the latest event time.
    public var watermarkDelayMs: Int64 = 600_000
    /// A constant future bound, microseconds since 1970 (R46).
    public var eventTimeMaxUs: Int64?
    /// How far behind the clock the future bound stands otherwise.
    public var maxFutureMs: Int64 = 300_000
    /// After how long a partition without records is left out of the watermark; 0 is never (R34).
    public var idleTimeoutMs: Int64 = 0
    /// The run's id; a checkpoint keeps the one that it was made with.
    public var runID: String
    /// How many records the dead-letter log keeps.
    public var deadLetterLimit: Int64 = 100_000
    /// How many groups `top_products` publishes.
    public var topProducts = 10
    /// Publish a query only after every so many batches.
    public var publishEvery: [QueryName: Int64] = [:]

    /// Asked at each crash point; true stops the engine exactly there, as a kill would. For tests.
    public var stopsAt: (@Sendable (CrashPoint) -> Bool)?

    /// Options with SEED's defaults.
    public init(checkpointFolder: String, runID: String) {
        self.checkpointFolder = checkpointFolder
        self.runID = runID
    }

    /// The longest watermark delay: ten years.
    public static let longestDelayMs: Int64 = 3650 * 86_400_000
}

/// The engine's clocks; a simulation puts its own in.
public struct EngineClock: Sendable {
    /// Monotonic nanoseconds.
    public var monotonicNs: @Sendable () -> Int64
    /// Microseconds since 1970.
    public var wallUs: @Sendable () -> Int64

    /// Clocks given by closures.
    public init(
        monotonicNs: @escaping @Sendable () -> Int64, wallUs: @escaping @Sendable () -> Int64
    ) {
        self.monotonicNs = monotonicNs
        self.wallUs = wallUs
    }

    /// This machine's clocks.
    public static let system = EngineClock(
        monotonicNs: { SystemClock.monotonicNs() }, wallUs: { SystemClock.wallNs() / 1000 })
}

/// Places in a batch where a crash leaves the most different things behind.
public enum CrashPoint: String, CaseIterable, Sendable {
    case batchPlanned = "batch.planned"
    case batchProcessed = "batch.processed"
    case checkpointBegin = "checkpoint.begin"
    case checkpointWritten = "checkpoint.written"
    case checkpointCommitted = "checkpoint.committed"
    case startupRestored = "startup.restored"
}

/// Why an engine stopped before it was told to.
public enum EngineError: Error, CustomStringConvertible {
    /// The log can't be read.
    case log(LogError)
    /// The checkpoint can't be used or written.
    case checkpoint(CheckpointError)
    /// The dashboard has seen a later engine (R61).
    case fencedByDashboard(epoch: Int64)
    /// It was told to stop at a crash point.
    case stopped(at: CrashPoint)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .log(let error): "engine: \(error)"
        case .checkpoint(let error): "engine: \(error)"
        case .fencedByDashboard(let epoch):
            "engine: fenced by epoch \(epoch): the dashboard has seen a later engine of this "
                + "checkpoint; this one stops"
        case .stopped(let point): "engine: stopped at \(point.rawValue), as it was told to"
        }
    }
}

internal import ASEEDSystem

/// All that the screen of a live run shows.
struct LiveModel: Equatable, Sendable {
    /// One second.
    struct Point: Equatable, Sendable {
        var offered: Double?
        var processed: Double?
        /// Of the oldest order that arrived in it.
        var latencyMs: Double?
        /// The key of a fault that was done in it.
        var mark: Character?
    }

    /// One of the processes.
    struct Service: Equatable, Sendable {
        enum State: Equatable, Sendable {
            case running, paused
            /// It ended, and is to come back.
            case down
            /// It ended as planned.
            case ended
        }

        var name: String
        var state: State
        var pid: Int32
        var cpuPercent: Double
        var memoryBytes: Int64
        var starts: Int
    }

    /// What the verifications say.
    struct Proof: Equatable, Sendable {
        var last: LiveProof?
        var lastProved: LiveProof?
        var count = 0
        /// Milliseconds since the results of `lastProved` were taken.
        var ageMs: Int64 = 0
        /// Until the next one begins; nil while one is under way.
        var nextInMs: Int64?
    }

    /// What the run was started with.
    var rate = 0.0
    var seed: Int64 = 0
    var log = ""
    var folder = ""
    var url: String?
    var sizes = LiveFaultSizes(rate: 1)
    var durationMs: Int64 = 0

    /// Where it is.
    var phase = "setup"
    var elapsedMs: Int64 = 0
    var isEnding = false
    /// What was just said to the person; shown for a while.
    var notice: String?

    /// What it measures.
    var facts = LiveFacts()
    var offeredRate: Double?
    var backlog: Int64 = 0
    var watermarkLagMs: Double?
    var points: [Point] = []
    var proof = Proof()
    var services: [Service] = []
    /// The newest first.
    var stories: [FaultStory] = []
    var showsHelp = false

    /// The largest latency of the last seconds.
    func worstLatencyMs(seconds: Int) -> Double? {
        points.suffix(seconds).compactMap(\.latencyMs).max()
    }
}

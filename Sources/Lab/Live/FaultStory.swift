internal import ASEEDSystem

/// What a fault did, told in words while it happens and when it is over.
struct FaultStory: Equatable, Sendable {
    /// Where it is on its way.
    enum State: Equatable, Sendable {
        case happening
        /// It is over; a proof of what came after is waited for.
        case over
        /// Every number was proved after it.
        case exact
        /// A number is wrong after it.
        case wrong
        /// It could not be done.
        case refused
    }

    let fault: LiveFault
    /// Its place among the faults of the run, from 1.
    let number: Int
    /// Wall time of its start, UTC microseconds, and the monotonic one.
    let startedUs: Int64
    let startedNs: Int64
    /// What was already so when it began.
    let before: LiveFacts
    /// What happened, without what the proof says.
    var text: String
    var state = State.happening
    /// The proof must cover this batch.
    var settledBatch: Int64?
    /// What the proof said.
    var proof: String?
    /// The largest that was seen meanwhile.
    var peakRate = 0.0
    var peakLatencyMs = 0.0

    /// What must be committed for all to be as before.
    var target: Int64?

    init(_ fault: LiveFault, number: Int, facts: LiveFacts, text: String) {
        self.fault = fault
        self.number = number
        startedUs = facts.wallUs
        startedNs = facts.nowNs
        before = facts
        self.text = text
    }

    /// `kill-engine-3`, as results name it.
    var id: String { Self.id(fault, number) }

    /// The name of a fault's place in a run.
    static func id(_ fault: LiveFault, _ number: Int) -> String { "\(fault.rawValue)-\(number)" }

    /// Whether the load generator does it.
    var isInjection: Bool { fault != .killEngine && fault != .pauseDashboard }

    /// Whether nothing more will come.
    var isTold: Bool { state == .exact || state == .wrong || state == .refused }

    /// `engine killed: back after 0.4 s, replayed 1,200 orders, still exact`
    var whole: String {
        switch state {
        case .happening, .refused: text
        case .over: "\(text), to be proved"
        case .exact: "\(text), still exact"
        case .wrong: "\(text), and then WRONG: \(proof ?? "")"
        }
    }

    /// Takes a verification into account: one of all that happened until the fault was over.
    mutating func take(_ proof: LiveProof) {
        guard state == .over else { return }
        switch proof.state {
        case .proved:
            guard let settledBatch, let batch = proof.batchID, batch >= settledBatch else { return }
            state = .exact
        case .differs:
            state = .wrong
            self.proof = proof.text
        case .unknown: return
        }
    }

    /// The fault is over: what came until this batch is to be proved.
    mutating func settle(_ text: String, batch: Int64?) {
        self.text = text
        state = .over
        settledBatch = batch
    }

    mutating func refuse(_ reason: String) {
        text = "\(text): not done, \(reason)"
        state = .refused
    }
}

/// What a live run has counted at a moment.
struct LiveFacts: Equatable, Sendable {
    var nowNs: Int64 = 0
    /// UTC microseconds.
    var wallUs: Int64 = 0
    var committed: Int64 = 0
    var acknowledged: Int64 = 0
    var rejected: Int64 = 0
    var late: Int64 = 0
    /// The last committed batch.
    var batchID: Int64?
    /// Orders a second over the last moments.
    var processedRate = 0.0
    /// Of the oldest order in what arrived last.
    var latencyMs: Double?
    /// How far the newest message on the page goes, and when it came.
    var shownBatch: Int64?
}

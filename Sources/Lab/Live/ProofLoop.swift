internal import ASEEDSystem
internal import Glibc

/// Verifies a running system again and again, each time in a child process that gives way to
/// everything else, and never with more than a tenth of a core on average.
final class ProofLoop {
    static let intervalNs: Int64 = 10_000_000_000
    /// CPU time of a proof is at most this part of the time from one to the next.
    private static let share: Int64 = 10

    /// The last proof, when it came, and how many there were.
    private(set) var last: LiveProof?
    private(set) var count = 0
    /// The last one that proved something; its age is what is shown.
    private(set) var lastProved: LiveProof?

    private let launch: ServiceLaunch
    private let scratch: ((pid_t) -> String)?
    private let group = ServiceGroup()
    private var child: ServiceProcess?
    private var startedNs: Int64 = 0
    private var nextNs: Int64
    private var lines: [String] = []
    private var isAllowed = true

    /// - Parameters:
    ///   - launch: one verification; it prints its proof as a line.
    ///   - firstNs: when the first one begins.
    ///   - scratch: the folder in which a process of that id works; one that is killed leaves it.
    init(_ launch: ServiceLaunch, firstNs: Int64, scratch: ((pid_t) -> String)? = nil) {
        self.launch = launch
        self.scratch = scratch
        nextNs = firstNs
    }

    /// When the next one begins, after that moment; nil while one is under way.
    var nextAtNs: Int64? { child == nil ? nextNs : nil }

    /// Starts what is due and takes what came.
    ///
    /// - Returns: a proof that has just come.
    func beat(_ nowNs: Int64) throws(SystemError) -> LiveProof? {
        for event in group.events.takeAll(deadlineNs: 0) {
            switch event {
            case .line(_, let text): lines.append(text)
            case .ended: return finish(nowNs)
            }
        }
        if let child {
            // One that hangs is ended; the next one has its chance.
            if nowNs - startedNs > max(60_000_000_000, 20 * lastWallNs) { child.killGroup() }
        } else if isAllowed, nowNs >= nextNs {
            startedNs = nowNs
            lines = []
            child = try group.start(launch)
        }
        return nil
    }

    /// Wants one soon: something happened.
    func hurry(_ nowNs: Int64) {
        nextNs = min(nextNs, max(nowNs, startedNs + Self.share * lastCPUNs))
    }

    /// Ends the one that is under way; no more will come.
    func stop() {
        isAllowed = false
        group.killAll()
        removeScratch()
        child = nil
    }

    /// The child has ended.
    private func removeScratch() {
        guard let child, !child.isRunning, let scratch else { return }
        FileTree.remove(scratch(child.pid))
    }

    private var lastCPUNs: Int64 { (last?.cpuMs ?? 0) * 1_000_000 }
    private var lastWallNs: Int64 { (last?.wallMs ?? 0) * 1_000_000 }

    private func finish(_ nowNs: Int64) -> LiveProof {
        let proof =
            lines.lazy.compactMap(LiveProof.init).first
            ?? LiveProof(
                state: .unknown, checkedAt: SystemClock.wallNs() / 1_000, takenNs: startedNs,
                text: failure)
        removeScratch()
        child = nil
        last = proof
        count += 1
        if proof.state == .proved { lastProved = proof }
        nextNs = startedNs + max(Self.intervalNs, Self.share * lastCPUNs)
        return proof
    }

    private var failure: String {
        let how = child?.exit?.text ?? "no exit"
        let why = child?.lastLogLines(1).last.map { ": \($0)" } ?? ""
        return "the verification ended with \(how)\(why)"
    }
}

/// What a probe found out.
public struct ProbeAnswer: Equatable, Sendable {
    /// Whether the service answered as it should.
    public var isUp: Bool
    /// One sentence.
    public var detail: String

    /// An answer.
    public init(isUp: Bool, detail: String) {
        self.isUp = isUp
        self.detail = detail
    }
}

/// Asks one service whether it works. Each question runs on a thread of its own, and a new one is
/// asked only when the one before has ended: a service that hangs delays no other, and holds one
/// thread.
final class Probe<Answer: Sendable>: Sendable {
    private struct State {
        var isBusy = false
        var sinceNs: Int64 = 0
        var answer: Answer?
        var thread: NamedThread?
    }

    private let name: String
    private let ask: @Sendable () -> Answer
    private let state = ConditionLock(State())

    init(_ name: String, _ ask: @escaping @Sendable () -> Answer) {
        self.name = name
        self.ask = ask
    }

    /// Asks, unless the last question is still open.
    func begin() throws(SystemError) {
        let isFree = state.update { state in
            guard !state.isBusy else { return false }
            state.isBusy = true
            state.answer = nil
            state.sinceNs = SystemClock.monotonicNs()
            return true
        }
        guard isFree else { return }
        do throws(SystemError) {
            let thread = try NamedThread("probe-\(name)") { [self] in
                let answer = ask()
                state.update { state in
                    state.answer = answer
                    state.isBusy = false
                }
            }
            let before = state.update { state in
                defer { state.thread = thread }
                return state.thread
            }
            // It ended: the question was not open any more.
            before?.join()
        } catch {
            state.update { $0.isBusy = false }
            throw error
        }
    }

    /// Waits for the answer.
    ///
    /// - Returns: nil when there is none by the deadline, and since when it was asked for.
    func answer(untilNs deadlineNs: Int64) -> (answer: Answer?, sinceNs: Int64) {
        let answer = state.wait(untilNs: deadlineNs) { $0.isBusy ? nil : $0.answer }
        return (answer, state.read { $0.sinceNs })
    }
}

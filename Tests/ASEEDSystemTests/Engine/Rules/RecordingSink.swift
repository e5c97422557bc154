import Synchronization

@testable import ASEEDSystem

/// A sink that keeps what it is offered and acknowledges as a test says.
final class RecordingSink: PublicationSink {
    struct State {
        var offered: [Publication] = []
        var finalsThrough: [Int64] = []
        var acknowledged: [QueryName: Int64] = [:]
        var acknowledgedFinals: Int64?
        var fencedBy: Int64?
    }

    private let state = Mutex(State())

    func acknowledge(finals batchID: Int64) {
        state.withLock { $0.acknowledgedFinals = batchID }
    }

    /// As if the dashboard had taken everything offered so far.
    func acknowledgeAll() {
        state.withLock { state in
            for publication in state.offered {
                state.acknowledged[publication.query] = publication.batchID
            }
        }
    }

    /// As if the dashboard had been started anew.
    func forgetAcknowledgements() { state.withLock { $0.acknowledged = [:] } }

    func fence(epoch: Int64) { state.withLock { $0.fencedBy = epoch } }

    /// What was offered since the last call.
    func takeOffered() -> [Publication] {
        state.withLock { state in
            defer { state.offered = [] }
            return state.offered
        }
    }

    var finalsThrough: [Int64] { state.withLock { $0.finalsThrough } }

    func offer(_ publication: Publication) { state.withLock { $0.offered.append(publication) } }
    func finalsAvailable(throughBatch batchID: Int64) {
        state.withLock { $0.finalsThrough.append(batchID) }
    }
    func acknowledged(_ query: QueryName) -> Int64? { state.withLock { $0.acknowledged[query] } }
    func acknowledgedFinals() -> Int64? { state.withLock { $0.acknowledgedFinals } }
    func fencedBy() -> Int64? { state.withLock { $0.fencedBy } }
    func drain(deadlineNs: Int64) -> Bool { true }
    func stop() {}
}

/// Latencies while a run goes on, from the batches and the messages that show them.
///
/// A batch reads the log up to where it was at the batch's start; so its newest order was
/// acknowledged just before that, and its oldest just after the start of the batch before it. From
/// there to the message on the subscribed WebSocket is how long they took. (The exact figures, order
/// by order, are computed from the history when the run is over.)
struct LiveLatency: Equatable, Sendable {
    /// One message.
    struct Sample: Equatable, Sendable {
        var receivedNs: Int64
        /// Of the newest and the oldest order that it brought.
        var leastMs: Double
        var mostMs: Double
        var batchID: Int64
    }

    private struct Batch: Equatable, Sendable {
        var id: Int64
        var previousStartNs: Int64
        var startNs: Int64
        var ends: [Int64]
    }

    private struct Message: Equatable, Sendable {
        var receivedNs: Int64
        var ends: [Int64]
    }

    /// More than this many batches without a message are forgotten.
    private static let maxWaiting = 100_000

    private let partitions: Int
    private var batches: [Batch] = []
    private var messages: [Message] = []
    private var lastStartNs: Int64?
    private var lastEnds: [Int64]

    init(partitions: Int) {
        self.partitions = partitions
        lastEnds = Array(repeating: 0, count: partitions)
    }

    /// A batch was committed. Those without records bring nothing.
    mutating func take(_ batch: BatchProgress) {
        let ends = (0..<partitions).map { batch.ends[$0] ?? 0 }
        defer { lastStartNs = batch.startNs }
        guard ends != lastEnds else { return }
        lastEnds = ends
        batches.append(
            Batch(
                id: batch.batchID, previousStartNs: lastStartNs ?? batch.startNs,
                startNs: batch.startNs, ends: ends))
        if batches.count > Self.maxWaiting { batches.removeFirst(batches.count / 2) }
    }

    /// A message came that goes as far as these ends.
    mutating func take(receivedNs: Int64, ends: [Int64]) {
        messages.append(Message(receivedNs: receivedNs, ends: ends))
        if messages.count > Self.maxWaiting { messages.removeFirst(messages.count / 2) }
    }

    /// The messages whose batches are known by now. One may bring several batches.
    mutating func takeSamples() -> [Sample] {
        var samples: [Sample] = []
        while let message = messages.first {
            guard let last = batches.last, zip(last.ends, message.ends).allSatisfy({ $0 >= $1 })
            else { break }
            messages.removeFirst()
            let brought = batches.prefix { batch in
                zip(batch.ends, message.ends).allSatisfy { $0 <= $1 }
            }
            guard let oldest = brought.first, let newest = brought.last else { continue }
            samples.append(
                Sample(
                    receivedNs: message.receivedNs,
                    leastMs: Double(message.receivedNs - newest.startNs) / 1e6,
                    mostMs: Double(message.receivedNs - oldest.previousStartNs) / 1e6,
                    batchID: newest.id))
            batches.removeFirst(brought.count)
        }
        return samples
    }

    /// How long the oldest order that no message has brought has waited at least.
    func waitingMs(nowNs: Int64) -> Double? {
        let since = batches.first?.startNs ?? lastStartNs
        return since.map { Double(max(0, nowNs - $0)) / 1e6 }
    }
}

internal import CKafka
internal import Synchronization

/// Delivery reports, put together into receipts. Filled by the client's thread, emptied by the
/// writer's.
///
/// Sendable by hand: the library's table never changes, everything else is behind a lock or atomic.
final class KafkaDeliveries: @unchecked Sendable {
    private struct State {
        var receipts: [AppendReceipt] = []
        var failure: rd_kafka_resp_err_t?
    }

    /// Records handed over and not yet reported.
    let recordsInFlight = Atomic<Int64>(0)
    /// Bytes of them.
    let bytesInFlight = Atomic<Int64>(0)

    private let library: KafkaLibrary
    private let state = ConditionLock(State())

    init(_ library: KafkaLibrary) { self.library = library }

    /// Errors that concern one record and no other.
    private static let ofOneRecord: Set<Int32> = [
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue, RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE.rawValue,
        RD_KAFKA_RESP_ERR_INVALID_RECORD.rawValue, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE.rawValue,
    ]

    /// The first error that concerns more than one record.
    var failure: rd_kafka_resp_err_t? { state.read { $0.failure } }

    /// The opaque value that a message carries.
    static func tag(ticket: Int64, index: Int) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: Int(ticket) << 16 | index)
    }

    /// The most records of a block, so that their places fit into the tags.
    static let maxRecords = 1 << 16

    /// Reads an event of reports.
    func take(_ event: OpaquePointer) {
        let nowNs = SystemClock.monotonicNs()
        var runs = KafkaDeliveryRuns()
        var failure: rd_kafka_resp_err_t?
        var records: Int64 = 0
        var bytes: Int64 = 0
        let next = library.functions.pointee.rd_kafka_event_message_next
        while let message = next(event) {
            let tag = Int(bitPattern: message.pointee._private)
            let code = message.pointee.err
            records += 1
            bytes += Int64(message.pointee.len)
            let outcome = outcome(of: message, code)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR, !Self.isOfOneRecord(code) {
                failure = failure ?? code
            }
            runs.add(
                AppendReceipt(
                    ticket: Int64(tag >> 16), partition: Int(message.pointee.partition),
                    first: tag & (Self.maxRecords - 1), count: 1, outcome: outcome,
                    position: message.pointee.offset, answeredNs: nowNs))
        }
        recordsInFlight.subtract(records, ordering: .relaxed)
        bytesInFlight.subtract(bytes, ordering: .relaxed)
        put(runs.receipts, failure)
    }

    /// Adds receipts of records that the client did not even take.
    func put(_ runs: [AppendReceipt], _ failure: rd_kafka_resp_err_t?) {
        state.update { state in
            state.receipts.append(contentsOf: runs)
            state.failure = state.failure ?? failure
        }
    }

    /// Takes all receipts, and waits for the first.
    func takeReceipts(untilNs: Int64) -> [AppendReceipt] {
        state.wait(untilNs: untilNs) { state in
            guard !state.receipts.isEmpty else { return nil }
            defer { state.receipts.removeAll() }
            return state.receipts
        } ?? []
    }

    static func isOfOneRecord(_ code: rd_kafka_resp_err_t) -> Bool {
        ofOneRecord.contains(code.rawValue)
    }

    private func outcome(
        of message: UnsafePointer<rd_kafka_message_t>, _ code: rd_kafka_resp_err_t
    ) -> AppendOutcome {
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return .acknowledged }
        return switch library.functions.pointee.rd_kafka_message_status(message) {
        case RD_KAFKA_MSG_STATUS_NOT_PERSISTED: .failed
        default: .unknown
        }
    }
}

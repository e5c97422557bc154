internal import CKafka
internal import Glibc
internal import Synchronization

/// How fast the brokers and librdkafka alone are: the least that anyone does who reads or writes a
/// topic, with the settings that the engine and the load generator use.
public enum KafkaYardstick {
    /// What was moved, and what it took.
    public struct Result: Sendable {
        /// Records.
        public var records: Int64 = 0
        /// Bytes of their values.
        public var bytes: Int64 = 0
        /// From the client's start to the last record or report.
        public var wallNs: Int64 = 0
        /// CPU time of this process meanwhile.
        public var cpuNs: Int64 = 0
    }

    private static let patienceNs: Int64 = 60_000_000_000

    /// Reads a topic from its start until so many records came, in batches from one queue, and does
    /// nothing with them.
    public static func consume(
        _ settings: KafkaSettings, partitions: Int, records: Int64
    ) throws(LogError) -> Result {
        var result = Result()
        let startNs = SystemClock.monotonicNs()
        let startCPUNs = SystemClock.processCPUNs()
        let reading = try KafkaReading(settings)
        let functions = reading.client.functions
        guard let queue = functions.pointee.rd_kafka_queue_new(reading.client.raw) else {
            throw .kafka(.library(reason: "it makes no queue"))
        }
        defer { functions.pointee.rd_kafka_queue_destroy(queue) }
        try reading.start((0..<partitions).map { ($0, 0) })
        for partition in reading.partitions.values { partition.forward(to: queue) }
        let most = 1_000
        let messages = UnsafeMutablePointer<KafkaPartition.Message?>.allocate(capacity: most)
        defer { messages.deallocate() }
        var lastNs = startNs
        while result.records < records {
            let got = functions.pointee.rd_kafka_consume_batch_queue(queue, 10, messages, most)
            let nowNs = SystemClock.monotonicNs()
            if got > 0 { lastNs = nowNs }
            guard nowNs - lastNs < patienceNs else {
                throw reading.client.unreachable(
                    "read record \(result.records) of \(records)", waitedMs: 60_000)
            }
            for index in 0..<max(0, got) {
                guard let message = messages[index] else { continue }
                if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                    result.records += 1
                    result.bytes += Int64(message.pointee.len)
                }
                functions.pointee.rd_kafka_message_destroy(message)
            }
        }
        result.wallNs = SystemClock.monotonicNs() - startNs
        result.cpuNs = SystemClock.processCPUNs() - startCPUNs
        return result
    }

    /// Writes the lines of a block again and again, until so many records are acknowledged; nothing
    /// is copied, and of the reports only their number is looked at.
    public static func produce(
        _ settings: KafkaSettings, partitions: Int, records: Int64, lines: [UInt8]
    ) throws(LogError) -> Result {
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: lines.count, alignment: 64)
        defer { text.deallocate() }
        text.copyBytes(from: lines)
        var block = messages(of: UnsafeRawBufferPointer(text))
        precondition(!block.isEmpty, "there is something to write")
        var result = Result()
        let startNs = SystemClock.monotonicNs()
        let startCPUNs = SystemClock.processCPUNs()
        let functions = try KafkaLibrary.loaded().functions
        let reported = Reported(functions)
        let counting: @Sendable (OpaquePointer) -> Void = { reported.take($0) }
        let client = try KafkaClient(
            RD_KAFKA_PRODUCER, settings, required: KafkaLogWriter.required,
            choices: KafkaLogWriter.choices(.backlog), events: RD_KAFKA_EVENT_DR,
            deliver: counting)
        guard let topic = functions.pointee.rd_kafka_topic_new(client.raw, client.topic, nil)
        else { throw .kafka(.library(reason: "it makes no topic")) }
        defer { functions.pointee.rd_kafka_topic_destroy(topic) }
        var sent: Int64 = 0
        var partition: Int32 = 0
        while true {
            let done = reported.count(untilNs: 0)
            if done >= records { break }
            guard sent < records, sent - done < KafkaLogWriter.maxRecordsInFlight else {
                let before = done
                let untilNs = SystemClock.monotonicNs() + patienceNs
                guard reported.count(after: before, untilNs: untilNs) > before else {
                    throw client.unreachable(
                        "write record \(before) of \(records)", waitedMs: 60_000)
                }
                continue
            }
            let count = min(block.count, Int(records - sent))
            let taken = block.withUnsafeMutableBufferPointer { buffer in
                functions.pointee.rd_kafka_produce_batch(
                    topic, partition, 0, buffer.baseAddress, Int32(count))
            }
            guard Int(taken) == count else {
                throw .kafka(
                    .write(
                        brokers: client.brokers, topic: client.topic, partition: Int(partition),
                        reason: "the client took \(taken) records of \(count)"))
            }
            sent += Int64(count)
            result.bytes += block[..<count].reduce(0) { $0 + Int64($1.len) }
            partition = (partition + 1) % Int32(partitions)
        }
        result.records = records
        result.wallNs = SystemClock.monotonicNs() - startNs
        result.cpuNs = SystemClock.processCPUNs() - startCPUNs
        if let failed = reported.failed {
            throw .kafka(
                .write(
                    brokers: client.brokers, topic: client.topic, partition: -1,
                    reason: client.library.text(failed)))
        }
        return result
    }

    private static func messages(of lines: UnsafeRawBufferPointer) -> [rd_kafka_message_t] {
        var found: [rd_kafka_message_t] = []
        var start = 0
        for at in lines.indices where lines[at] == 0x0a {
            var message = rd_kafka_message_t()
            message.payload = lines.baseAddress.map {
                UnsafeMutableRawPointer(mutating: $0 + start)
            }
            message.len = at - start
            found.append(message)
            start = at + 1
        }
        return found
    }

    /// Counts reports. Sendable by hand: the library's table never changes.
    private final class Reported: @unchecked Sendable {
        private let state = ConditionLock((count: Int64(0), failed: rd_kafka_resp_err_t?.none))
        private let functions: UnsafePointer<ckafka_api>

        init(_ functions: UnsafePointer<ckafka_api>) { self.functions = functions }

        var failed: rd_kafka_resp_err_t? { state.read { $0.failed } }

        func take(_ event: OpaquePointer) {
            var count: Int64 = 0
            var failed: rd_kafka_resp_err_t?
            while let message = functions.pointee.rd_kafka_event_message_next(event) {
                count += 1
                if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                    failed = message.pointee.err
                }
            }
            state.update { state in
                state.count += count
                state.failed = state.failed ?? failed
            }
        }

        func count(after before: Int64 = -1, untilNs: Int64) -> Int64 {
            state.wait(untilNs: untilNs) { $0.count > before ? $0.count : nil }
                ?? state.read { $0.count }
        }
    }
}

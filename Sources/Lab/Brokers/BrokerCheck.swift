internal import ASEEDSystem

/// The start-up check of a broker: a probe written into a topic of its own and read back, before
/// any load depends on it.
struct BrokerCheck: Sendable {
    /// What the check found.
    struct Finding: Sendable {
        /// From the append to the record's return.
        var roundTripMs: Int64
        /// What it could not clean up.
        var left: String?
    }

    private let client: KafkaSettings
    private let broker: String

    /// - Parameters:
    ///   - client: how to reach the broker; its topic is not touched.
    ///   - broker: what messages call it.
    ///   - topic: the probe's topic, which must be nobody else's.
    init(_ client: KafkaSettings, broker: String, topic: String) throws(LogError) {
        var settings = client
        settings.address = try KafkaAddress(brokers: client.address.brokers, topic: topic)
        self.client = settings
        self.broker = broker
    }

    /// Does all steps.
    func run() throws -> Finding {
        let admin = try step("the connection", "is it running, and is the address right?") {
            let admin = try KafkaAdmin(client)
            _ = try admin.brokers()
            return admin
        }
        let roundTripMs: Int64
        do {
            roundTripMs = try probe(admin)
        } catch BrokerError.step(let broker, let step, let reason, let advice) {
            throw BrokerError.step(
                broker: broker, step: step,
                reason: reason + (leave(admin).map { "; \($0)" } ?? ""), advice: advice)
        } catch {
            _ = leave(admin)
            throw error
        }
        return Finding(roundTripMs: roundTripMs, left: leave(admin))
    }

    /// Writes and reads; the topic is there afterwards, or may be.
    private func probe(_ admin: KafkaAdmin) throws -> Int64 {
        try step("making topic \(client.address.topic)", Self.rights) {
            _ = try admin.createTopic(partitions: 1)
        }
        let startNs = SystemClock.monotonicNs()
        let probe = Array(#"{"probe":"\#(client.address.topic)"}"#.utf8)
        let offset = try step("writing a probe", Self.rights) { try write(probe) }
        try step("reading the probe back", "look at its log; another broker: --managed noida") {
            try expect(probe, at: offset)
        }
        return (SystemClock.monotonicNs() - startNs) / 1_000_000
    }

    /// Deletes the topic if it is there.
    ///
    /// - Returns: why it may be left.
    private func leave(_ admin: KafkaAdmin) -> String? {
        do {
            try admin.deleteTopic()
            return nil
        } catch {
            return "the topic \(client.address.topic) could not be deleted: \(error)"
        }
    }

    private static let rights = "the client needs the rights to make, write, read and delete topics"

    private func step<Answer>(
        _ name: String, _ advice: String, _ work: () throws -> Answer
    ) throws -> Answer {
        do {
            return try work()
        } catch let error as BrokerError {
            throw error
        } catch LogError.kafka(.library(let reason)) {
            throw LogError.kafka(.library(reason: reason))
        } catch LogError.kafka(.setting(let name, let reason)) {
            throw LogError.kafka(.setting(name: name, reason: reason))
        } catch {
            throw BrokerError.step(
                broker: broker, step: name, reason: "\(error)", advice: advice)
        }
    }
}

extension BrokerCheck {
    fileprivate func expect(_ probe: [UInt8], at offset: Int64) throws {
        let reader = try KafkaConsumer(client)
        var found: [UInt8]?
        let deadline = SystemClock.monotonicNs() + 10_000_000_000
        while found == nil, SystemClock.monotonicNs() < deadline {
            try reader.forEachRecord(in: 0, range: offset..<offset + 1) { found = Array($0.bytes) }
        }
        guard let found else {
            throw Mismatch(description: "no record came from offset \(offset) within 10 s")
        }
        guard found == probe else {
            throw Mismatch(
                description: "offset \(offset) holds \(found.count) other bytes than were written")
        }
    }

    private struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    fileprivate func write(_ probe: [UInt8]) throws -> Int64 {
        let writer = try KafkaLogWriter(client, partitions: 1, pace: .timed)
        _ = try (probe + [UInt8(ascii: "\n")]).withUnsafeBytes {
            try writer.append($0, to: 0, ticket: 1)
        }
        let deadline = SystemClock.monotonicNs() + 10_000_000_000
        while SystemClock.monotonicNs() < deadline {
            for receipt in writer.takeReceipts(untilNs: deadline) {
                guard receipt.outcome == .acknowledged else {
                    throw Mismatch(description: "the broker did not acknowledge it")
                }
                // The topic's first record, where the broker did not tell.
                return max(0, receipt.position)
            }
            if let failure = writer.failure { throw failure }
        }
        throw Mismatch(description: "no acknowledgement came within 10 s")
    }
}

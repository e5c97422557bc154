internal import ASEEDSystem

/// The greatest number among the order ids of a log that the simulator wrote, found from its end.
enum LastSequence {
    /// Of a file log; 0 when it is empty.
    static func of(_ log: FileLog) throws(LogError) -> Int64 {
        var last: Int64 = 0
        for partition in 0..<(try log.partitionCount()) {
            let end = try log.endPosition(of: partition)
            guard end > 0 else { continue }
            guard let found = try find(in: log, partition, end: end) else {
                throw .notALog(path: log.path, reason: strangers(partition, "folder"))
            }
            last = max(last, found)
        }
        return last
    }

    /// Of a topic; 0 when it is empty.
    static func of(
        _ settings: KafkaSettings, partitions: Int, notice: @escaping @Sendable (String) -> Void
    ) throws(LogError) -> Int64 {
        let consumer = try KafkaConsumer(settings, notice: notice)
        var last: Int64 = 0
        for partition in 0..<partitions {
            let start = try consumer.startOffset(of: partition)
            let end = try consumer.endOffset(of: partition, from: start)
            guard end > start else { continue }
            guard let found = try find(in: consumer, partition, start: start, end: end) else {
                throw .kafka(
                    .topic(
                        brokers: settings.address.brokers, topic: settings.address.topic,
                        reason: strangers(partition, "topic")))
            }
            last = max(last, found)
        }
        return last
    }

    private static func strangers(_ partition: Int, _ kind: String) -> String {
        "the last records of partition \(partition) are no orders of the simulator (order_id ORD- "
            + "and digits), so it can't tell which ids are taken; name a new \(kind)"
    }

    /// Looks back further and further until a line with a simulator's order id is found.
    private static func find(
        in log: FileLog, _ partition: Int, end: Int64
    ) throws(LogError) -> Int64? {
        let reader = try log.reader(of: partition)
        var size: Int64 = 65_536
        while true {
            let start = max(0, end - size)
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: Int(end - start), alignment: 16)
            defer { buffer.deallocate() }
            let got = try reader.read(from: start, upTo: end, into: buffer)
            let lines = buffer[..<got].split(separator: UInt8(ascii: "\n"))
            // The first line may be cut; JSON cut in front is no object.
            let found = lines.compactMap { sequence(of: Array($0)) }.max()
            if found != nil || start == 0 || size > 64 << 20 { return found }
            size *= 16
        }
    }

    private static func find(
        in consumer: KafkaConsumer, _ partition: Int, start: Int64, end: Int64
    ) throws(LogError) -> Int64? {
        var count: Int64 = 300
        while true {
            let from = max(start, end - count)
            var found: Int64?
            do {
                try consumer.forEachRecord(in: partition, range: from..<end) { record in
                    if let number = sequence(of: Array(record.bytes)) {
                        found = max(found ?? 0, number)
                    }
                }
            } catch let error as LogError {
                throw error
            } catch {
                preconditionFailure("reading throws errors of the log alone: \(error)")
            }
            if found != nil || from == start || count > 300_000 { return found }
            count *= 16
        }
    }

    private static func sequence(of line: [UInt8]) -> Int64? {
        guard let json = try? JSONParser.parse(line), let id = json["order_id"]?.string,
            id.hasPrefix("ORD-")
        else { return nil }
        return Int64(id.dropFirst(4))
    }
}

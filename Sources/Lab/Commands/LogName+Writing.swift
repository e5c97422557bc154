internal import ASEEDSystem
internal import Glibc
internal import LoadGen

extension LogName {
    /// Opens a new log, or an empty one with as many partitions: order ids are never used twice (R6).
    ///
    /// - Parameter notice: told when Kafka's brokers do not answer and when they do again.
    func startWriting(
        _ plan: LoadPlan, notice: @escaping @Sendable (String) -> Void
    ) throws(LogError) -> any OrderLogWriter {
        switch self {
        case .folder(let path):
            return try FileLogAppender(
                try Self.emptyFileLog(path, partitions: plan.partitions),
                partitions: plan.partitions, fsync: plan.fsync)
        case .kafka(let settings):
            let admin = try KafkaAdmin(settings, notice: notice)
            if try !admin.createTopic(partitions: plan.partitions) {
                try Self.checkEmpty(settings, partitions: plan.partitions, notice: notice)
            }
            return try Self.writer(settings, plan, notice: notice)
        }
    }

    /// A writer of a topic that is there.
    static func writer(
        _ settings: KafkaSettings, _ plan: LoadPlan, notice: @escaping @Sendable (String) -> Void
    ) throws(LogError) -> KafkaLogWriter {
        let isBacklog = plan.stages.allSatisfy { stage in
            if case .backlog = stage.executor { true } else { false }
        }
        return try KafkaLogWriter(
            settings, partitions: plan.partitions, pace: isBacklog ? .backlog : .timed,
            notice: notice)
    }

    private static func emptyFileLog(_ path: String, partitions: Int) throws(LogError) -> FileLog {
        guard access(path + "/log.json", F_OK) == 0 else {
            return try FileLog.create(at: path, partitions: partitions)
        }
        let log = try FileLog(opening: path)
        guard try log.partitionCount() == partitions else {
            throw .notALog(
                path: path, reason: "it has other partitions than the plan's \(partitions)")
        }
        for partition in 0..<partitions where try log.endPosition(of: partition) > 0 {
            throw .notALog(
                path: path,
                reason: "it holds orders already, whose ids the plan would use "
                    + "again; name a new folder")
        }
        return log
    }

    private static func checkEmpty(
        _ settings: KafkaSettings, partitions: Int, notice: @escaping @Sendable (String) -> Void
    ) throws(LogError) {
        let consumer = try KafkaConsumer(settings, notice: notice)
        for partition in 0..<partitions {
            let start = try consumer.startOffset(of: partition)
            let end = try consumer.endOffset(of: partition, from: start)
            guard end == start else {
                throw .kafka(
                    .topic(
                        brokers: settings.address.brokers, topic: settings.address.topic,
                        reason: "it holds orders already (offsets \(start) to \(end) of partition "
                            + "\(partition)), whose ids the plan would use again; name a new topic")
                )
            }
        }
    }
}

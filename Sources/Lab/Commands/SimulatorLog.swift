internal import ASEEDSystem
internal import Glibc
internal import LoadGen

/// The log that the simulator starts or continues.
struct SimulatorLog {
    /// The partitions that it has, or will have.
    let partitions: Int
    /// The number of the next order: an order id is never used twice (R6).
    let firstSequence: Int64
    private let target: Target
    private let notice: @Sendable (String) -> Void

    private enum Target {
        case file(FileLog)
        case kafka(KafkaSettings)
    }

    /// Opens the log of a name, or makes one.
    ///
    /// - Parameter notice: told when Kafka's brokers do not answer and when they do again.
    init(
        _ name: LogName, partitions: Int, notice: @escaping @Sendable (String) -> Void
    ) throws(LogError) {
        self.notice = notice
        switch name {
        case .folder(let path):
            guard access(path, F_OK) == 0, let log = try Self.existing(path) else {
                target = .file(try FileLog.create(at: path, partitions: partitions))
                self.partitions = partitions
                firstSequence = 1
                return
            }
            guard !log.isReadOnly else { throw .readOnly(path: path) }
            target = .file(log)
            self.partitions = try log.partitionCount()
            firstSequence = try LastSequence.of(log) + 1
        case .kafka(let settings):
            target = .kafka(settings)
            let admin = try KafkaAdmin(settings, notice: notice)
            guard let topic = try admin.topic() else {
                try admin.createTopic(partitions: partitions)
                self.partitions = partitions
                firstSequence = 1
                return
            }
            self.partitions = topic.partitions
            firstSequence =
                try LastSequence.of(settings, partitions: topic.partitions, notice: notice) + 1
        }
    }

    /// Opens it for writing.
    func writer(_ plan: LoadPlan) throws(LogError) -> any OrderLogWriter {
        switch target {
        case .file(let log):
            try FileLogAppender(log, partitions: plan.partitions, fsync: plan.fsync)
        case .kafka(let settings): try LogName.writer(settings, plan, notice: notice)
        }
    }

    /// The log in a folder; nil when the folder is empty of partitions.
    private static func existing(_ path: String) throws(LogError) -> FileLog? {
        if access(path + "/log.json", F_OK) != 0, access(path + "/partition-0.jsonl", F_OK) != 0 {
            return nil
        }
        return try FileLog(opening: path)
    }
}

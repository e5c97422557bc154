internal import ASEEDSystem
internal import Synchronization
internal import Verifier

/// Reads a whole topic, by itself and plainly, into the folder that the verifier judges from.
///
/// Sendable: everything but the flag is fixed, and what `run` uses is its own.
final class LogExport: Sendable {
    /// It was told to stop.
    struct Cancelled: Error, CustomStringConvertible {
        let description = "reading the topic was given up"
    }

    private let client: KafkaSettings
    private let folder: String
    private let partitions: Int
    private let isCancelled = Atomic(false)

    init(_ client: KafkaSettings, folder: String, partitions: Int) {
        self.client = client
        self.folder = folder
        self.partitions = partitions
    }

    /// Lets `run` end at the next record.
    func cancel() { isCancelled.store(true, ordering: .releasing) }

    /// Reads and writes everything; a part of it is never left behind.
    ///
    /// - Returns: how many records there were.
    func run() throws -> Int64 {
        let draft = "\(folder).draft"
        FileTree.remove(draft)
        try FileTree.make(draft)
        do {
            let count = try write(to: draft)
            FileTree.remove(folder)
            try TextFile.move(draft, to: folder)
            return count
        } catch {
            FileTree.remove(draft)
            throw error
        }
    }

    private func write(to draft: String) throws -> Int64 {
        let reader = try KafkaConsumer(client)
        var count: Int64 = 0
        for partition in 0..<partitions {
            let start = try reader.startOffset(of: partition)
            let end = try reader.endOffset(of: partition, from: start)
            let writer = try ExportedLogWriter(
                folder: draft, partition: partition, bounds: start..<end)
            try reader.forEachRecord(in: partition, range: start..<end) { record in
                if isCancelled.load(ordering: .relaxed) { throw Cancelled() }
                try writer.append(position: record.offset, record.bytes)
                count += 1
            }
            try writer.finish()
        }
        return count
    }
}

/// One batch over a log of records: partitions take turns, so that all are fetched while one is read,
/// and a slow one delays no other.
///
/// Sendable by hand: a partition is out of the queue while a worker has it, so that each result and
/// each worker is used by one thread; the queue's lock orders the hand-over.
final class RecordRound: @unchecked Sendable {
    private struct Queue {
        var waiting: [Int]
        var taken = 0
        /// Turns without a record, one after the other.
        var empty = 0
        var failure: LogError?
    }

    private let tasks: [WorkerPool.Task]
    private let workers: [PartitionWorker]
    private let queue: ConditionLock<Queue>
    private let parts: UnsafeMutableBufferPointer<PartitionBatch>

    /// How long a worker waits at a partition when all others had nothing either.
    private static let waitMs: Int32 = 2

    init(tasks: [WorkerPool.Task], workers: [PartitionWorker]) {
        self.tasks = tasks
        self.workers = workers
        queue = ConditionLock(Queue(waiting: Array(tasks.indices)))
        parts = .allocate(capacity: max(1, tasks.count))
        for (index, task) in tasks.enumerated() {
            parts.initializeElement(
                at: index,
                to: PartitionBatch(scan: task.scan, start: task.start, end: task.start))
        }
        for worker in workers { worker.latest.clear() }
    }

    deinit {
        for index in tasks.indices { parts.deinitializeElement(at: index) }
        parts.deallocate()
    }

    /// Takes turns until no partition is left.
    func work(worker: Int) {
        while let (index, waitMs) = next() {
            let task = tasks[index]
            do throws(LogError) {
                let turn = try workers[worker].advance(
                    &parts[index], to: task.end, maxRecords: task.maxRecords, waitMs: waitMs)
                giveBack(index, turn)
            } catch {
                queue.update { queue in
                    queue.taken -= 1
                    queue.failure = queue.failure ?? error
                    queue.waiting.removeAll()
                }
            }
        }
    }

    /// The parts in the order of the tasks.
    func results() throws(LogError) -> [PartitionBatch] {
        if let failure = queue.read({ $0.failure }) { throw failure }
        return Array(parts.prefix(tasks.count))
    }

    private func next() -> (index: Int, waitMs: Int32)? {
        queue.wait(untilNs: .max) { queue -> (Int, Int32)?? in
            guard let index = queue.waiting.first else {
                // What others have may come back.
                return queue.taken == 0 ? .some(nil) : nil
            }
            queue.waiting.removeFirst()
            queue.taken += 1
            let isIdle = queue.empty >= queue.waiting.count + queue.taken
            return .some((index, isIdle ? Self.waitMs : 0))
        } ?? nil
    }

    private func giveBack(_ index: Int, _ turn: PartitionWorker.Turn) {
        queue.update { queue in
            queue.taken -= 1
            queue.empty = turn == .empty ? queue.empty + 1 : 0
            if turn != .done, queue.failure == nil { queue.waiting.append(index) }
        }
    }
}

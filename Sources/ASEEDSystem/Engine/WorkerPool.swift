internal import Synchronization

/// The worker threads of an engine. They own their tables, share nothing while a batch runs, and
/// meet at its end.
final class WorkerPool {
    /// A partition's range for the next batch.
    struct Task {
        var scan: PartitionScan
        var start: Int64
        var end: Int64
        var maxRecords: Int64
    }

    let workers: [PartitionWorker]
    private let threads: [WorkerThread]
    private let unit: PositionUnit

    init(log: any OrderLog, grid: PaneGrid, count: Int) throws(SystemError) {
        unit = log.unit
        workers = (0..<count).map { _ in PartitionWorker(log: log, grid: grid) }
        // The first worker runs on the calling thread.
        var started: [WorkerThread] = []
        for index in workers.indices.dropFirst() {
            started.append(try WorkerThread(name: "worker-\(index)"))
        }
        threads = started
    }

    deinit { for thread in threads { thread.stop() } }

    /// Runs a batch: each worker takes the next partition until none is left.
    ///
    /// - Returns: the parts in the order of `tasks`.
    func run(_ tasks: [Task], context: BatchContext) throws(LogError) -> [PartitionBatch] {
        for worker in workers { worker.scanner.begin(context) }
        switch unit {
        case .bytes:
            let round = Round(tasks: tasks, workers: workers)
            work(on: tasks) { round.work(worker: $0) }
            return try round.results()
        case .records:
            let round = RecordRound(tasks: tasks, workers: workers)
            work(on: tasks) { round.work(worker: $0) }
            return try round.results()
        }
    }

    private func work(on tasks: [Task], _ body: @escaping @Sendable (_ worker: Int) -> Void) {
        let helpers = threads.prefix(max(0, tasks.count - 1))
        for (index, thread) in helpers.enumerated() { thread.start { body(index + 1) } }
        body(0)
        for thread in helpers { thread.wait() }
    }

    /// One batch's shared list of tasks.
    ///
    /// Sendable by hand: a task index is taken once through the atomic counter, so each result slot
    /// and each worker is written by one thread; the threads' hand-over orders the writes before
    /// `results`.
    private final class Round: @unchecked Sendable {
        private let tasks: [Task]
        private let workers: [PartitionWorker]
        private let next = Atomic<Int>(0)
        private let slots: UnsafeMutablePointer<Result<PartitionBatch, LogError>?>

        init(tasks: [Task], workers: [PartitionWorker]) {
            self.tasks = tasks
            self.workers = workers
            slots = .allocate(capacity: max(1, tasks.count))
            slots.initialize(repeating: nil, count: max(1, tasks.count))
        }

        deinit {
            slots.deinitialize(count: max(1, tasks.count))
            slots.deallocate()
        }

        func work(worker: Int) {
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < tasks.count else { return }
                let task = tasks[index]
                do {
                    let batch = try workers[worker].process(
                        task.scan, from: task.start, to: task.end, maxRecords: task.maxRecords)
                    slots[index] = .success(batch)
                } catch {
                    slots[index] = .failure(error)
                }
            }
        }

        func results() throws(LogError) -> [PartitionBatch] {
            var batches: [PartitionBatch] = []
            for index in tasks.indices {
                guard let slot = slots[index] else { preconditionFailure("a task was not run") }
                batches.append(try slot.get())
            }
            return batches
        }
    }
}

/// A thread that runs one closure at a time.
private final class WorkerThread {
    private struct State {
        var job: (@Sendable () -> Void)?
        var isStopping = false
    }

    private let state: ConditionLock<State>
    private let thread: NamedThread

    init(name: String) throws(SystemError) {
        let state = ConditionLock(State())
        self.state = state
        thread = try NamedThread(name) { Self.loop(state) }
    }

    /// Hands the thread its next job; the last one must be done.
    func start(_ job: @escaping @Sendable () -> Void) { state.update { $0.job = job } }

    /// Waits until the job is done.
    func wait() {
        _ = state.wait(untilNs: .max) { $0.job == nil ? true : nil }
    }

    /// Ends the thread after its job and waits for it.
    func stop() {
        state.update { $0.isStopping = true }
        thread.join()
    }

    private static func loop(_ state: ConditionLock<State>) {
        while true {
            let job = state.wait(untilNs: .max) { state -> (@Sendable () -> Void)?? in
                if let job = state.job { return .some(job) }
                return state.isStopping ? .some(nil) : nil
            }
            guard let job = job ?? nil else { return }
            job()
            state.update { $0.job = nil }
        }
    }
}

internal import Glibc
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

    init(log: any OrderLog, grid: PaneGrid, count: Int) {
        workers = (0..<count).map { _ in PartitionWorker(log: log, grid: grid) }
        // The first worker runs on the calling thread.
        threads = workers.dropFirst().map { _ in WorkerThread() }
    }

    deinit { for thread in threads { thread.stop() } }

    /// Runs a batch: each worker takes the next partition until none is left.
    ///
    /// - Returns: the parts in the order of `tasks`.
    func run(_ tasks: [Task], context: BatchContext) throws(LogError) -> [PartitionBatch] {
        for worker in workers { worker.scanner.begin(context) }
        let round = Round(tasks: tasks, workers: workers)
        let helpers = threads.prefix(max(0, tasks.count - 1))
        for (index, thread) in helpers.enumerated() {
            thread.start { round.work(worker: index + 1) }
        }
        round.work(worker: 0)
        for thread in helpers { thread.wait() }
        return try round.results()
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
///
/// Sendable by hand: all state is read and written under the mutex.
final class WorkerThread: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var job: (@Sendable () -> Void)?
    private var isStopping = false
    private var thread = pthread_t()

    init() {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, nil, runWorkerThread, context)
        precondition(code == 0, "pthread_create failed with \(code)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
    }

    /// Hands the thread its next job; the last one must be done.
    func start(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        self.job = job
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until the job is done.
    func wait() {
        pthread_mutex_lock(mutex)
        while job != nil { pthread_cond_wait(changed, mutex) }
        pthread_mutex_unlock(mutex)
    }

    /// Ends the thread after its job and waits for it.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        pthread_join(thread, nil)
    }

    fileprivate func loop() {
        pthread_mutex_lock(mutex)
        while true {
            while job == nil, !isStopping { pthread_cond_wait(changed, mutex) }
            guard let job else { break }
            pthread_mutex_unlock(mutex)
            job()
            pthread_mutex_lock(mutex)
            self.job = nil
            pthread_cond_broadcast(changed)
        }
        pthread_mutex_unlock(mutex)
    }
}

private func runWorkerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<WorkerThread>.fromOpaque(context).takeRetainedValue().loop()
    return nil
}

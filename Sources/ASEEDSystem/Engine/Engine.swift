/// The streaming engine: reads a log in micro-batches, keeps the four queries' state in a
/// checkpoint, and offers what is committed to a publisher.
///
/// Belongs to one thread; the workers' threads are its own.
public final class Engine {
    /// A batch's times and sizes, for progress.
    struct BatchTimes {
        var startNs: Int64 = 0
        var plannedNs: Int64 = 0
        var scannedNs: Int64 = 0
        var commitStartNs: Int64 = 0
        var committedNs: Int64 = 0
        var publishedNs: Int64 = 0
    }

    /// The epoch that this engine took (R55).
    public var epoch: Int64 { checkpoint.epoch }
    /// The run's id: the checkpoint's.
    public let runID: String
    /// Where a publisher finds final windows.
    public let outbox: any FinalWindowSource

    let options: EngineOptions
    let log: any OrderLog
    let clock: EngineClock
    let checkpoint: Checkpoint
    private let pool: WorkerPool
    private var workerIDs: [WorkerIDs]
    private(set) var state: EngineState
    /// Why the last batch failed.
    private var failure: EngineError?
    private var sink: (any PublicationSink)?
    private var progress: ProgressLog?
    private var lastDeliveryNs: [Int64] = []
    /// How long the last look at the log's end took.
    private(set) var latestOffsetNs: Int64 = 0
    private var idleInLastBatch: Set<Int> = []
    /// The newest update message of open windows held all of them.
    private var offeredAllWindows = false
    /// A publish interval held a query back after the last batch.
    private var holdsBack = false
    /// How far the last batch came; nil before the first.
    private var lastProgress: EngineProgress?

    /// Opens the checkpoint, takes the epoch, restores the state and checks it against the log.
    ///
    /// - Parameter dashboardEpoch: the highest epoch that the dashboard has seen, 0 when unknown.
    /// - Throws: `EngineError`; nothing is changed then.
    public init(
        options: EngineOptions, log: any OrderLog, clock: EngineClock = .system,
        dashboardEpoch: Int64 = 0
    ) throws(EngineError) {
        self.options = options
        self.log = log
        self.clock = clock
        let delayUs = options.watermarkDelayMs * 1000
        var fresh = EngineState(
            watermark: Watermark(policy: options.policy, delayUs: delayUs))
        do {
            let identity = CheckpointIdentity(
                log: log.identity, windows: options.windows, policy: options.policy,
                delayUs: delayUs)
            checkpoint = try Checkpoint(
                folder: options.checkpointFolder, identity: identity, runID: options.runID)
            for partition in 0..<(try log.partitionCount()) {
                fresh.partitions.append(
                    .init(position: try log.startPosition(of: partition)))
            }
            state = try checkpoint.restore(
                windows: options.windows, fresh: fresh, topLimit: options.topProducts)
            try Self.check(state, log, checkpoint.folder)
            try Self.pass(.startupRestored, options)
            try checkpoint.takeEpoch(
                above: dashboardEpoch, renewingRun: options.policy == .batch)
        } catch let error as CheckpointError {
            throw .checkpoint(error)
        } catch let error as LogError {
            throw .log(error)
        } catch let error as EngineError {
            throw error
        } catch {
            preconditionFailure("typed throws cover every case: \(error)")
        }
        runID = checkpoint.runID
        outbox = CheckpointOutbox(
            checkpointFolder: options.checkpointFolder, runID: checkpoint.runID,
            epoch: checkpoint.epoch)
        let grid = PaneGrid(windows: options.windows)
        do throws(SystemError) {
            pool = try WorkerPool(log: log, grid: grid, count: max(1, options.workers))
        } catch {
            throw .checkpoint(.system(error))
        }
        workerIDs = pool.workers.map { _ in WorkerIDs() }
        lastDeliveryNs = state.partitions.map { _ in clock.monotonicNs() }
    }

    /// A saved position must lie in the log, and no partition may be gone (R4).
    private static func check(
        _ state: EngineState, _ log: any OrderLog, _ folder: String
    ) throws {
        let count = try log.partitionCount()
        guard state.partitions.count <= count else {
            throw CheckpointError.mismatch(
                path: folder,
                what: "it has \(state.partitions.count) partitions, the log has \(count)",
                next: "use the log that the checkpoint was made from")
        }
        try log.prepare(from: state.partitions.map(\.position))
        for (partition, place) in state.partitions.enumerated() {
            let start = try log.startPosition(of: partition)
            let end = try log.endPosition(of: partition)
            guard place.position >= start, place.position <= end else {
                throw CheckpointError.positionOutside(
                    path: folder, partition: partition, position: place.position, start: start,
                    end: end)
            }
        }
    }

    private static func pass(
        _ point: CrashPoint, _ options: EngineOptions
    ) throws(EngineError) {
        if options.stopsAt?(point) == true { throw .stopped(at: point) }
    }

    /// Publishes through a sink from now on; everything is offered again (R64).
    public func publish(to sink: any PublicationSink) {
        self.sink = sink
        guard state.nextBatchID > 0 else { return }
        offer(all: true, isLast: true)
        sink.finalsAvailable(throughBatch: state.nextBatchID - 1)
    }

    /// Writes a line a batch to a file from now on.
    public func writeProgress(to path: String) throws(EngineError) {
        do { progress = try ProgressLog(path: path) } catch {
            throw .checkpoint(.system(error))
        }
    }

    /// Runs one batch up to `ends` when there is anything to do.
    ///
    /// - Returns: whether there was.
    ///
    /// After an error every further call throws the same one: the state in memory may hold what the
    /// checkpoint does not (R48).
    @discardableResult
    public func runBatch(upTo ends: [Int64]) throws(EngineError) -> Bool {
        if let failure { throw failure }
        do {
            return try attemptBatch(upTo: ends)
        } catch {
            failure = error
            throw error
        }
    }

    private func attemptBatch(upTo ends: [Int64]) throws(EngineError) -> Bool {
        do {
            if let epoch = sink?.fencedBy() { throw EngineError.fencedByDashboard(epoch: epoch) }
            try checkStillThere(ends)
            try admitPartitions(ends.count)
            let idle = idlePartitions(ends)
            // What came before must be told even if there is nothing to read.
            let isDue = state.watermark.hasMoved || idle != idleInLastBatch
            guard isDue || firstUnread(before: ends) != nil else { return false }
            idleInLastBatch = idle
            return try process(upTo: ends, idle: idle, mayBeEmpty: isDue)
        } catch let error as CheckpointError {
            throw .checkpoint(error)
        } catch let error as LogError {
            throw .log(error)
        } catch let error as EngineError {
            throw error
        } catch {
            preconditionFailure("typed throws cover every case: \(error)")
        }
    }

    /// The first partition that is not read up to its end.
    func firstUnread(before ends: [Int64]) -> (partition: Int, position: Int64, end: Int64)? {
        for (partition, end) in ends.enumerated() {
            let position =
                partition < state.partitions.count ? state.partitions[partition].position : 0
            if position < end { return (partition, position, end) }
        }
        return nil
    }

    /// The log's end positions now.
    public func logEnds() throws(EngineError) -> [Int64] {
        let startNs = clock.monotonicNs()
        defer { latestOffsetNs = clock.monotonicNs() - startNs }
        do throws(LogError) {
            var ends: [Int64] = []
            for partition in 0..<(try log.partitionCount()) {
                ends.append(try log.endPosition(of: partition))
            }
            return ends
        } catch {
            throw .log(error)
        }
    }

    /// The log may grow, not shrink, while it is read (R4).
    private func checkStillThere(_ ends: [Int64]) throws {
        guard state.partitions.count <= ends.count else {
            throw CheckpointError.mismatch(
                path: checkpoint.folder,
                what: "it has \(state.partitions.count) partitions, the log has \(ends.count)",
                next: "was the log replaced? Use the log that the checkpoint was made from")
        }
        for (partition, place) in state.partitions.enumerated()
        where ends[partition] < place.position {
            throw CheckpointError.positionOutside(
                path: checkpoint.folder, partition: partition, position: place.position,
                start: try log.startPosition(of: partition), end: ends[partition])
        }
    }

    /// Partitions that came since the last batch are read from their start (R5).
    private func admitPartitions(_ count: Int) throws(LogError) {
        while state.partitions.count < count {
            let start = try log.startPosition(of: state.partitions.count)
            state.partitions.append(.init(position: start))
            lastDeliveryNs.append(clock.monotonicNs())
        }
    }

    /// - Returns: false when the log gave nothing yet; the batch is then as if it had not begun.
    private func process(
        upTo ends: [Int64], idle: Set<Int>, mayBeEmpty: Bool
    ) throws -> Bool {
        var times = BatchTimes()
        times.startNs = clock.monotonicNs()
        var changes = BatchChanges(windowSpecs: options.windows)
        changes.batchID = state.nextBatchID
        changes.context = context(batchID: state.nextBatchID)
        let tasks = plan(upTo: ends)
        progress?.begin(batchID: changes.batchID, epoch: epoch, tasks)
        try Self.pass(.batchPlanned, options)
        times.plannedNs = clock.monotonicNs()
        changes.parts = try pool.run(tasks, context: changes.context)
            .sorted { $0.scan.partition < $1.scan.partition }
        guard mayBeEmpty || changes.parts.contains(where: { $0.end > $0.start }) else {
            return false
        }
        for (index, worker) in pool.workers.enumerated() {
            state.merge(worker.scanner, ids: &workerIDs[index], changes: &changes)
        }
        try updateLatest(&changes)
        state.endBatch(&changes, idle: idle)
        state.updateTop(changed: changes.groups, limit: options.topProducts)
        keepDeadLetters(&changes)
        times.scannedNs = clock.monotonicNs()
        noteDeliveries(changes.parts, now: times.scannedNs)
        try Self.pass(.batchProcessed, options)
        times.commitStartNs = times.scannedNs
        let options = self.options
        try checkpoint.commit(
            changes, state: state, acknowledgedFinals: sink?.acknowledgedFinals()
        ) { point throws(EngineError) in try Self.pass(point, options) }
        try Self.pass(.checkpointCommitted, options)
        times.committedNs = clock.monotonicNs()
        log.noteCommitted(state.partitions.map(\.position))
        if sink != nil { lastProgress = try measureProgress(changes, times) }
        offer(all: false, isLast: false)
        if !changes.finals.isEmpty { sink?.finalsAvailable(throughBatch: changes.batchID) }
        times.publishedNs = clock.monotonicNs()
        progress?.write(changes, ends: ends, times: times, engine: self)
        return true
    }

    private func context(batchID: Int64) -> BatchContext {
        let byClock = clock.wallUs() + options.maxFutureMs * 1000
        let room = max(0, options.deadLetterLimit - checkpoint.deadLetterCount)
        return BatchContext(
            batchID: batchID,
            futureBoundUs: min(options.eventTimeMaxUs ?? .max, byClock),
            lateFloorUs: state.watermark.lateFloorUs, policy: options.policy,
            delayUs: options.watermarkDelayMs * 1000,
            deadLetterLimit: Int(min(room, Int64(Int32.max))))
    }

    /// One task a partition; a limit on records is shared in proportion to what is unread.
    private func plan(upTo ends: [Int64]) -> [WorkerPool.Task] {
        let unread = ends.indices.map { max(0, ends[$0] - state.partitions[$0].position) }
        let most = Int64(Accumulator.maxBatchRecords)
        let quotas = RecordQuota.shares(
            of: min(options.maxOrdersPerTrigger ?? most, most), unread: unread)
        return ends.indices.map { partition in
            let place = state.partitions[partition]
            return WorkerPool.Task(
                scan: PartitionScan(partition: partition, highUs: place.highUs),
                start: place.position, end: max(place.position, ends[partition]),
                maxRecords: quotas[partition])
        }.sorted { $0.end - $0.start > $1.end - $1.start }
    }

    private func updateLatest(_ changes: inout BatchChanges) throws(LogError) {
        guard changes.valid > 0, let reader = pool.workers.first else { return }
        var search = LatestOrderSearch(
            known: state.latest, futureBoundUs: changes.context.futureBoundUs)
        let latest =
            switch log.unit {
            case .bytes: try search.search(changes.parts, worker: reader)
            case .records: search.search(kept: pool.workers.flatMap(\.latest.kept))
            }
        changes.latestChanged = latest != state.latest
        state.latest = latest
    }

    private func keepDeadLetters(_ changes: inout BatchChanges) {
        changes.deadLetters.sort { ($0.partition, $0.position) < ($1.partition, $1.position) }
        let excess = changes.deadLetters.count - changes.context.deadLetterLimit
        guard excess > 0 else { return }
        changes.deadLetters.removeLast(excess)
        state.profile.deadLettersDropped += Int64(excess)
    }

    private func idlePartitions(_ ends: [Int64]) -> Set<Int> {
        guard options.idleTimeoutMs > 0 else { return [] }
        let now = clock.monotonicNs()
        return Set(
            ends.indices.filter { partition in
                ends[partition] <= state.partitions[partition].position
                    && now - lastDeliveryNs[partition] >= options.idleTimeoutMs * 1_000_000
            })
    }

    private func noteDeliveries(_ parts: [PartitionBatch], now: Int64) {
        for part in parts where part.scan.records > 0 { lastDeliveryNs[part.scan.partition] = now }
    }
}

// MARK: - Publishing

extension Engine {
    private func envelope() -> MessageEnvelope {
        MessageEnvelope(
            runID: runID, epoch: epoch, batchID: state.nextBatchID - 1,
            watermarkUs: publishedWatermarkUs,
            positions: state.partitions.map(\.position), sentWallUs: clock.wallUs())
    }

    /// F of the last batch (R39).
    var publishedWatermarkUs: Int64 { state.watermark.floorUs }

    private func offer(all: Bool, isLast: Bool) {
        guard let sink else { return }
        let envelope = envelope()
        var held = false
        func isDue(_ query: QueryName) -> Bool {
            let isDue = isLast || envelope.batchID % (options.publishEvery[query] ?? 1) == 0
            if !isDue { held = true }
            return isDue
        }
        defer { holdsBack = held }
        if isDue(.topProducts) { sink.offer(ResultMessages.topProducts(state, envelope)) }
        if isDue(.categories) { sink.offer(ResultMessages.categories(state, envelope)) }
        if isDue(.rawOrders) { sink.offer(ResultMessages.rawOrders(state, lastProgress, envelope)) }
        if isDue(.categoryWindows) {
            let since = all ? nil : sink.acknowledged(.categoryWindows)
            offeredAllWindows = since == nil
            sink.offer(
                ResultMessages.openWindows(state, options.windows, since: since, envelope))
        }
    }

    /// Offers all open windows to a dashboard that is new and was offered only changed ones (R64).
    public func renewPublications() {
        guard let sink, state.nextBatchID > 0, !offeredAllWindows,
            sink.acknowledged(.categoryWindows) == nil
        else { return }
        offer(all: true, isLast: true)
    }

    /// Offers what publish intervals hold back: there is nothing to read, so no batch would do it.
    public func offerHeldBack() {
        if holdsBack { offer(all: false, isLast: true) }
    }

    /// Offers what publish intervals held back, and waits until all is acknowledged.
    ///
    /// - Parameter hurry: asked now and then; once true, only `hurriedMs` are left.
    /// - Returns: whether it was, in the time given.
    public func drainPublications(
        withinMs: Int64, hurriedMs: Int64 = 5_000, hurry: () -> Bool = { false }
    ) throws(EngineError) -> Bool {
        guard let sink else { return true }
        offerHeldBack()
        var deadline = clock.monotonicNs() + withinMs * 1_000_000
        var isHurried = false
        var isDrained = false
        while !isDrained, clock.monotonicNs() < deadline {
            renewPublications()
            let slice = min(deadline, clock.monotonicNs() + 200_000_000)
            isDrained = sink.drain(deadlineNs: slice)
            if !isHurried, hurry() {
                isHurried = true
                deadline = min(deadline, clock.monotonicNs() + hurriedMs * 1_000_000)
            }
            if let epoch = sink.fencedBy() { throw .fencedByDashboard(epoch: epoch) }
        }
        if let finals = sink.acknowledgedFinals() {
            do throws(CheckpointError) {
                try checkpoint.clearOutbox(throughBatch: finals)
            } catch { throw .checkpoint(error) }
        }
        return isDrained
    }
}

public import ASEEDSystem

/// Carries out a plan: appends its orders to a file log when they are due, and keeps the history.
///
/// Belongs to one thread.
public final class LoadRunner {
    /// Why a load ended early.
    public enum Failure: Error, CustomStringConvertible {
        /// The log takes no more.
        case log(LogError)
        /// The history can't be written.
        case history(SystemError)

        /// What failed, where, and what to do next.
        public var description: String {
            switch self {
            case .log(let error): "\(error)"
            case .history(let error): "history: \(error); free space or name another file"
            }
        }
    }

    /// What was done so far.
    public private(set) var summary = LoadSummary()
    /// Who may add orders to a stage, or end it.
    public var control: (any LoadControl)?

    private let plan: LoadPlan
    private let stream: LoadStream
    private let writers: [FileLogWriter]
    private let history: HistoryWriter?
    private let clock: any LoadClock
    private var startNs: Int64 = 0
    private var delayMaxNs: Int64 = 0
    private var nextProgressNs: Int64 = 0

    /// Orders of a shorter time than this are sent together.
    private static let tickNs: Int64 = 1_000_000
    private static let progressNs: Int64 = 1_000_000_000
    /// A log without room is tried again this long before the load gives up.
    static let patienceNs: Int64 = 30_000_000_000

    /// Opens the log's partitions for writing.
    public init(
        plan: LoadPlan, log: FileLog, history: HistoryWriter?, clock: any LoadClock
    ) throws(LogError) {
        self.plan = plan
        self.history = history
        self.clock = clock
        writers = try (0..<plan.partitions).map { partition throws(LogError) in
            try log.writer(of: partition, fsync: plan.fsync)
        }
        stream = LoadStream(plan: plan)
    }

    /// Runs one stage to its end, or until the clock says stop; stages are run in order.
    ///
    /// - Parameter limit: no more orders than this are sent.
    /// - Parameter onProgress: called about once a second with the counts and the greatest delay
    ///   of a send so far.
    public func run(
        stage index: Int, limit: Int64 = .max,
        onProgress: (_ progress: LoadProgress, _ nowNs: Int64, _ delayMaxNs: Int64) -> Void
    ) throws(Failure) {
        startNs = clock.nowNs()
        nextProgressNs = startNs + Self.progressNs
        let cpuNs = SystemClock.processCPUNs()
        let records = summary.progress.scheduled
        let stage = plan.stages[index]
        summary.stages.append(
            LoadSummary.Stage(
                name: stage.name, executor: stage.executor.name, records: 0, wallNs: 0,
                startNs: startNs, cpuNs: 0))
        defer {
            summary.stages[summary.stages.count - 1].records =
                summary.progress.scheduled - records
            summary.stages[summary.stages.count - 1].wallNs = clock.nowNs() - startNs
            summary.stages[summary.stages.count - 1].cpuNs = SystemClock.processCPUNs() - cpuNs
        }
        stream.start(stage: index)
        let failure: Failure?
        do throws(Failure) {
            try send(stage: index, limit: limit, onProgress)
            failure = nil
        } catch { failure = error }
        stream.finishStage()
        // Also after a failure: the history is complete for what was sent.
        try flushHistory()
        if let failure { throw failure }
    }

    private func send(
        stage index: Int, limit: Int64, _ onProgress: (LoadProgress, Int64, Int64) -> Void
    ) throws(Failure) {
        let first = stream.generator.nextSequence
        while !clock.isStopped {
            if obey() == .stop { return }
            let left = limit - (stream.generator.nextSequence - first)
            guard left > 0 else { return }
            let isDone = stream.produce(dueByNs: clock.nowNs() - startNs, atMost: left)
            try appendBlocks(stage: index)
            let nowNs = clock.nowNs()
            if nowNs >= nextProgressNs {
                onProgress(summary.progress, nowNs, delayMaxNs)
                nextProgressNs = nowNs + Self.progressNs
                try flushHistory()
            }
            guard isDone else { continue }
            guard let dueNs = stream.nextDueNs else { return }
            let wakeNs = max(startNs + dueNs, nowNs + Self.tickNs)
            clock.wait(untilNs: min(wakeNs, nextProgressNs))
        }
        summary.isStopped = true
    }

    /// Takes what the control asks for.
    ///
    /// - Returns: `stop` when the stage is to end.
    private func obey() -> LoadCommand? {
        for command in control?.takeCommands() ?? [] {
            switch command {
            case .stop: return .stop
            case .inject(let injection):
                let refusal = stream.inject(injection, atNs: clock.nowNs() - startNs)
                control?.answer(injection, refusal: refusal)
            }
        }
        return nil
    }

    private func flushHistory() throws(Failure) {
        do throws(SystemError) { try history?.flush() } catch { throw .history(error) }
    }

    /// Writes what the stream has made; the history says what became of it.
    private func appendBlocks(stage: Int) throws(Failure) {
        let records = stream.blocks.records
        guard records > 0 else { return }
        var receipts: [BlockReceipt] = []
        receipts.reserveCapacity(writers.count)
        var failure: LogError?
        for writer in writers {
            receipts.append(append(to: writer, partition: receipts.count, &failure))
        }
        count(receipts)
        do throws(SystemError) {
            try history?.append(stream, stage: stage, startNs: startNs, receipts: receipts)
        } catch { throw .history(error) }
        stream.clear()
        if let failure { throw .log(failure) }
    }

    /// Appends one partition's block; without room it is tried again until the patience ends.
    private func append(
        to writer: FileLogWriter, partition: Int, _ failure: inout LogError?
    ) -> BlockReceipt {
        let block = stream.blocks.bytes(of: partition)
        let sentNs = clock.nowNs()
        var receipt = BlockReceipt(
            start: writer.position, acknowledgedBytes: 0, sentNs: sentNs, acknowledgedNs: sentNs,
            restOutcome: .failed)
        guard failure == nil else { return receipt }
        var pauseNs: Int64 = 10_000_000
        while receipt.acknowledgedBytes < Int64(block.count) {
            let rest = UnsafeRawBufferPointer(rebasing: block[Int(receipt.acknowledgedBytes)...])
            do throws(LogError) {
                try writer.append(rest)
                receipt.acknowledgedBytes += Int64(rest.count)
            } catch {
                guard case .notAcknowledged(_, let keptBytes, _) = error else {
                    receipt.restOutcome = .unknown
                    failure = error
                    break
                }
                receipt.acknowledgedBytes += Int64(keptBytes)
                let nowNs = clock.nowNs()
                guard nowNs - sentNs < Self.patienceNs, !clock.isStopped else {
                    failure = error
                    break
                }
                summary.progress.retries += 1
                clock.wait(untilNs: nowNs + pauseNs)
                pauseNs = min(2 * pauseNs, 1_000_000_000)
            }
        }
        receipt.acknowledgedNs = clock.nowNs()
        return receipt
    }

    private func count(_ receipts: [BlockReceipt]) {
        let records = Int64(stream.blocks.records)
        summary.progress.scheduled += records
        summary.progress.sent += records
        summary.progress.bytes += receipts.reduce(0) { $0 + $1.acknowledgedBytes }
        summary.progress.fates[.normal, default: 0] += records - Int64(stream.exceptions.count)
        for exception in stream.exceptions {
            summary.progress.fates[exception.fate, default: 0] += 1
            if let kind = exception.kind { summary.progress.invalidKinds[kind, default: 0] += 1 }
        }
        let isWhole = receipts.indices.allSatisfy {
            receipts[$0].acknowledgedBytes == Int64(stream.blocks.bytes(of: $0).count)
        }
        if isWhole && stream.dueNs.isEmpty {
            summary.progress.acknowledged += records
            return
        }
        countEach(receipts)
    }

    /// Delays of orders with a rate, and outcomes of a block that was not taken whole.
    private func countEach(_ receipts: [BlockReceipt]) {
        let partitions = Int64(writers.count)
        var used = [Int64](repeating: 0, count: writers.count)
        var sequence = stream.firstSequence
        var exceptions = stream.exceptions[...]
        for (index, length) in stream.blocks.recordLengths.enumerated() {
            var partition = Int((sequence - 1) % partitions)
            var isDuplicate = false
            if let exception = exceptions.first, exception.index == index {
                exceptions.removeFirst()
                isDuplicate = exception.fate == .duplicate
                partition = Int((exception.sequence - 1) % partitions)
            }
            if !isDuplicate { sequence += 1 }
            let receipt = receipts[partition]
            used[partition] += Int64(length) + 1
            let isTaken = used[partition] <= receipt.acknowledgedBytes
            switch isTaken ? .acknowledged : receipt.restOutcome {
            case .acknowledged: summary.progress.acknowledged += 1
            case .failed: summary.progress.failed += 1
            case .unknown: summary.progress.unknown += 1
            }
            guard !stream.dueNs.isEmpty else { continue }
            let dueNs = startNs + stream.dueNs[index]
            summary.scheduleDelay.add(ns: receipt.sentNs - dueNs)
            delayMaxNs = max(delayMaxNs, receipt.sentNs - dueNs)
            if isTaken { summary.acknowledgeLatency.add(ns: receipt.acknowledgedNs - dueNs) }
        }
    }
}

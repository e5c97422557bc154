public import ASEEDSystem

/// Carries out a plan: appends its orders to a log when they are due, and keeps the history.
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
    private let writer: any OrderLogWriter
    private let history: HistoryWriter?
    private let clock: any LoadClock
    private var startNs: Int64 = 0
    private var delayMaxNs: Int64 = 0
    private var nextProgressNs: Int64 = 0
    /// Blocks that the log has not answered, oldest first.
    private var pending: [SentBlocks] = []
    private var spare: [SentBlocks] = []
    private var nextTicket: Int64 = 1

    /// Orders of a shorter time than this are sent together.
    private static let tickNs: Int64 = 1_000_000
    private static let progressNs: Int64 = 1_000_000_000
    /// A log without room is tried again this long before the load gives up.
    static let patienceNs: Int64 = 30_000_000_000
    /// Answers that are still missing this long after a signal or a failure are given up.
    private static let stopNs: Int64 = 5_000_000_000
    private static let receiptSliceNs: Int64 = 20_000_000

    /// A load into the partitions of a log that are open for writing.
    public init(
        plan: LoadPlan, writer: any OrderLogWriter, history: HistoryWriter?,
        clock: any LoadClock
    ) {
        precondition(writer.partitions == plan.partitions, "the log has the plan's partitions")
        self.plan = plan
        self.writer = writer
        self.history = history
        self.clock = clock
        stream = LoadStream(plan: plan)
    }

    /// A load into a file log.
    public convenience init(
        plan: LoadPlan, log: FileLog, history: HistoryWriter?, clock: any LoadClock
    ) throws(LogError) {
        self.init(
            plan: plan,
            writer: try FileLogAppender(log, partitions: plan.partitions, fsync: plan.fsync),
            history: history, clock: clock)
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
            try awaitAnswers(onProgress)
            failure = nil
        } catch { failure = error }
        try giveUp()
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

    /// Hands over what the stream has made; the history says what became of it.
    private func appendBlocks(stage: Int) throws(Failure) {
        guard stream.blocks.records > 0 else { return try settle(untilNs: 0) }
        try waitForRoom()
        let sent = spare.popLast() ?? SentBlocks()
        sent.take(
            stream, ticket: nextTicket, stage: stage, startNs: startNs,
            waits: writer.unit == .records)
        nextTicket += 1
        var failure: LogError?
        for partition in 0..<plan.partitions {
            sent.receipts.append(append(partition: partition, ticket: sent.ticket, &failure))
            if failure != nil, writer.unit == .records { refuse(partition, sent) }
        }
        summary.progress.scheduled += Int64(sent.lengths.count)
        summary.progress.sent += Int64(sent.lengths.count)
        pending.append(sent)
        stream.clear()
        try settle(untilNs: 0)
        if let failure { throw .log(failure) }
    }

    /// Waits while the log has not answered as much as it takes.
    private func waitForRoom() throws(Failure) {
        while writer.isFull, !clock.isStopped {
            try settle(untilNs: clock.nowNs() + Self.receiptSliceNs)
        }
    }

    /// Takes the log's answers, and counts blocks that are answered, in their order.
    private func settle(untilNs: Int64) throws(Failure) {
        guard !pending.isEmpty else { return }
        if writer.unit == .records {
            for receipt in writer.takeReceipts(untilNs: untilNs) {
                // Tickets are handed out one after the other.
                let place = Int(receipt.ticket - (pending.first?.ticket ?? 0))
                if pending.indices.contains(place) { pending[place].add(receipt) }
            }
        }
        let done = pending.prefix { $0.unanswered == 0 }
        guard !done.isEmpty else { return try checkLog() }
        for sent in done {
            count(sent)
            do throws(SystemError) { try history?.append(sent) } catch { throw .history(error) }
            spare.append(sent)
        }
        pending.removeFirst(done.count)
        try checkLog()
    }

    private func checkLog() throws(Failure) {
        if let failure = writer.failure { throw .log(failure) }
    }

    /// Waits until everything is answered; after a signal only for a short time.
    private func awaitAnswers(
        _ onProgress: (LoadProgress, Int64, Int64) -> Void
    ) throws(Failure) {
        let deadlineNs = clock.nowNs() + 3 * Self.patienceNs
        var stopNs: Int64?
        while !pending.isEmpty {
            let nowNs = clock.nowNs()
            if clock.isStopped, stopNs == nil { stopNs = nowNs + Self.stopNs }
            guard nowNs < min(deadlineNs, stopNs ?? .max) else { return }
            try settle(untilNs: nowNs + Self.receiptSliceNs)
            if nowNs >= nextProgressNs {
                onProgress(summary.progress, nowNs, delayMaxNs)
                nextProgressNs = nowNs + Self.progressNs
            }
        }
    }

    /// What is not answered by now may be in the log or not.
    private func giveUp() throws(Failure) {
        guard !pending.isEmpty else { return }
        writer.abandon()
        let deadlineNs = clock.nowNs() + Self.stopNs
        while pending.contains(where: { $0.unanswered > 0 }), clock.nowNs() < deadlineNs {
            let receipts = writer.takeReceipts(untilNs: clock.nowNs() + Self.receiptSliceNs)
            for receipt in receipts {
                let place = Int(receipt.ticket - (pending.first?.ticket ?? 0))
                if pending.indices.contains(place) { pending[place].add(receipt) }
            }
        }
        for sent in pending {
            sent.giveUp(atNs: clock.nowNs())
            count(sent)
            do throws(SystemError) { try history?.append(sent) } catch { throw .history(error) }
        }
        pending.removeAll()
    }

    /// Appends one partition's block; without room it is tried again until the patience ends.
    private func append(
        partition: Int, ticket: Int64, _ failure: inout LogError?
    ) -> BlockReceipt {
        let block = stream.blocks.bytes(of: partition)
        let sentNs = clock.nowNs()
        var receipt = BlockReceipt(
            start: writer.nextPosition(of: partition) ?? -1, blockBytes: Int64(block.count),
            sentNs: sentNs, acknowledgedNs: sentNs)
        guard failure == nil else { return receipt }
        var done = 0
        var pauseNs: Int64 = 10_000_000
        while done < block.count {
            let rest = UnsafeRawBufferPointer(rebasing: block[done...])
            do throws(LogError) {
                if try writer.append(rest, to: partition, ticket: ticket) {
                    receipt.acknowledgedBytes += Int64(rest.count)
                }
                done = block.count
            } catch {
                guard case .notAcknowledged(_, let keptBytes, _) = error else {
                    receipt.restOutcome = .unknown
                    failure = error
                    break
                }
                done += keptBytes
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
        if writer.unit == .bytes { receipt.acknowledgedNs = clock.nowNs() }
        return receipt
    }

    /// A block that was not handed over is not in the log.
    private func refuse(_ partition: Int, _ sent: SentBlocks) {
        let records = stream.blocks.bytes(of: partition).count { $0 == UInt8(ascii: "\n") }
        guard records > 0 else { return }
        sent.add(
            AppendReceipt(
                ticket: sent.ticket, partition: partition, first: 0, count: records,
                outcome: .failed, position: -1, answeredNs: clock.nowNs()))
    }

    private func count(_ sent: SentBlocks) {
        let records = Int64(sent.lengths.count)
        summary.progress.fates[.normal, default: 0] += records - Int64(sent.exceptions.count)
        for exception in sent.exceptions {
            summary.progress.fates[exception.fate, default: 0] += 1
            if let kind = exception.kind { summary.progress.invalidKinds[kind, default: 0] += 1 }
        }
        if sent.dueNs.isEmpty, sent.receipts.allSatisfy(\.isWhole) {
            summary.progress.acknowledged += records
            summary.progress.bytes += sent.receipts.reduce(0) { $0 + $1.blockBytes }
            return
        }
        countEach(sent)
    }

    /// Delays of orders with a rate, and outcomes of a block that was not taken whole.
    private func countEach(_ sent: SentBlocks) {
        var cursors = sent.receipts.map { ReceiptCursor($0) }
        sent.forEachRecord { index, partition, length in
            let answer = cursors[partition].next(length: length)
            switch answer.outcome {
            case .acknowledged:
                summary.progress.acknowledged += 1
                summary.progress.bytes += Int64(length) + 1
            case .failed: summary.progress.failed += 1
            case .unknown: summary.progress.unknown += 1
            }
            guard !sent.dueNs.isEmpty else { return }
            let dueNs = sent.startNs + sent.dueNs[index]
            let delayNs = sent.receipts[partition].sentNs - dueNs
            summary.scheduleDelay.add(ns: delayNs)
            delayMaxNs = max(delayMaxNs, delayNs)
            if answer.outcome == .acknowledged {
                summary.acknowledgeLatency.add(ns: answer.answeredNs - dueNs)
            }
        }
    }
}

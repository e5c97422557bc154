/// One verification: the evidence, the reference made of it, and the checks.
final class Verification {
    private let evidence: Evidence
    private let options: VerifierOptions
    private let faults: FaultList
    private let letters: [DeadLetter]
    private let letterBytes: DeadLetterBytes?
    private let ledger: ProducerLedger?
    private let reference: Reference
    private let published: PublishedResults?
    private let unreadable: JSONTreeError?

    private var checks: [Check] = []
    private var counts = VerificationReport.Counts()
    private var conservation = VerificationReport.Conservation()

    init(_ evidence: Evidence, _ options: VerifierOptions) throws {
        self.evidence = evidence
        self.options = options
        faults = FaultList(limit: options.maxDifferences)
        letters = (evidence.deadLetters ?? []).sorted {
            ($0.partition, $0.position) < ($1.partition, $1.position)
        }
        letterBytes = letters.isEmpty ? nil : DeadLetterBytes(letters)
        let isProducerAsked = options.checks.contains(.producer) && evidence.history != nil
        ledger = isProducerAsked ? ProducerLedger() : nil
        reference = try Reference(
            log: evidence.log, run: evidence.run,
            batches: try evidence.batches
                ?? Reference.singleBatch(of: evidence.log, run: evidence.run),
            ledger: ledger, letters: letterBytes, scratchFolder: options.scratchFolder)
        var read: PublishedResults?
        var problem: JSONTreeError?
        do throws(JSONTreeError) {
            read = try evidence.published.map { text throws(JSONTreeError) in
                try PublishedResults(text)
            }
        } catch {
            problem = error
        }
        published = read
        unreadable = problem
    }

    /// Does the checks that were asked for.
    func report() throws -> VerificationReport {
        try takeConservation()
        checkBatchLog()
        try checkBounds()
        try checkRejects()
        try checkResults()
        try checkProducer()
        checkOrder()
        reference.clock.lap("checks")
        let order = CheckName.allCases
        return VerificationReport(
            checks: checks.sorted { left, right in
                (order.firstIndex(of: left.name) ?? 0) < (order.firstIndex(of: right.name) ?? 0)
            }, counts: counts, conservation: conservation, differences: faults.sorted(),
            differenceCount: faults.total, phases: reference.clock.phases)
    }

    // MARK: - The checks

    private func checkBatchLog() {
        let names: [CheckName] = [.tiling, .sameBytes, .account]
        guard let batches = evidence.batches, !batches.isEmpty else {
            for name in names { skip(name, noBatchLog) }
            return
        }
        let work = BatchLogChecks(
            batches: batches, partitions: reference.partitions, drained: evidence.run.drained,
            faults: faults)
        let ranges = reference.partitions.flatMap(\.ranges)
        let records = ranges.reduce(0) { $0 + $1.records }
        run(.tiling, "\(ranges.count) ranges of \(reference.batchIDs.count) batches") {
            work.checkTiling()
        }
        run(.sameBytes, "\(records) records and \(ranges.count) checksums") { work.checkBytes() }
        run(.account, "\(records) records are valid or rejected") {
            work.checkAccount()
            checkPairs()
        }
    }

    private var noBatchLog: String { "there is no batch log" }

    private func checkBounds() throws {
        guard let batches = evidence.batches, !batches.isEmpty else {
            skip(.bounds, noBatchLog)
            skip(.late, noBatchLog)
            return
        }
        let work = BoundsCheck(batches: batches, reference: reference, faults: faults)
        try run(.bounds, "late floors and watermarks of \(reference.batchIDs.count) batches") {
            try work.checkBounds()
        }
        try run(.late, "late counts of \(reference.batchIDs.count) batches") {
            try work.checkLate()
        }
    }

    private func checkRejects() throws {
        guard evidence.batches?.isEmpty == false else { return skip(.rejects, noBatchLog) }
        guard evidence.deadLetters != nil else {
            return skip(.rejects, "there are no dead letters to compare")
        }
        let dropped = evidence.deadLettersDropped
        try run(
            .rejects, "\(letters.count) dead letters, \(dropped) more that were not kept"
        ) {
            try RejectCheck(
                letters: letters, dropped: dropped, wrongBytes: letterBytes?.wrong ?? [],
                reference: reference, faults: faults
            ).check()
        }
    }

    private func checkResults() throws {
        guard options.checks.contains(.results) else { return }
        guard evidence.batches?.isEmpty == false else { return skip(.results, noBatchLog) }
        if let unreadable {
            faults.add(
                Difference(
                    .results, .unreadablePublication, in: "published results", key: "all",
                    field: "JSON", expected: "well-formed", got: unreadable.reason,
                    story: "the published results can't be read at byte \(unreadable.offset)"))
            counts.mismatchedResults += 1
            return finish(.results, "the published results are no JSON")
        }
        guard let published else { return skip(.results, "there are no published results") }
        let work = ResultCheck(
            published: published, reference: reference, options: options,
            lateSurplus: try lateSurplus(), faults: faults)
        try work.check()
        counts.mismatchedResults += work.counts.mismatched
        counts.lostOrders += Int64(clamping: work.counts.lost)
        counts.doubledOrders += Int64(clamping: work.counts.doubled)
        let queries = options.queries.map(\.rawValue).sorted().joined(separator: ", ")
        if faults.counts[.results, default: 0] == 0, let reason = work.counts.skipped.first {
            return skip(.results, reason)
        }
        finish(.results, "every row of \(queries)")
    }

    /// Late pairs by the batch log minus the reference's.
    private func lateSurplus() throws -> Int64 {
        let expected = try reference.lateCounts().values.reduce(0) { $0 + $1.pairs }
        return (evidence.batches ?? []).reduce(0) { $0 + $1.latePairs } - expected
    }

    private func checkProducer() throws {
        guard options.checks.contains(.producer) else { return }
        guard let history = evidence.history, let ledger else {
            return skip(.producer, "there is no history of what the load generator sent")
        }
        let work = ProducerCheck(ledger: ledger, reference: reference, faults: faults)
        try work.check(history)
        counts.lostOrders += work.counts.lost
        counts.doubledOrders += work.counts.doubled
        counts.declaredDuplicates = work.counts.declaredDuplicates
        conservation.acknowledged = work.counts.acknowledged
        finish(
            .producer,
            "\(work.counts.acknowledged) acknowledged orders, "
                + "\(work.counts.declaredDuplicates) of them repeated on purpose")
    }

    private func checkOrder() {
        guard options.checks.contains(.order) else { return }
        guard let published else {
            return skip(
                .order,
                unreadable == nil
                    ? "there are no published results" : "the published results can't be read")
        }
        let accepted = OrderCheck(published: published, faults: faults).check()
        if accepted == nil, faults.counts[.order, default: 0] == 0 {
            return skip(.order, "the published results have no list of acceptances")
        }
        finish(.order, "\(accepted ?? 0) accepted publications")
    }

    // MARK: - Sums that must agree

    private func takeConservation() throws {
        let ranges = reference.partitions.flatMap(\.ranges)
        conservation.inLog = reference.partitions.reduce(0) { $0 + $1.recordsInLog }
        conservation.consumed = ranges.reduce(0) { $0 + $1.records }
        conservation.valid = ranges.reduce(0) { $0 + $1.valid }
        conservation.rejected = ranges.reduce(0) { $0 + $1.rejected }
        conservation.windowPairs = try reference.windowPairs()
        conservation.latePairs = evidence.batches.map { $0.reduce(0) { $0 + $1.latePairs } }
        if let windows = published?.windows, let published {
            conservation.contributedPairs = published.contributedPairs(windows)
        }
        counts.unaccountedOrders = reference.partitions.reduce(0) {
            $0 + $1.recordsInGaps + (evidence.run.drained ? $1.recordsAfter : 0)
        }
    }

    /// (record, window) pairs = contributed + late, by what was published and what was recorded. Where
    /// two windowed queries share windows these are published once, and the sums can't be compared.
    private func checkPairs() {
        guard evidence.run.drained, Set(evidence.run.windows).count == 1,
            let contributed = conservation.contributedPairs, let late = conservation.latePairs,
            contributed + late != conservation.windowPairs
        else { return }
        faults.add(
            Difference(
                .account, .wrongCount, in: "windows", key: "all",
                field: "contributed + late pairs", expected: "\(conservation.windowPairs)",
                got: "\(contributed) + \(late)",
                story: "an order was not put into just the windows that contain it, or called late "
                    + "for the others"))
    }

    // MARK: - Outcomes

    private func run(_ name: CheckName, _ detail: String, _ body: () throws -> Void) rethrows {
        guard options.checks.contains(name) else { return }
        try body()
        finish(name, detail)
    }

    private func finish(_ name: CheckName, _ detail: String) {
        let found = faults.counts[name, default: 0]
        checks.append(
            Check(name: name, outcome: found == 0 ? .pass : .fail(faults: found), detail: detail))
    }

    private func skip(_ name: CheckName, _ reason: String) {
        guard options.checks.contains(name) else { return }
        checks.append(Check(name: name, outcome: .skipped(reason), detail: ""))
    }
}

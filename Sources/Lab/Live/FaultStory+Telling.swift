internal import ASEEDSystem

/// How each kind of fault goes on and ends.
extension FaultStory {
    /// More than this after its start, what has not come is told as missing.
    private static let patienceNs: Int64 = 20_000_000_000

    /// Takes what is known now into account.
    ///
    /// - Parameters:
    ///   - occurrence: the runner's account of a fault done to a process.
    ///   - firstBatch: the first one that shows progress after it.
    mutating func update(
        _ facts: LiveFacts, _ sizes: LiveFaultSizes, _ occurrence: FaultOccurrence?,
        firstBatch: BatchProgress?
    ) {
        guard state == .happening else { return }
        peakRate = max(peakRate, facts.processedRate)
        peakLatencyMs = max(peakLatencyMs, facts.latencyMs ?? 0)
        switch fault {
        case .killEngine:
            if let occurrence { updateKill(facts, occurrence, firstBatch) }
        case .pauseDashboard:
            if let occurrence { updatePause(facts, occurrence) }
        case .burst: updateBurst(facts, sizes)
        case .late:
            updateCount(
                facts, sizes.lateOrders, facts.late - before.late, sent: "late orders",
                done: "counted as late and put into no window")
        case .poison:
            updateCount(
                facts, sizes.poisonOrders, facts.rejected - before.rejected, sent: "poison orders",
                done: "rejected, each with its reason")
        }
    }

    private mutating func updateKill(
        _ facts: LiveFacts, _ occurrence: FaultOccurrence, _ first: BatchProgress?
    ) {
        guard let injectedNs = occurrence.injectedNs else { return }
        guard let first else {
            text =
                switch occurrence.state {
                case .waiting, .down: "engine killed, to be started again"
                case .starting: "engine killed, the next one restores its state"
                case .paused, .settled: "engine killed, the next one begins to work"
                }
            return
        }
        // All that had come by then is to be worked off.
        let target = self.target ?? max(facts.acknowledged, facts.committed)
        self.target = target
        var parts = ["engine killed"]
        if let torn = occurrence.lostBatch, first.batchID <= torn.batchID {
            parts[0] += " in the middle of batch \(torn.batchID)"
        }
        parts[0] += ": back after \(Self.seconds(first.commitNs - injectedNs))"
        let waited = Figures.grouped(facts.committed - before.committed)
        guard facts.committed >= target else {
            parts.append("working off what waited")
            text = parts.joined(separator: ", ")
            return
        }
        parts.append("\(waited) orders that waited worked off")
        settle(parts.joined(separator: ", "), batch: facts.batchID)
    }

    private mutating func updatePause(_ facts: LiveFacts, _ occurrence: FaultOccurrence) {
        guard let injectedNs = occurrence.injectedNs else { return }
        let processed = Figures.grouped(facts.committed - before.committed)
        guard let resumedNs = occurrence.restartedNs else {
            text =
                "dashboard paused for \(Self.seconds(facts.nowNs - injectedNs)); the engine went on "
                + "and processed \(processed) orders"
            return
        }
        // The first moment after it that all until then is on the page again.
        if settledBatch == nil {
            settledBatch = facts.batchID
            text =
                "dashboard paused for \(Self.seconds(resumedNs - injectedNs)); the engine went on "
                + "and processed \(processed) orders"
        }
        guard let target = settledBatch, let shown = facts.shownBatch, shown >= target else {
            return
        }
        settle(
            "\(text); page up to date \(Self.seconds(facts.nowNs - resumedNs)) later", batch: target
        )
    }

    private mutating func updateBurst(_ facts: LiveFacts, _ sizes: LiveFaultSizes) {
        let orders = Figures.grouped(sizes.burstOrders)
        let span = Figures.duration(ms: sizes.burstMs)
        let endNs = startedNs + sizes.burstMs * 1_000_000
        let arrived = facts.committed - before.committed
        guard facts.nowNs > endNs, arrived >= sizes.burstOrders,
            facts.committed >= facts.acknowledged || facts.nowNs > endNs + 2_000_000_000
        else {
            text = "burst of \(orders) orders in \(span)"
            return
        }
        settle(
            "burst of \(orders) orders in \(span): up to \(Figures.rate(peakRate)), latency up to "
                + "\(Figures.duration(ms: Int64(peakLatencyMs)))", batch: facts.batchID)
    }

    private mutating func updateCount(
        _ facts: LiveFacts, _ sent: Int64, _ found: Int64, sent what: String, done: String
    ) {
        let orders = Figures.grouped(sent)
        if found >= sent {
            settle("\(orders) \(what): all \(done)", batch: facts.batchID)
        } else if facts.nowNs - startedNs > Self.patienceNs {
            settle(
                "\(orders) \(what): only \(Figures.grouped(found)) \(done)", batch: facts.batchID)
        } else {
            text = "\(orders) \(what) sent, \(Figures.grouped(found)) \(done)"
        }
    }

    private static func seconds(_ ns: Int64) -> String {
        "\(Figures.decimals(Double(max(0, ns)) / 1e9, 1)) s"
    }
}

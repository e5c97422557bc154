internal import ASEEDSystem

/// Whether the generator sent as scheduled: one that did not makes a run unknown, since the system
/// then never met the load that the figures name.
///
/// A generator that falls behind never skips an order; it catches up, and the delay is measured.
enum GeneratorCheck {
    static let leastRatio = 0.99
    static let greatestDelayMs = 50.0

    /// Why the generator did not send as scheduled; nil when it did.
    static func saturation(
        _ scenario: Scenario, _ metrics: MetricStore, _ history: HistoryMeasures?
    ) -> String? {
        // Who stops the generator on purpose asks for the delay.
        if scenario.faults.contains(where: { $0.target == .loadgen }) { return nil }
        for (index, stage) in scenario.load.stages.enumerated() where stage.durationMs > 0 {
            guard let phase = metrics.phases[stage.name] else { continue }
            if let why = slow(stage, phase) ?? late(stage, index, phase, metrics, history) {
                return "stage \(stage.name) \(why); use a lower rate or a quieter machine"
            }
        }
        return nil
    }

    private static func slow(_ stage: LoadStage, _ phase: MetricStore.Interval) -> String? {
        let tookMs = (phase.endNs - phase.startNs) / 1_000_000
        let limitMs = max(stage.durationMs * 105 / 100, stage.durationMs + 1_000)
        guard tookMs > limitMs else { return nil }
        return "took \(Figures.duration(ms: tookMs)) for a schedule of "
            + Figures.duration(ms: stage.durationMs)
    }

    private static func late(
        _ stage: LoadStage, _ index: Int, _ phase: MetricStore.Interval, _ metrics: MetricStore,
        _ history: HistoryMeasures?
    ) -> String? {
        guard let history else { return nil }
        if let sending = history.stages[index], sending.achievedRatio < leastRatio {
            return "sent only \(Figures.decimals(sending.achievedRatio * 100, 2)) % of its orders "
                + "in the time of its schedule"
        }
        var measured = phase
        if let warmup = metrics.phases["warmup"] {
            measured.startNs = max(measured.startNs, warmup.endNs)
        }
        let delays = history.scheduleDelay.histogram(in: measured)
        guard case .value(let delayMs, _) = delays.aggregate(.percentile(99)),
            delayMs > greatestDelayMs
        else { return nil }
        return "was \(Figures.significant(delayMs)) ms late or more with 1 % of its orders"
    }
}

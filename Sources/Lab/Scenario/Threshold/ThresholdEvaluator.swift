/// Evaluates thresholds over a run's samples, during the run and at its end.
enum ThresholdEvaluator {
    /// Evaluates one threshold over everything in the store.
    static func evaluate(_ threshold: Threshold, in store: MetricStore) -> ThresholdOutcome {
        var outcome = ThresholdOutcome(
            threshold: threshold, status: .unknown, measured: nil, limit: nil, unit: "", samples: 0,
            reason: nil)
        guard let definition = MetricRegistry.definition(threshold.metric.name) else {
            outcome.reason = "no metric \(threshold.metric.name)"
            return outcome
        }
        outcome.unit = threshold.aggregation.unit(of: definition).text
        switch threshold.limit {
        case .number(let number): outcome.limit = number
        case .expected: outcome.limit = store.expectedValue(threshold.metric)
        }
        guard let limit = outcome.limit else {
            outcome.reason = "the plan gave no expected value"
            return outcome
        }
        if let reason = store.unknowns[threshold.metric.name] {
            outcome.reason = reason
            return outcome
        }
        guard store.has(threshold.metric.name) else {
            outcome.reason = "no samples"
            return outcome
        }
        switch stretches(of: threshold, definition, in: store) {
        case .failure(let missing): outcome.reason = missing.reason
        case .success(let stretches):
            judge(threshold, definition, stretches, limit, store, &outcome)
        }
        return outcome
    }

    /// Evaluates all, in order.
    static func evaluate(_ thresholds: [Threshold], in store: MetricStore) -> [ThresholdOutcome] {
        thresholds.map { evaluate($0, in: store) }
    }

    /// The first threshold with `abort_on_fail` that fails now and may abort already.
    static func abort(
        _ thresholds: [Threshold], in store: MetricStore, nowNs: Int64
    ) -> ThresholdOutcome? {
        guard let run = store.run else { return nil }
        for threshold in thresholds where threshold.abortOnFail {
            let elapsedMs = (nowNs - run.startNs) / 1_000_000
            guard elapsedMs >= threshold.delayAbortEvalMs else { continue }
            let outcome = evaluate(threshold, in: store)
            if outcome.status == .fail { return outcome }
        }
        return nil
    }

    private struct MissingData: Error { var reason: String }

    private struct Stretch {
        var name: String
        /// Nil: samples at any time count (metrics with one value a run).
        var interval: MetricStore.Interval?
        var tags: [String: String] = [:]
    }

    private static func stretches(
        of threshold: Threshold, _ definition: MetricDefinition, in store: MetricStore
    ) -> Result<[Stretch], MissingData> {
        switch threshold.scope {
        case .run:
            if definition.onePerRun { return .success([Stretch(name: "run")]) }
            guard let run = store.measured(definition.kind) else {
                return .failure(MissingData(reason: "the load never started"))
            }
            return .success([Stretch(name: "run", interval: run)])
        case .fault(let id): return faults(threshold, definition, ids: [id], in: store)
        case .phase(let name):
            guard let phase = store.phases[name] else {
                return .failure(MissingData(reason: "the run never reached \(name)"))
            }
            return .success([Stretch(name: name, interval: phase)])
        case .over(let durationMs):
            guard let measure = store.phases["measure"] else {
                return .failure(MissingData(reason: "the run never reached measure"))
            }
            let length = durationMs * 1_000_000
            let starts = stride(
                from: measure.startNs, through: measure.endNs - length, by: Int(length))
            let stretches = starts.map { start in
                Stretch(
                    name: "\(NumberText.text(Double(start - measure.startNs) / 1e9)) s of measure",
                    interval: .init(startNs: start, endNs: start + length))
            }
            guard !stretches.isEmpty else {
                return .failure(MissingData(reason: "measure was shorter than the stretch"))
            }
            return .success(stretches)
        case .eachFault: return faults(threshold, definition, ids: nil, in: store)
        }
    }

    /// What belongs to a fault: its own samples, or all samples of the time while it was in effect.
    private static func faults(
        _ threshold: Threshold, _ definition: MetricDefinition, ids: Set<String>?,
        in store: MetricStore
    ) -> Result<[Stretch], MissingData> {
        var stretches: [Stretch]
        if definition.tags.contains("fault") {
            let measured = Set(store.selected(threshold.metric).compactMap { $0.tags["fault"] })
            stretches = measured.sorted().map { Stretch(name: $0, tags: ["fault": $0]) }
        } else {
            stretches = store.faults.map { Stretch(name: $0.id, interval: $0.interval) }
        }
        if let ids { stretches.removeAll { !ids.contains($0.name) } }
        guard !stretches.isEmpty else {
            return .failure(MissingData(reason: "no fault was measured"))
        }
        return .success(stretches)
    }

    // Fails when any stretch fails, else is unknown when any is, else passes; tells the stretch that
    // is furthest from the limit when it fails, nearest to it when it passes.
    private static func judge(
        _ threshold: Threshold, _ definition: MetricDefinition, _ stretches: [Stretch],
        _ limit: Double, _ store: MetricStore, _ outcome: inout ThresholdOutcome
    ) {
        var values: [(name: String, measured: Double, samples: Int64)] = []
        var unknown: String?
        for stretch in stretches {
            switch aggregate(threshold, definition, stretch, store) {
            case .value(let measured, let samples):
                values.append((stretch.name, measured, samples))
            case .unknown(let why):
                unknown = unknown ?? (stretches.count > 1 ? "\(stretch.name): \(why)" : why)
            }
        }
        let failing = values.filter { !threshold.comparison.holds($0.measured, limit) }
        let distance = { (value: (name: String, measured: Double, samples: Int64)) in
            abs(value.measured - limit)
        }
        let told = failing.max { distance($0) < distance($1) }
        if let told {
            outcome.status = .fail
            outcome.reason = stretches.count > 1 ? "at \(told.name)" : nil
        } else if let unknown {
            outcome.reason = unknown
            return
        } else {
            outcome.status = .pass
        }
        let chosen = told ?? values.min { distance($0) < distance($1) }
        outcome.measured = chosen?.measured
        outcome.samples = chosen?.samples ?? 0
    }

    private static func aggregate(
        _ threshold: Threshold, _ definition: MetricDefinition, _ stretch: Stretch,
        _ store: MetricStore
    ) -> Aggregate {
        var selector = threshold.metric
        selector.tags.merge(stretch.tags) { $1 }
        return store.aggregate(
            selector, threshold.aggregation, kind: definition.kind, in: stretch.interval)
    }
}

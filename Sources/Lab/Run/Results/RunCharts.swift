internal import ASEEDSystem

/// The charts of a run.
struct RunCharts {
    private let outcome: RunOutcome

    init(_ outcome: RunOutcome) { self.outcome = outcome }

    /// Latency, rate, backlog, watermark, batches, CPU, memory.
    var all: [LineChart] { [latency, rates, backlog, watermark, batches, cpu, memory] }

    private var latency: LineChart {
        let points = outcome.latency.map { $0.unknown == nil ? $0.points : [] } ?? []
        return chart(
            "Latency of orders by the time at which they were due",
            { "\(Figures.significant($0)) ms" },
            [
                .init(name: "max", points: points.map { ($0.atMs, $0.maxMs) }),
                .init(
                    name: "p99",
                    points: points.compactMap { point in
                        point.p99Ms.map { (point.atMs, $0) }
                    }),
                .init(name: "median", points: points.map { ($0.atMs, $0.medianMs) }),
            ])
    }

    private func points(
        _ value: (TimelinePoint) -> Double?
    ) -> [(ms: Int64, value: Double)] {
        outcome.timeline.compactMap { point in value(point).map { (point.atMs, $0) } }
    }

    private func chart(
        _ title: String, _ format: @escaping (Double) -> String, _ series: [LineChart.Series]
    ) -> LineChart {
        LineChart(
            title: title, format: format, series: series, bands: outcome.phases,
            faults: outcome.faultTimes)
    }

    private var rates: LineChart {
        chart(
            "Orders a second", { Figures.rate($0) },
            [
                .init(name: "processed", points: points(\.processedRate)),
                .init(name: "acknowledged by the log", points: points(\.acknowledgedRate)),
                .init(name: "offered by the schedule", points: points(\.offeredRate)),
            ])
    }

    private var backlog: LineChart {
        chart(
            "Backlog: acknowledged and not yet committed", { Figures.count(Int64($0)) },
            [.init(name: "orders", points: points { Double($0.backlog) })])
    }

    private var watermark: LineChart {
        chart(
            "Watermark: behind the newest event time", { Figures.duration(ms: Int64($0)) },
            [.init(name: "lag", points: points(\.watermarkLagMs))])
    }

    private var batches: LineChart {
        func dots(_ value: (BatchProgress) -> Double) -> [(ms: Int64, value: Double)] {
            outcome.batches.map { (($0.commitNs - outcome.originNs) / 1_000_000, value($0)) }
        }
        return chart(
            "Batches", { Figures.duration(ms: Int64($0)) },
            [
                .init(name: "trigger", points: dots(\.triggerMs), isDots: true),
                .init(name: "commit of the checkpoint", points: dots(\.commitMs), isDots: true),
            ])
    }

    private var cpu: LineChart {
        chart(
            "CPU: cores in use", { Figures.significant($0) },
            services { $0.cpuCores }
                + [.init(name: "the lab itself", points: points(\.labCPUCores))])
    }

    private var memory: LineChart {
        chart("Resident memory", { Figures.bytes(Int64($0)) }, services { Double($0.rssBytes) })
    }

    private func services(_ value: (TimelinePoint.Service) -> Double) -> [LineChart.Series] {
        outcome.services.map { service in
            LineChart.Series(
                name: service.name,
                points: points { point in
                    point.services.first { $0.name == service.name && $0.running }.map(value)
                })
        }
    }
}

extension RunOutcome {
    /// When faults were in effect, until all was as before.
    var faultTimes: [Phase] {
        faults.compactMap { occurrence in
            guard let injectedNs = occurrence.injectedNs else { return nil }
            let ends = [
                occurrence.caughtUpNs, occurrence.readyNs, occurrence.restartedNs,
                occurrence.firstProgressNs,
            ]
            let endNs = ends.compactMap { $0 }.max() ?? injectedNs
            return Phase(
                name: "\(occurrence.name): \(occurrence.fault.text)",
                startMs: (injectedNs - originNs) / 1_000_000,
                endMs: (endNs - originNs) / 1_000_000)
        }
    }
}

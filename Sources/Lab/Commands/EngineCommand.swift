internal import ASEEDSystem
internal import Glibc

/// `lab engine`: the streaming engine as a service, or over recorded data.
enum EngineCommand: Command {
    static let spec = CommandSpec(
        name: "engine",
        summary: "read an order log in micro-batches, keep the queries' results, publish them",
        options: [
            .init(
                "log", "DIR|kafka://…",
                help: "the order log: a folder with partition-N.jsonl files, or "
                    + "kafka://HOST:PORT/TOPIC; kafka alone takes both from the environment"),
            .init("checkpoint", "DIR", help: "state on disk (CHECKPOINT_LOCATION, ./checkpoints)"),
            .init("trigger", "D|available-now", help: "when batches are due (5s)"),
            .init("max-orders-per-trigger", "N", help: "the most records of a batch"),
            .init("workers", "N", help: "threads that read and sum (1)"),
            .init("watermark-delay", "D", help: "how long late orders are waited for (10m)"),
            .init("window", "D", help: "window size, may be repeated (60s)"),
            .init("slide", "D", help: "window slide, one for each --window (its size)"),
            .init("policy", "record|batch", help: "what is late (record)"),
            .init("event-time-max", "TIME", help: "reject orders with a later event time"),
            .init("max-future", "D", help: "or later than the clock and this (5m)"),
            .init("idle-timeout", "D", help: "leave silent partitions out of the watermark (off)"),
            .init("dead-letter-limit", "N", help: "rejected records that are kept (100000)"),
            .init("run-id", "ID", help: "the run's id in published results"),
            .init(
                "dashboard", "URL",
                help: "where results are published (with an interval: DASHBOARD_URL, if it is set)"),
            .init("no-dashboard", help: "publish nothing, also when DASHBOARD_URL is set"),
            .init("token-file", "FILE", help: "the dashboard's bearer token"),
            .init("publish-every", "QUERY=N", help: "publish a query every N batches only"),
            .init(
                "progress", "FILE",
                help: "write a JSON line a batch; FILE.plan has the one under way"),
            .init("sink", "console", help: "print the results after each batch"),
            .init("top", "N|all", help: "product groups in the answer (10)"),
            .init("format", "human|json", help: "the answer at the end (human)"),
            .init("announce", help: "print a ready line also with available-now"),
            HeartbeatOption.option,
        ] + ServiceLog.options,
        examples: [
            (
                "lab engine --log data/orders --trigger available-now --format json",
                "drain recorded data and print everything it holds as one JSON object"
            ),
            (
                "lab engine --log data/orders --checkpoint checkpoints --trigger 1s "
                    + "--dashboard http://127.0.0.1:5005 --token-file token",
                "follow a log and publish to a dashboard"
            ),
        ])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let settings = try EngineArguments(arguments)
        defer { settings.removeTemporaryFolder() }
        let log = try ServiceLog.open(arguments, service: ServiceNames.engine, command: "engine")
        return try log.telling {
            do {
                return try run(settings, arguments, log)
            } catch let error as EngineError {
                throw CommandFailure(exitCode(error), "\(error)")
            }
        }
    }

    private static func run(
        _ settings: EngineArguments, _ arguments: Arguments, _ report: Log
    ) throws -> ExitCode {
        let stop = try TerminationSignal()
        let log: any OrderLog
        do throws(LogError) {
            log = try LogName(settings.logName).open(notice: report.kafkaNotice)
        } catch {
            throw CommandFailure(error.exitCodeOfOpening, "\(error)")
        }
        let token = try settings.readToken()
        // Unreachable counts as epoch 0 (R55); the publisher finds it again later.
        let dashboardEpoch = settings.dashboardURL.flatMap {
            try? DashboardIdentity.read(baseURL: $0, token: token).epoch
        }
        let engine = try Engine(
            options: settings.options, log: log, dashboardEpoch: dashboardEpoch ?? 0)
        if let path = settings.progressPath { try engine.writeProgress(to: path) }
        let publisher = try settings.dashboardURL.map { url in
            try Publisher(
                configuration: .init(
                    baseURL: url, token: token, runID: engine.runID, epoch: engine.epoch),
                finals: engine.outbox)
        }
        defer { publisher?.stop() }
        if let publisher { engine.publish(to: publisher) }
        if settings.printsToConsole { engine.publish(to: ConsoleSink()) }
        if settings.announces {
            StandardStream.out.write(
                "{\"ready\":\"engine\",\"pid\":\(getpid()),\"epoch\":\(engine.epoch)}\n")
        }
        let heartbeat = try HeartbeatOption.start(
            arguments, service: ServiceNames.engine, command: "engine", log: report)
        defer { heartbeat?.stop() }
        let failures = PublisherFailures(publisher, log: report)
        let progress = EngineReport(engine: engine, log: report)
        if settings.trigger != .availableNow { progress.begin(settings) }
        try EngineService(
            engine: engine, trigger: settings.trigger, stop: stop, heartbeat: heartbeat
        ) {
            failures.report()
            progress.show()
        }.run()
        let deadlineMs: Int64 = stop.isRaised ? 5_000 : 60_000
        let drained = try engine.drainPublications(withinMs: deadlineMs) {
            failures.report()
            return stop.isRaised
        }
        if settings.trigger != .availableNow { progress.end() }
        if settings.printsAnswer {
            StandardStream.out.write(try engine.answer(top: settings.top) + [0x0a])
        } else if settings.trigger == .availableNow {
            StandardStream.out.write(engine.summary())
        }
        return try failures.outcome(
            drained: drained, wasStopped: stop.isRaised, keepsCheckpoint: settings.keepsCheckpoint)
    }

    private static func exitCode(_ error: EngineError) -> ExitCode {
        switch error {
        case .fencedByDashboard: return .fenced
        case .stopped: return .internalBug
        case .log(let cause): return cause.exitCode
        case .checkpoint(let cause):
            switch cause {
            case .held: return .unavailable
            case .fenced: return .fenced
            case .mismatch, .positionOutside: return .configuration
            case .system, .database: return .inputOutput
            }
        }
    }
}

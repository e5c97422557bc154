internal import ASEEDSystem
internal import LoadGen

/// `lab simulator`: the order simulator of the system, into an order log.
enum SimulatorCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "simulator",
            summary: "Simulate a shop: write orders into an order log until stopped.",
            options: [
                .init(
                    "log", "DIR|kafka://…",
                    help: "the log's folder, or kafka://HOST:PORT/TOPIC; made when missing, else "
                        + "continued"),
                .init("rate", "N|max", help: "orders a second (1000); max: what the disk takes"),
                .init("orders", "N", help: "stop after so many orders"),
                .init("duration", "TIME", help: "stop after this time, such as 30s or 2m"),
                .init("seed", "N", help: "the same seed makes the same orders (42)"),
                .init("partitions", "N", help: "partitions of a new log (3)"),
                .init("products", "N", help: "products in the catalogue (1000)"),
                .init("categories", "N", help: "categories in the catalogue (10)"),
                .init(
                    "distribution", "uniform|zipf|hot",
                    help: "how often each product is bought (zipf)"),
                .init("exponent", "X", help: "of zipf: popularity falls with rank^X (1.1)"),
                .init("share", "X", help: "of hot: one product's share of all orders (0.8)"),
                .init("customers", "N", help: "orders name one of N customers"),
                .init("segments", help: "orders name their customer's segment"),
                .init("day-shape", help: "quiet nights, busy evenings; the rate is the day's mean"),
                .init("promotions", help: "campaigns that change prices and choices"),
                .init("invalid", "X", help: "fraction of records that must be rejected (0)"),
                .init("late", "X", help: "fraction of orders behind the watermark (0)"),
                .init("out-of-order", "X", help: "fraction of orders up to 30 s behind (0)"),
                .init("watermark-delay", "TIME", help: "what late is measured from (10m)"),
                .init("event-rate", "N", help: "with --rate max: orders a second of event time"),
                .init("fsync", "always|never", help: "always: on disk before the next (never)"),
                HeartbeatOption.option,
            ] + ServiceLog.options,
            examples: [
                (
                    "lab simulator --log data/orders",
                    "1000 orders a second until Ctrl-C"
                ),
                (
                    "lab simulator --log data/orders --rate max --orders 5000000",
                    "five million orders as fast as the disk takes them"
                ),
                (
                    "lab simulator --log kafka --rate 500",
                    "into KAFKA_TOPIC at KAFKA_BOOTSTRAP_SERVERS"
                ),
                (
                    "lab simulator --log data/orders --rate 200 --duration 2m --day-shape "
                        + "--promotions --segments --late 0.01 --invalid 0.001",
                    "two minutes of a lively shop with some late and some broken orders"
                ),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        guard let path = arguments.string("log") else {
            throw UsageError("lab simulator: --log DIR is needed; try --log data/orders")
        }
        let settings = try SimulatorSettings(arguments)
        let log = try ServiceLog.open(
            arguments, service: ServiceNames.simulator, command: "simulator")
        return try log.telling { try run(arguments, settings, path: path, log) }
    }

    private static func run(
        _ arguments: Arguments, _ settings: SimulatorSettings, path: String, _ log: Log
    ) throws -> ExitCode {
        let clock = try SignalClock()
        let runner: LoadRunner
        let plan: LoadPlan
        do {
            let target = try SimulatorLog(
                LogName(path), partitions: settings.partitions, notice: log.kafkaNotice)
            plan = try settings.plan(for: target)
            runner = LoadRunner(
                plan: plan, writer: try target.writer(plan), history: nil, clock: clock)
        } catch let error as LogError {
            throw CommandFailure(error.exitCode, "lab simulator: \(error)")
        } catch let error as PlanError {
            throw CommandFailure(.usage, "lab simulator: \(error)")
        }
        let heartbeat = try HeartbeatOption.start(
            arguments, service: ServiceNames.simulator, command: "simulator", log: log)
        defer { heartbeat?.stop() }
        let view = SimulatorView(clock.nowNs(), log: log)
        view.begin(path: path, plan: plan)
        do throws(LoadRunner.Failure) {
            try runner.run(stage: 0, limit: settings.orders ?? .max) { progress, nowNs, delayNs in
                view.show(progress, nowNs: nowNs, delayMaxNs: delayNs)
                heartbeat?.note(.running, records: progress.acknowledged, nextNs: nowNs)
            }
        } catch {
            view.finish(runner.summary, path: path, plan: plan)
            throw CommandFailure(.inputOutput, "lab simulator: \(error)")
        }
        view.finish(runner.summary, path: path, plan: plan)
        return clock.isInterrupted && settings.hasEnd ? .interrupted : .success
    }
}

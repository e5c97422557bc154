internal import ASEEDSystem
internal import Glibc
internal import LoadGen

/// `lab loadgen`: carries out a load plan for `lab run`.
enum LoadGenCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "loadgen",
            summary: "Write the orders of a load plan into an order log, and their history.",
            options: [
                .init("plan", "FILE", help: "the load plan, JSON"),
                .init(
                    "log", "DIR|kafka://…",
                    help: "the log's folder, or kafka://HOST:PORT/TOPIC; made when missing"),
                .init("history", "FILE", help: "what was scheduled, sent and acknowledged"),
                .init(
                    "controlled",
                    help:
                        "wait for a line \"start\" on stdin before each stage; while one runs, take "
                        + "\"inject burst ORDERS RATE\", \"inject late N\", \"inject invalid N\", "
                        + "\"stop\""),
                .init("fsync", "always|never", help: "instead of what the plan says"),
                HeartbeatOption.option,
            ] + ServiceLog.options,
            examples: [
                (
                    "lab loadgen --plan plan.json --log /tmp/orders --history /tmp/history.bin",
                    "writes all stages, one after the other"
                )
            ],
            hidden: true)
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        guard let planPath = arguments.string("plan"), let logPath = arguments.string("log") else {
            throw UsageError("lab loadgen: --plan FILE and --log DIR are needed")
        }
        var plan = try readPlan(planPath)
        if let text = try arguments.choice("fsync", of: FileLog.Fsync.allCases.map(\.rawValue)) {
            plan.fsync = FileLog.Fsync(rawValue: text) ?? plan.fsync
        }
        let isControlled = arguments.has("controlled")
        let control = isControlled ? try ControlledLoad() : nil
        let clock: any LoadClock = if let control { control } else { try SignalClock() }
        let report = try ServiceLog.open(
            arguments, service: ServiceNames.simulator, command: "loadgen")
        let writer: any OrderLogWriter
        do throws(LogError) {
            writer = try LogName(logPath).startWriting(plan, notice: report.kafkaNotice)
        } catch {
            throw CommandFailure(error.exitCode, "lab loadgen: \(error)")
        }
        let history = try arguments.string("history").map {
            try HistoryWriter(path: $0, plan: plan)
        }
        let runner = LoadRunner(plan: plan, writer: writer, history: history, clock: clock)
        runner.control = control
        let heartbeat = try HeartbeatOption.start(
            arguments, service: ServiceNames.simulator, command: "loadgen", log: report)
        defer { heartbeat?.stop() }
        if isControlled {
            line { json in
                json.object { json in
                    json.member("ready", "loadgen")
                    json.member("pid", getpid())
                }
            }
        }
        defer { line { runner.summary.write(to: &$0) } }
        for index in plan.stages.indices {
            // The start may be long in coming.
            heartbeat?.note(
                .idle, records: runner.summary.progress.acknowledged, nextNs: .max / 2)
            if let control, try !control.waitForStart() { break }
            do throws(LoadRunner.Failure) {
                try runner.run(stage: index) { progress, nowNs, delayNs in
                    line { progress.write(to: &$0, monotonicNs: nowNs, delayMaxNs: delayNs) }
                    heartbeat?.note(.running, records: progress.acknowledged, nextNs: nowNs)
                }
            } catch {
                throw CommandFailure(.inputOutput, "lab loadgen: \(error)")
            }
            // So that whoever controls the load knows a stage's counts before its end.
            line { json in
                runner.summary.progress.write(
                    to: &json, monotonicNs: SystemClock.monotonicNs(),
                    delayMaxNs: runner.summary.scheduleDelay.maxNs)
            }
            if clock.isStopped { break }
            line { json in
                json.object { json in
                    json.member("stage", index)
                    json.member("state", "done")
                }
            }
        }
        return .success
    }

    private static func readPlan(_ path: String) throws -> LoadPlan {
        do {
            return try LoadPlan(json: JSONParser.parse(InputFile.read(path)))
        } catch let error as SystemError {
            throw CommandFailure(.usage, "lab loadgen: \(error)")
        } catch let error as JSONSyntaxError {
            throw CommandFailure(.configuration, "lab loadgen: \(path): \(error)")
        } catch let error as PlanError {
            throw CommandFailure(.configuration, "lab loadgen: \(path): \(error)")
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        body(&json)
        StandardStream.out.write(json.bytes + [UInt8(ascii: "\n")])
    }
}

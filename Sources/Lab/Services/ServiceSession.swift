internal import ASEEDSystem
internal import Glibc

/// What `lab start`, `stop` and `restart` do, and what they say.
final class ServiceSession {
    let registry: ServiceRegistry
    private let paths: ServicePaths
    private let command: String
    private let interrupts: SignalWatch
    private let style = TerminalStyle(for: .out)

    /// How long another `lab start` or `lab stop` is waited for.
    private static let lockLimitMs: Int64 = 180_000

    init(paths: ServicePaths, command: String) throws {
        self.paths = paths
        self.command = command
        registry = ServiceRegistry(paths: paths)
        // Before any thread and any child: Ctrl-C then stops what was started.
        interrupts = try SignalWatch.start()
        do throws(SystemError) { try paths.make() } catch {
            throw CommandFailure(.inputOutput, "lab \(command): \(error)")
        }
    }

    /// Does the work while no other lab starts or stops services of this home.
    func locked(_ work: () throws -> ExitCode) throws -> ExitCode {
        do {
            let lock = try registry.lock(
                withinMs: Self.lockLimitMs, interrupts: interrupts,
                waiting: { holder in
                    StandardStream.error.write("lab \(command): waits for \(holder)\n")
                })
            return try withExtendedLifetime(lock) { try work() }
        } catch let failure as CommandFailure {
            throw CommandFailure(failure.code, "lab \(command): \(failure)")
        } catch let error as SystemError {
            throw CommandFailure(.inputOutput, "lab \(command): \(error)")
        }
    }

    /// Starts services, or all, and shows where the dashboard is.
    func start(_ named: [String]?, settings: StartSettings) throws {
        let plan = ServicePlan(settings: settings, paths: paths)
        let services = named ?? plan.services
        try plan.check(command: command)
        let starter = ServiceStarter(plan: plan, interrupts: interrupts)
        let width = services.map(\.count).max() ?? 0
        try starter.start(services) { started in
            let record = started.record
            let scheme = record.service == ServiceNames.kafka ? "" : "http://"
            let place = record.port.map { "  \(scheme)127.0.0.1:\($0)" } ?? ""
            StandardStream.out.write(
                "\(record.service.padded(to: width))  \(style("running", .green))  "
                    + "process \(record.process.pid), ready after "
                    + "\(Figures.duration(ms: started.tookMs))\(place)\n")
        }
        try starter.settings.write(to: paths.home.settings)
        if named == nil {
            let lab = Environment.value("LAB_COMMAND") ?? "lab"
            StandardStream.out.write(
                "The dashboard: http://127.0.0.1:\(starter.port)   Logs: \(paths.logs)\n"
                    + "`\(lab) status` shows how it is, `\(lab) stop` ends it.\n")
        }
    }

    /// Stops services, those last that others talk to. One that can't be stopped keeps no other
    /// from it; all failures are told at the end.
    ///
    /// - Returns: how many were running.
    @discardableResult
    func stop(_ named: [String]?, limitMs: Int64?) throws -> Int {
        let services = named ?? ServicePlan.order
        var stopper = ServiceStopper(registry: registry)
        stopper.limitMs = limitMs
        var count = 0
        var failures: [(code: ExitCode, text: String)] = []
        let width = services.map(\.count).max() ?? 0
        for service in services.reversed() {
            let found: ServiceStopper.Stopped?
            do { found = try stopper.stop(service) } catch {
                let code = (error as? CommandFailure)?.code ?? .inputOutput
                let isNamed = "\(error)".contains(service)
                failures.append((code, isNamed ? "\(error)" : "\(service): \(error)"))
                continue
            }
            guard let stopped = found else { continue }
            let how: String
            if stopped.wasGone {
                how = "process \(stopped.pid) had ended before"
            } else {
                count += 1
                how =
                    "process \(stopped.pid)"
                    + (stopped.wasKilled
                        ? ", killed: it did not end within " : ", ended after ")
                    + Figures.duration(ms: stopped.tookMs)
            }
            StandardStream.out.write("\(service.padded(to: width))  stopped  \(how)\n")
        }
        if let first = failures.first {
            throw CommandFailure(first.code, failures.map(\.text).joined(separator: "\n"))
        }
        return count
    }
}

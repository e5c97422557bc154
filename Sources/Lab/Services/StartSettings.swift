internal import ASEEDSystem

/// What the system is started with; kept, so that `lab restart` needs no options again.
struct StartSettings: Equatable, Sendable {
    /// `file`, or the address of a topic.
    var log = "file"
    /// Where the dashboard listens; 0 takes a free port.
    var port = 5_005
    /// Orders a second, as the simulator takes it.
    var rate = "100"
    /// Of the engine.
    var trigger = "5s"
    var logLevel = LogLevel.info.name
    /// How often the monitor looks.
    var intervalMs: Int64 = 5_000
    /// Whether the monitor starts again what died.
    var restarts = false

    /// The options that change them.
    static let options: [CommandSpec.Option] = [
        .init("log", "file", help: "where orders are kept (file: HOME/orders)"),
        .init("port", "PORT", help: "of the dashboard, 0 for a free one (DASHBOARD_PORT, 5005)"),
        .init("rate", "N", help: "orders a second (100)"),
        .init("trigger", "TIME", help: "when the engine's batches are due (5s)"),
        .init("interval", "TIME", help: "how often the monitor looks (5s)"),
        .init("restart", help: "let the monitor start again what dies"),
        .init("log-level", "LEVEL", help: "DEBUG, INFO, WARN or ERROR (LOG_LEVEL, INFO)"),
    ]

    /// These settings with what a command line changes.
    func with(_ arguments: Arguments, command: String) throws -> StartSettings {
        var settings = self
        if let log = try arguments.choice("log", of: ["file"]) { settings.log = log }
        if let port = try arguments.integer("port", in: 0...65_535) { settings.port = Int(port) }
        if let rate = arguments.string("rate") {
            guard let number = Double(rate), (1e-3...1e8).contains(number) else {
                throw UsageError(
                    "lab \(command): --rate is a number from 0.001 to 100000000, not \"\(rate)\"")
            }
            settings.rate = rate
        }
        if let ms = try arguments.durationMs("trigger") {
            settings.trigger = DurationText.text(milliseconds: ms)
        }
        if let ms = try arguments.durationMs("interval") {
            guard (100...3_600_000).contains(ms) else {
                throw UsageError("lab \(command): --interval is from 100ms to 1h")
            }
            settings.intervalMs = ms
        }
        if arguments.has("restart") { settings.restarts = true }
        if arguments.string("log-level") != nil || Environment.value("LOG_LEVEL") != nil {
            settings.logLevel = try ServiceLog.level(arguments, command: command).name
        }
        return settings
    }

    /// The defaults, with what the environment changes.
    static func fromEnvironment(command: String) throws(UsageError) -> StartSettings {
        var settings = StartSettings()
        if let text = Environment.value("DASHBOARD_PORT") {
            guard let port = Int(text), (0...65_535).contains(port) else {
                throw UsageError(
                    "lab \(command): DASHBOARD_PORT is a port from 0 to 65535, not \"\(text)\"")
            }
            settings.port = port
        }
        return settings
    }

    /// What the last start was told; nil when there was none.
    static func read(_ path: String) -> StartSettings? {
        guard FileTree.exists(path), let bytes = try? TextFile.read(path),
            let json = try? JSONParser.parse(bytes), let log = json["log"]?.string,
            let port = json["port"]?.integer, let rate = json["rate"]?.string,
            let trigger = json["trigger"]?.string, let level = json["log_level"]?.string,
            let interval = json["interval_ms"]?.integer, let restarts = json["restart"]?.bool
        else { return nil }
        return StartSettings(
            log: log, port: Int(port), rate: rate, trigger: trigger, logLevel: level,
            intervalMs: interval, restarts: restarts)
    }

    /// Keeps them for the next restart.
    func write(to path: String) throws {
        var json = JSONWriter()
        json.object { json in
            json.member("log", log)
            json.member("port", port)
            json.member("rate", rate)
            json.member("trigger", trigger)
            json.member("log_level", logLevel)
            json.member("interval_ms", intervalMs)
            json.member("restart", restarts)
        }
        try TextFile.replace(path, with: json)
    }
}

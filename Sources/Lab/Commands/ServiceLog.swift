internal import ASEEDSystem

/// The log of a service's process, as its options and the environment say.
enum ServiceLog {
    static let options: [CommandSpec.Option] = [
        .init("log-level", "LEVEL", help: "DEBUG, INFO, WARN or ERROR (LOG_LEVEL, INFO)"),
        .init("log-file", "FILE", help: "log there, JSON lines, rotated (standard error)"),
    ]

    /// Opens the log.
    ///
    /// - Parameter service: the name in its lines.
    static func open(_ arguments: Arguments, service: String, command: String) throws -> Log {
        let level = try level(arguments, command: command)
        do throws(LogFileError) {
            return try Log(service: service, level: level, path: arguments.string("log-file"))
        } catch {
            let code: ExitCode
            switch error {
            case .inUse: code = .unavailable
            case .system: code = .inputOutput
            }
            throw CommandFailure(code, "lab \(command): \(error)")
        }
    }

    /// The level that an option or the environment names.
    static func level(_ arguments: Arguments, command: String) throws(UsageError) -> LogLevel {
        let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
        if let text = arguments.string("log-level") {
            if let level = LogLevel(name: text) { return level }
            throw UsageError("lab \(command): --log-level is one of \(names), not \"\(text)\"")
        }
        guard let text = Environment.value("LOG_LEVEL") else { return .info }
        if let level = LogLevel(name: text) { return level }
        throw UsageError("lab \(command): LOG_LEVEL is one of \(names), not \"\(text)\"")
    }
}

extension Log {
    /// Takes what a client of Kafka wants somebody to know: brokers that are away, or back.
    var kafkaNotice: @Sendable (String) -> Void {
        { [self] text in warn("kafka.notice", text) }
    }

    /// Does a service's work; what ends it early is also in the log. Where the log goes to standard
    /// error, that is where the message goes anyway.
    func telling<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            if path != nil { self.error("service.failed", "\(error)") }
            throw error
        }
    }
}

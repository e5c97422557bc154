internal import Glibc
internal import Synchronization

/// The log of a service: JSON lines in a file, the same for people on a terminal.
///
/// For what happens a few times a minute, never for each order. Safe to use from any thread.
///
///     let log = try Log(service: "dashboard", level: .info, path: "logs/dashboard.log")
///     log.warn("publish.refused", "the dashboard refused a message", ["status": 409])
public final class Log: Sendable {
    private struct State {
        var file: LogFile?
        var limiter = RepeatLimiter()
        var isBroken = false
    }

    /// Where lines go besides the file.
    private enum Screen {
        case none
        case readable(colours: Bool)
        case json
    }

    /// Who writes.
    public let service: String
    /// What is less is left out.
    public let level: LogLevel
    /// The file, when there is one.
    public let path: String?
    private let screen: Screen
    private let wallUs: @Sendable () -> Int64
    private let state: Mutex<State>

    /// Opens a log.
    ///
    /// - Parameters:
    ///   - path: the file; without one, the lines go to standard error.
    ///   - wallUs: the clock, microseconds since 1970.
    /// - Throws: when the file can't be opened or another process writes it.
    public init(
        service: String, level: LogLevel = .info, path: String? = nil,
        rotation: LogRotation = LogRotation(),
        wallUs: @escaping @Sendable () -> Int64 = { SystemClock.wallNs() / 1_000 }
    ) throws(LogFileError) {
        self.service = service
        self.level = level
        self.path = path
        self.wallUs = wallUs
        let isTerminal = StandardStream.error.isTerminal
        if isTerminal {
            let refuses = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
            screen = .readable(colours: !refuses)
        } else {
            screen = path == nil ? .json : .none
        }
        if let path {
            state = Mutex(State(file: try LogFile(path: path, rotation: rotation)))
        } else {
            state = Mutex(State())
        }
    }

    deinit { flush() }

    /// For those who look for a fault.
    public func debug(
        _ event: String, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) { write(.debug, event, message, fields) }

    /// What the service does.
    public func info(
        _ event: String, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) { write(.info, event, message, fields) }

    /// What somebody should look at.
    public func warn(
        _ event: String, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) { write(.warn, event, message, fields) }

    /// What was not done.
    public func error(
        _ event: String, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) { write(.error, event, message, fields) }

    /// Writes how often messages came again that were left out.
    public func flush() {
        let nowNs = SystemClock.monotonicNs()
        state.withLock { state in
            for withheld in state.limiter.due(nowNs: nowNs, all: true) {
                put(summary(withheld), &state)
            }
        }
    }

    /// Waits until older parts of the file are compressed; for those who want to read them.
    ///
    /// - Returns: whether they were in time.
    public func settle(untilNs deadlineNs: Int64) -> Bool {
        state.withLock { $0.file?.settle(untilNs: deadlineNs) ?? true }
    }

    private func write(
        _ level: LogLevel, _ event: String, _ message: () -> String,
        _ fields: () -> KeyValuePairs<String, LogValue>
    ) {
        guard level >= self.level else { return }
        let record = LogRecord(
            timeUs: wallUs(), level: level, service: service, event: event, message: message(),
            fields: fields().map { LogRecord.Field(name: $0.key, value: $0.value) })
        let nowNs = SystemClock.monotonicNs()
        state.withLock { state in
            for withheld in state.limiter.due(nowNs: nowNs) { put(summary(withheld), &state) }
            if state.limiter.admits(record, nowNs: nowNs) { put(record, &state) }
        }
    }

    private func summary(_ withheld: RepeatLimiter.Withheld) -> LogRecord {
        var record = withheld.record
        record.timeUs = wallUs()
        record.message += " (and \(withheld.count) more like this)"
        record.fields.append(
            LogRecord.Field(name: "repeated", value: .integer(Int64(withheld.count))))
        return record
    }

    private func put(_ record: LogRecord, _ state: inout State) {
        let line = record.json
        switch screen {
        case .none: break
        case .json: StandardStream.error.write(line)
        case .readable(let colours):
            let text = String(decoding: line.dropLast(), as: UTF8.self)
            StandardStream.error.write(LogText.readable(text, colours: colours) + "\n")
        }
        guard let file = state.file else { return }
        do throws(SystemError) {
            let lost = file.lost
            if lost > 0 {
                let note = LogRecord(
                    timeUs: record.timeUs, level: .warn, service: service, event: "log.lost",
                    message: "\(lost) lines before this one could not be written",
                    fields: [LogRecord.Field(name: "lost", value: .integer(Int64(lost)))])
                try file.append(note.json, timeUs: note.timeUs)
            }
            try file.append(line, timeUs: record.timeUs)
            state.isBroken = false
            if let failure = file.takeFailure() {
                complain("older parts stay as they are", failure)
            }
        } catch {
            if !state.isBroken { complain("lines are lost until it works again", error) }
            state.isBroken = true
        }
    }

    /// The log itself failed: the only place left is standard error.
    private func complain(_ consequence: String, _ error: SystemError) {
        StandardStream.error.write("\(service): log: \(error); \(consequence)\n")
    }
}

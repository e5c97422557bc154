internal import Glibc

/// `run/SERVICE.json`: a process that the lab started, written by whoever started it.
public struct ServiceRecord: Equatable, Sendable {
    /// Its name, one of `ServiceNames`.
    public var service: String
    /// The process.
    public var process: ProcessIdentity
    /// The program and its words.
    public var command: [String]
    /// The port that it listens on.
    public var port: Int?
    /// Its log, JSON lines.
    public var logFile: String
    /// Its standard output and standard error.
    public var outputFile: String
    /// Microseconds since 1970.
    public var startedAtUs: Int64
    /// How often the monitor started it again.
    public var restarts: Int

    /// A record.
    public init(
        service: String, process: ProcessIdentity, command: [String], port: Int?, logFile: String,
        outputFile: String, startedAtUs: Int64, restarts: Int = 0
    ) {
        self.service = service
        self.process = process
        self.command = command
        self.port = port
        self.logFile = logFile
        self.outputFile = outputFile
        self.startedAtUs = startedAtUs
        self.restarts = restarts
    }

    /// Reads a record; nil when there is none. One that can't be understood is an error: whether
    /// its process runs is not known.
    public static func read(_ path: String) throws(ServiceRecordError) -> ServiceRecord? {
        guard let text = ProcFile.read(path, maxBytes: 256 << 10) else {
            let code = errno
            if code == ENOENT { return nil }
            throw ServiceRecordError(path: path, reason: "\(SystemError("read", errno: code))")
        }
        let json: JSONValue
        do throws(JSONSyntaxError) { json = try JSONParser.parse(text) } catch {
            throw ServiceRecordError(path: path, reason: "\(error)")
        }
        guard let record = ServiceRecord(json) else {
            throw ServiceRecordError(path: path, reason: "it lacks what a record has")
        }
        return record
    }

    private init?(_ json: JSONValue) {
        guard let service = json["service"]?.string,
            let pid = json["pid"]?.integer.flatMap({ Int32(exactly: $0) }), pid > 0,
            let ticks = json["start_ticks"]?.numberText.flatMap({ UInt64($0) }),
            let command = json["command"]?.elements?.compactMap(\.string), !command.isEmpty,
            let logFile = json["log_file"]?.string, let output = json["output_file"]?.string,
            let started = json["started_at"]?.string.flatMap({ TimeText.micros($0) })
        else { return nil }
        self.init(
            service: service, process: ProcessIdentity(pid: pid, startTicks: ticks),
            command: command, port: json["port"]?.integer.map { Int($0) }, logFile: logFile,
            outputFile: output, startedAtUs: started,
            restarts: Int(json["restarts"]?.integer ?? 0))
    }

    /// Puts the record into its file, whole or not at all.
    public func write(to path: String) throws(SystemError) {
        var json = JSONWriter()
        json.object { json in
            json.member("service", service)
            json.member("pid", process.pid)
            json.member("start_ticks", process.startTicks)
            json.name("command")
            json.array { json in for word in command { json.string(word) } }
            json.member("port", port)
            json.member("log_file", logFile)
            json.member("output_file", outputFile)
            json.member("started_at", TimeText.iso(startedAtUs))
            json.member("restarts", restarts)
        }
        try WholeFile.replace(path, with: json.bytes + [UInt8(ascii: "\n")])
    }
}

/// A record that can't be read.
public struct ServiceRecordError: Error, Equatable, CustomStringConvertible {
    let path: String
    let reason: String

    /// What failed, where, and what to do next.
    public var description: String {
        "\(path) is no record of a service (\(reason)); see with ps whether a service of this home "
            + "runs, end it, and remove the file"
    }
}

/// Files that readers see whole: the old bytes or the new ones.
enum WholeFile {
    static func replace(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o644
    ) throws(SystemError) {
        let draft = "\(path).\(getpid()).draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError("write \(draft)", errno: errno) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else {
                let code = errno
                unlink(draft)
                throw SystemError("write \(draft)", errno: code)
            }
            done += wrote
        }
        guard rename(draft, path) == 0 else {
            let code = errno
            unlink(draft)
            throw SystemError("rename \(draft) to \(path)", errno: code)
        }
    }
}

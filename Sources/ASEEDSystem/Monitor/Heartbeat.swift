/// What a service says of itself, at least once a second.
public struct Heartbeat: Equatable, Sendable {
    /// What it does.
    public enum State: String, Sendable {
        /// It works.
        case running
        /// It waits for something to do.
        case idle
    }

    /// Its name.
    public var service: String
    /// The process that writes it.
    public var process: ProcessIdentity
    /// Microseconds since 1970.
    public var timeUs: Int64
    /// Monotonic time of the writing.
    public var monotonicNs: Int64
    /// What it does.
    public var state: State
    /// Orders written or read so far.
    public var records: Int64
    /// The last batch that was committed.
    public var batchID: Int64?
    /// Monotonic time by which its work will have gone on; later means that it hangs.
    public var dueNs: Int64

    /// Reads a heartbeat; nil when there is none that can be understood.
    public static func read(_ path: String) -> Heartbeat? {
        guard let text = ProcFile.read(path, maxBytes: 64 << 10),
            let json = try? JSONParser.parse(text), let service = json["service"]?.string,
            let pid = json["pid"]?.integer.flatMap({ Int32(exactly: $0) }),
            let ticks = json["start_ticks"]?.numberText.flatMap({ UInt64($0) }),
            let time = json["time"]?.string.flatMap({ TimeText.micros($0) }),
            let monotonic = json["monotonic_ns"]?.integer,
            let state = json["state"]?.string.flatMap({ State(rawValue: $0) }),
            let records = json["records"]?.integer
        else { return nil }
        return Heartbeat(
            service: service, process: ProcessIdentity(pid: pid, startTicks: ticks), timeUs: time,
            monotonicNs: monotonic, state: state, records: records,
            batchID: json["batch_id"]?.integer, dueNs: json["due_ns"]?.integer ?? .max)
    }

    /// The text of the file.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("service", service)
            json.member("pid", process.pid)
            json.member("start_ticks", process.startTicks)
            json.member("time", TimeText.iso(timeUs))
            json.member("monotonic_ns", monotonicNs)
            json.member("state", state.rawValue)
            json.member("records", records)
            json.member("batch_id", batchID)
            json.member("due_ns", dueNs)
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

internal import ASEEDSystem
internal import Glibc

/// What a process has used so far, from `/proc/PID`.
struct ProcessSample: Equatable, Sendable {
    /// User and system time, with that of the children it waited for.
    var cpuNs: Int64 = 0
    var rssBytes: Int64 = 0
    var rssPeakBytes: Int64 = 0
    /// Bytes that reached the block layer.
    var diskReadBytes: Int64 = 0
    var diskWriteBytes: Int64 = 0
    /// Bytes of read and write calls.
    var readBytes: Int64 = 0
    var writeBytes: Int64 = 0
    var threads: Int64 = 0

    /// Reads a living process, or one that ended and was not waited for yet.
    ///
    /// - Returns: nil when there is no such process. Fields that the system does not tell stay 0:
    ///   the memory of an ended process, the disk traffic of another user's.
    static func read(pid: pid_t) -> ProcessSample? {
        guard let stat = SmallFile.text("/proc/\(pid)/stat"),
            let close = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        var sample = ProcessSample()
        // proc(5): after the name, field 3 is the first; utime 14, stime 15, cutime, cstime.
        if fields.count > 17 {
            let ticks = fields[11...14].reduce(Int64(0)) { $0 + (Int64($1) ?? 0) }
            sample.cpuNs = ticks * (1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK)))))
            sample.threads = Int64(fields[17]) ?? 0
        }
        let status = SmallFile.fields("/proc/\(pid)/status")
        sample.rssBytes = (status["VmRSS"] ?? 0) * 1024
        sample.rssPeakBytes = (status["VmHWM"] ?? 0) * 1024
        let io = SmallFile.fields("/proc/\(pid)/io")
        sample.readBytes = io["rchar"] ?? 0
        sample.writeBytes = io["wchar"] ?? 0
        sample.diskReadBytes = io["read_bytes"] ?? 0
        sample.diskWriteBytes = max(
            0, (io["write_bytes"] ?? 0) - (io["cancelled_write_bytes"] ?? 0))
        return sample
    }
}

/// Small files of `/proc` and `/sys`.
enum SmallFile {
    /// The whole file, at most 256 KiB; nil when it can't be read.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 262_144 {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lines `Name: 123 unit` as numbers by name.
    static func fields(_ path: String) -> [String: Int64] {
        var found: [String: Int64] = [:]
        for line in (text(path) ?? "").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2,
                let word = parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" }).first,
                let value = Int64(word)
            else { continue }
            found[String(parts[0])] = value
        }
        return found
    }
}

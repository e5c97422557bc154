internal import Glibc

/// The right to write a partition: a file that names its owner by pid and start time.
///
/// The file is also locked with `flock`, so that taking over a dead owner's file is safe against
/// another process that does the same. It is never removed: a removed file could be locked twice.
final class PartitionLock {
    private let file: FileDescriptor

    /// Takes the lock, also that of a process that no longer lives.
    ///
    /// - Throws: `LogError.locked` when a living process holds it.
    init(path: String) throws(LogError) {
        let file = try FileDescriptor(path, O_RDWR | O_CREAT)
        guard FileDescriptor.retrying({ flock(file.raw, LOCK_EX | LOCK_NB) }) == 0 else {
            guard errno == EWOULDBLOCK else { throw file.failure("lock") }
            throw .locked(path: path, pid: Owner(reading: try file.readAll())?.pid ?? 0)
        }
        if let owner = Owner(reading: try file.readAll()), owner.isAlive {
            throw .locked(path: path, pid: owner.pid)
        }
        let text = Array(Owner.current().text.utf8)
        try file.truncate(to: 0)
        try file.write(text, at: 0)
        self.file = file
    }

    deinit {
        // Closing the file gives the lock back; an owner left in it is taken over when dead. When
        // this fails the next writer of this very process is refused, which is the safe side.
        _ = ftruncate(file.raw, 0)
        // Closing alone would not do: a child that is just being started has the file open, too.
        _ = flock(file.raw, LOCK_UN)
    }

    /// A process, told from a later one with the same pid by its start time.
    struct Owner: Equatable {
        let pid: Int32
        /// Clock ticks from boot to the start: field 22 of /proc/PID/stat.
        let startTicks: UInt64

        init(pid: Int32, startTicks: UInt64) {
            self.pid = pid
            self.startTicks = startTicks
        }

        /// Reads `PID START`.
        init?(reading bytes: [UInt8]) {
            let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
            guard words.count == 2, let pid = Int32(words[0]), let start = UInt64(words[1]) else {
                return nil
            }
            self.init(pid: pid, startTicks: start)
        }

        static func current() -> Owner {
            let pid = getpid()
            return Owner(pid: pid, startTicks: start(of: pid) ?? 0)
        }

        var text: String { "\(pid) \(startTicks)\n" }

        /// Whether the process runs (or is stopped), and is no zombie.
        var isAlive: Bool { Self.start(of: pid) == startTicks }

        /// The start time of a living process.
        private static func start(of pid: Int32) -> UInt64? {
            let path = "/proc/\(pid)/stat"
            let raw = open(path, O_RDONLY | O_CLOEXEC)
            guard raw >= 0 else { return nil }
            defer { close(raw) }
            var bytes = [UInt8](repeating: 0, count: 1_024)
            let got = FileDescriptor.retrying { Glibc.read(raw, &bytes, bytes.count) }
            // The command's name may hold spaces: fields count from the last parenthesis.
            guard got > 0, let close = bytes[..<got].lastIndex(of: UInt8(ascii: ")")) else {
                return nil
            }
            let fields = String(decoding: bytes[(close + 1)..<got], as: UTF8.self)
                .split(separator: " ")
            guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
            return UInt64(fields[19])
        }
    }
}

internal import Glibc

/// When a log file makes room for a new one.
public struct LogRotation: Equatable, Sendable {
    /// A file that would grow beyond this is put away first.
    public var maxBytes: Int64 = 64 << 20
    /// How many older files are kept.
    public var keep = 30

    /// At 64 MiB and daily; 30 older files are kept.
    public init() {}
}

/// Why a log file can't be used.
public enum LogFileError: Error, Equatable, CustomStringConvertible {
    /// Another process writes it.
    case inUse(path: String, holder: String?)
    /// A system call failed.
    case system(SystemError)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .inUse(let path, let holder):
            "log file: \(path) is being written by \(holder ?? "another process"); stop it, or "
                + "name another --log-file"
        case .system(let error): "log file: \(error)"
        }
    }
}

/// A log file that one process writes: appended in whole lines, put away daily (UTC) and by size.
///
/// Belongs to its `Log`, which lets one thread in at a time.
final class LogFile {
    let path: String
    private let rotation: LogRotation
    private let archive: LogArchive
    private let lock: Int32
    private var descriptor: Int32 = -1
    private var sizeBytes: Int64 = 0
    private var inode: UInt64 = 0
    private var lastLineUs: Int64 = 0
    private var lastLookUs: Int64 = 0
    /// Lines that the file did not take since it last took one.
    private(set) var lost = 0

    init(path: String, rotation: LogRotation) throws(LogFileError) {
        self.path = path
        self.rotation = rotation
        lock = try Self.takeLock(path)
        archive = LogArchive(logPath: path, keep: rotation.keep)
        do throws(SystemError) { try reopen() } catch {
            close(lock)
            throw .system(error)
        }
        archive.tidy()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        close(lock)
    }

    /// Appends a line.
    ///
    /// - Throws: when the disk does not take it; it is counted in `lost`.
    func append(_ line: [UInt8], timeUs: Int64) throws(SystemError) {
        do throws(SystemError) {
            try follow(timeUs)
            if isFull(line.count, timeUs) { try rotate() }
            try write(line)
        } catch {
            lost += 1
            throw error
        }
        sizeBytes += Int64(line.count)
        lastLineUs = timeUs
        lost = 0
    }

    /// What went wrong in the background; told once.
    func takeFailure() -> SystemError? { archive.takeFailure() }

    /// Waits until older parts are compressed.
    func settle(untilNs deadlineNs: Int64) -> Bool { archive.wait(untilNs: deadlineNs) }

    private func isFull(_ more: Int, _ timeUs: Int64) -> Bool {
        guard sizeBytes > 0 else { return false }
        return sizeBytes + Int64(more) > rotation.maxBytes
            || Self.day(timeUs) != Self.day(lastLineUs)
    }

    private static func day(_ micros: Int64) -> Int64 { micros / 86_400_000_000 }

    private func rotate() throws(SystemError) {
        try archive.take(path, lastLineUs: lastLineUs)
        try reopen()
        archive.tidy()
    }

    /// Goes on in a new file when somebody removed or replaced this one.
    private func follow(_ timeUs: Int64) throws(SystemError) {
        guard descriptor < 0 || (timeUs - lastLookUs).magnitude >= 1_000_000 else { return }
        lastLookUs = timeUs
        var status = stat()
        if descriptor < 0 || stat(path, &status) != 0 || UInt64(status.st_ino) != inode {
            try reopen()
        }
    }

    private func reopen() throws(SystemError) {
        let opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw SystemError("open \(path)", errno: errno) }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            throw SystemError("size of \(path)", errno: errno)
        }
        sizeBytes = Int64(status.st_size)
        inode = UInt64(status.st_ino)
        lastLineUs =
            Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1_000
    }

    /// A line that the disk takes only in part is cut again, so that none is torn.
    private func write(_ line: [UInt8]) throws(SystemError) {
        var done = 0
        while done < line.count {
            let wrote = line.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), line.count - done)
            }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else {
                let code = errno
                if done > 0 { ftruncate(descriptor, off_t(sizeBytes)) }
                throw SystemError("write \(path)", errno: code)
            }
            done += wrote
        }
    }

    /// The lock file is never removed: a removed one could be locked twice.
    private static func takeLock(_ path: String) throws(LogFileError) -> Int32 {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { path[path.index(after: $0)...] } ?? Substring(path)
        let lockPath = "\(folder).\(name).lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .system(SystemError("open \(lockPath)", errno: errno))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .system(SystemError("lock \(lockPath)", errno: code))
            }
            let holder = ProcFile.read(lockPath).flatMap { Int32($0.prefix { $0.isNumber }) }
            throw .inUse(path: path, holder: holder.map { ProcFile.describe(pid: $0) })
        }
        ftruncate(descriptor, 0)
        StandardStream(descriptor: descriptor).write("\(getpid())\n")
        return descriptor
    }
}

internal import Glibc

/// An open file; closes it when it goes away.
final class FileDescriptor: Sendable {
    let raw: Int32
    let path: String

    /// Opens a file, close-on-exec.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(LogError) {
        let opened = Self.retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard opened >= 0 else { throw .system(SystemError("open \(path)", errno: errno)) }
        raw = opened
        self.path = path
    }

    deinit { Glibc.close(raw) }

    /// Calls again as long as a signal interrupts.
    static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    /// The file's size in bytes.
    func size() throws(LogError) -> Int64 {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw failure("size of") }
        return Int64(status.st_size)
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Returns: how many bytes were read.
    func read(_ buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(LogError) -> Int {
        var done = 0
        while done < buffer.count {
            let got = Self.retrying {
                pread(
                    raw, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                    off_t(position) + off_t(done))
            }
            guard got >= 0 else { throw failure("read") }
            if got == 0 { break }
            done += got
        }
        return done
    }

    /// Reads a small file whole.
    func readAll() throws(LogError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(try size()))
        var count = 0
        var failed: LogError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(LogError) { count = try read(buffer, at: 0) } catch { failed = error }
        }
        if let failed { throw failed }
        return Array(bytes.prefix(count))
    }

    /// Cuts the file to a size.
    func truncate(to size: Int64) throws(LogError) {
        guard Self.retrying({ ftruncate(raw, off_t(size)) }) == 0 else { throw failure("truncate") }
    }

    /// Brings the file's bytes to the disk.
    func synchronize() throws(LogError) {
        guard Self.retrying({ fdatasync(raw) }) == 0 else { throw failure("fdatasync") }
    }

    /// Writes all bytes at a place.
    func write(_ bytes: [UInt8], at position: Int64) throws(LogError) {
        var done = 0
        while done < bytes.count {
            let wrote = bytes.withUnsafeBytes { buffer in
                Self.retrying {
                    pwrite(
                        raw, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                        off_t(position) + off_t(done))
                }
            }
            guard wrote > 0 else { throw failure("write") }
            done += wrote
        }
    }

    /// The error of the last call on this file.
    func failure(_ action: String) -> LogError {
        .system(SystemError("\(action) \(path)", errno: errno))
    }
}

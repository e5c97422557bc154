internal import Glibc

/// The exclusive lock on a checkpoint folder (R55). The system frees it when the process ends,
/// however it ends.
final class CheckpointLease {
    private let descriptor: Int32

    /// Takes the lock of a folder, which must exist.
    init(folder: String) throws(CheckpointError) {
        let path = folder + "/engine.lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw .system(SystemError("open \(path)", errno: errno)) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.readPID(opened)
            close(opened)
            guard code == EWOULDBLOCK else {
                throw .system(SystemError("lock \(path)", errno: code))
            }
            throw .held(path: folder, pid: holder)
        }
        descriptor = opened
        let text = Array("\(getpid())\n".utf8)
        // The pid is for the message of a second engine; the lock itself is what counts.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    deinit { close(descriptor) }

    private static func readPID(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let text = String(decoding: bytes.prefix(count).filter { $0 > 0x20 }, as: UTF8.self)
        return Int32(text)
    }
}

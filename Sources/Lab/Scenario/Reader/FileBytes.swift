internal import ASEEDSystem
internal import Glibc

/// Whole files of a known largest size.
enum FileBytes {
    /// Reads a file.
    ///
    /// - Throws: `SystemError`; `EFBIG` when it has more than `limit` bytes.
    static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("read", errno: errno)
            }
            bytes.append(contentsOf: block[..<count])
            guard bytes.count <= limit else { throw SystemError("read", errno: EFBIG) }
        }
    }
}

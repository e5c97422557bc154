internal import ASEEDSystem
internal import Glibc

/// Reads the whole lines that were added to a growing file since the last look.
struct LineTail {
    let path: String
    private var position: Int64 = 0
    private var rest: [UInt8] = []

    init(_ path: String) { self.path = path }

    /// The new whole lines; none while the file is missing. At most 8 MiB a call.
    mutating func takeLines() throws(SystemError) -> [[UInt8]] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw SystemError("read \(path)", errno: errno)
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<128 {
            let count = pread(descriptor, &buffer, buffer.count, Int(position))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(path)", errno: errno) }
            guard count > 0 else { break }
            position += Int64(count)
            rest.append(contentsOf: buffer[..<count])
        }
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<end].split(separator: UInt8(ascii: "\n")).map(Array.init)
        rest.removeSubrange(...end)
        return lines
    }
}

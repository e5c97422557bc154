internal import ASEEDSystem
internal import Glibc

/// Reads whole small files, such as plans.
enum InputFile {
    /// The file's bytes.
    static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = Glibc.read(descriptor, &chunk, chunk.count)
            if got > 0 { bytes += chunk[..<got] }
            if got == 0 { return bytes }
            if got < 0, errno != EINTR { throw SystemError("read \(path)", errno: errno) }
        }
    }
}

internal import Glibc

/// The file with the bearer token for writes: 64 hexadecimal digits, readable by its owner only.
public enum TokenFile {
    /// Reads the token.
    ///
    /// - Throws: `DashboardError.configuration` when the file can't be read, is empty, or others
    ///   may read it.
    public static func read(_ path: String) throws(DashboardError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .configuration("token file: \(SystemError("read \(path)", errno: errno))")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .configuration(
                "token file: others may read \(path); make it yours alone: chmod 600 \(path)")
        }
        let token = Substring(ProcFile.read(path, maxBytes: 4_096) ?? "").trimmingASCIISpace()
        guard token.utf8.count >= 32, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw .configuration(
                "token file: \(path) does not hold 32 or more printable characters; "
                    + "remove it and a new one is made")
        }
        return token
    }

    /// Reads the token, or makes a new one when the file is missing.
    public static func readOrMake(_ path: String) throws(DashboardError) -> String {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0, errno == EEXIST { return try read(path) }
        guard descriptor >= 0 else {
            throw .configuration("token file: \(SystemError("make \(path)", errno: errno))")
        }
        defer { close(descriptor) }
        let token = try randomHex(bytes: 32)
        let line = Array((token + "\n").utf8)
        guard write(descriptor, line, line.count) == line.count else {
            let code = errno
            unlink(path)
            throw .configuration("token file: \(SystemError("write \(path)", errno: code))")
        }
        return token
    }

    /// Random bytes of the system as hexadecimal digits.
    static func randomHex(bytes count: Int) throws(DashboardError) -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        guard getentropy(&bytes, count) == 0 else {
            throw .configuration("\(SystemError("read random bytes", errno: errno))")
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

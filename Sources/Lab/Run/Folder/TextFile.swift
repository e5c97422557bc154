internal import ASEEDSystem
internal import Glibc

/// Whole files.
enum TextFile {
    /// Replaces a file at once: a reader sees the old bytes or the new ones, also after a crash.
    static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let draft = "\(path).draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("write \(draft)", errno: errno) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: draft)
        try move(draft, to: path)
    }

    /// Gives a file or folder another name at once.
    static func move(_ path: String, to name: String) throws(SystemError) {
        guard rename(path, name) == 0 else {
            throw SystemError("rename \(path) to \(name)", errno: errno)
        }
    }

    /// Replaces a file with a JSON document, indented for people.
    static func replace(_ path: String, with document: JSONWriter) throws {
        let value = try JSONParser.parse(document.bytes)
        try replace(path, with: Array(PrettyJSON.text(value).utf8))
    }

    /// All bytes of a file.
    static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("read \(path)", errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(path)", errno: errno) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    static func writeAll(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(SystemError) {
        let failure: Int32? = bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                done += count
            }
            return nil
        }
        if let failure { throw SystemError("write \(path)", errno: failure) }
    }
}

/// A file of JSON values, a line each, written as they come.
final class JSONLinesFile {
    let path: String
    private let descriptor: Int32

    /// Opens the file for appending.
    init(_ path: String) throws(SystemError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        self.path = path
    }

    deinit { close(descriptor) }

    /// Appends one value with one write call, so that several processes can share a file.
    func append(_ line: JSONWriter) throws(SystemError) {
        try TextFile.writeAll(line.bytes + [UInt8(ascii: "\n")], to: descriptor, path: path)
    }
}

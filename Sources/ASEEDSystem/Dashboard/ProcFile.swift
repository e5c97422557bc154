internal import Glibc

/// Small text files, such as those under /proc.
enum ProcFile {
    /// A file's first bytes as text, or nil when it can't be read.
    static func read(_ path: String, maxBytes: Int = 1 << 20) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < maxBytes {
            let got = Glibc.read(descriptor, &block, block.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            bytes.append(contentsOf: block[..<got])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A process as messages name it: `process 4711 (lab dashboard --port 5005)`.
    static func describe(pid: Int32) -> String {
        let words = read("/proc/\(pid)/cmdline", maxBytes: 4_096)?
            .split(separator: "\0").joined(separator: " ")
        guard let words, !words.isEmpty else { return "process \(pid)" }
        return "process \(pid) (\(words))"
    }
}

/// Who listens on a TCP port, from /proc.
enum PortHolder {
    /// The process that listens on the port, or nil when it can't be seen (another user's).
    static func find(port: Int) -> String? {
        pid(port: port).map { ProcFile.describe(pid: $0) }
    }

    /// Its process id.
    static func pid(port: Int) -> Int32? {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"]
        let sockets = Set(tables.flatMap { inodes(in: ProcFile.read($0, maxBytes: 8 << 20), port) })
        guard !sockets.isEmpty else { return nil }
        return pids().first { holds($0, sockets) }
    }

    private static func inodes(in table: String?, _ port: Int) -> [String] {
        let hex = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        let lines = (table ?? "").split(separator: "\n").dropFirst()
        return lines.compactMap { line in
            let fields = line.split(separator: " ")
            // 1 is the local address, 3 the state (0A listens), 9 the socket's inode.
            guard fields.count > 9, fields[1].hasSuffix(suffix), fields[3] == "0A" else {
                return nil
            }
            return "socket:[\(fields[9])]"
        }
    }

    private static func holds(_ pid: Int32, _ inodes: Set<String>) -> Bool {
        entries("/proc/\(pid)/fd").contains { entry in
            var target = [UInt8](repeating: 0, count: 128)
            let length = target.withUnsafeMutableBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return readlink(
                    "/proc/\(pid)/fd/\(entry)", base.assumingMemoryBound(to: CChar.self),
                    buffer.count)
            }
            guard length > 0 else { return false }
            return inodes.contains(String(decoding: target[..<length], as: UTF8.self))
        }
    }

    private static func pids() -> [Int32] { entries("/proc").compactMap { Int32($0) } }

    private static func entries(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}

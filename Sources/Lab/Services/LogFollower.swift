internal import ASEEDSystem
internal import Glibc

/// Reads a log file from its end on, across rotation: the part that is put away is read to its
/// end before the new one.
final class LogFollower {
    let service: String
    private let path: String
    private var descriptor: Int32 = -1
    private var inode: UInt64 = 0
    private var position: Int64 = 0
    private var rest: [UInt8] = []

    /// A longer line is given in pieces, so that memory stays bounded.
    private static let maxLineBytes = 1 << 20

    init(service: String, path: String) {
        self.service = service
        self.path = path
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The last lines now; what comes after them is read by `newLines`.
    func lastLines(_ count: Int) throws(SystemError) -> [String] {
        guard try open() else { return [] }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SystemError("size of \(path)", errno: errno)
        }
        let end = Int64(status.st_size)
        var block: Int64 = 64 << 10
        while true {
            let start = max(0, end - block)
            let bytes = try read(from: start, to: end)
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
            // The first line may be cut.
            let whole = start == 0 ? lines[...] : lines.dropFirst()
            if whole.count >= count || start == 0 || block > 256 << 20 {
                position = end
                if let last = bytes.last, last != UInt8(ascii: "\n"),
                    let cut = bytes.lastIndex(of: UInt8(ascii: "\n"))
                {
                    position = start + Int64(cut) + 1
                }
                return whole.filter { start + Int64($0.startIndex) < position }.suffix(count)
                    .map { String(decoding: $0, as: UTF8.self) }
            }
            block *= 8
        }
    }

    /// The whole lines that came since the last call.
    func newLines() throws(SystemError) -> [String] {
        var lines: [String] = []
        if descriptor < 0 { _ = try open() }
        guard descriptor >= 0 else { return [] }
        try take(&lines)
        var status = stat()
        if stat(path, &status) == 0, UInt64(status.st_ino) != inode {
            // The writer may have added lines until it put the file away.
            try take(&lines)
            finish(&lines)
            close(descriptor)
            descriptor = -1
            if try open() { try take(&lines) }
        }
        return lines
    }

    private func finish(_ lines: inout [String]) {
        if !rest.isEmpty { lines.append(String(decoding: rest, as: UTF8.self)) }
        rest = []
    }

    private func open() throws(SystemError) -> Bool {
        if descriptor >= 0 { return true }
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            if errno == ENOENT { return false }
            throw SystemError("open \(path)", errno: errno)
        }
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            let code = errno
            close(opened)
            throw SystemError("size of \(path)", errno: code)
        }
        descriptor = opened
        inode = UInt64(status.st_ino)
        position = 0
        return true
    }

    private func take(_ lines: inout [String]) throws(SystemError) {
        var block = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let got = pread(descriptor, &block, block.count, off_t(position))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SystemError("read \(path)", errno: errno) }
            if got == 0 { return }
            position += Int64(got)
            rest += block[..<got]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if end > 0 { lines.append(String(decoding: rest[..<end], as: UTF8.self)) }
                rest.removeSubrange(...end)
            }
            if rest.count > Self.maxLineBytes { finish(&lines) }
        }
    }

    private func read(from start: Int64, to end: Int64) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(end - start))
        var done = 0
        while done < bytes.count {
            let wanted = bytes.count - done
            let got = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: done), wanted,
                    off_t(start) + off_t(done))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SystemError("read \(path)", errno: errno) }
            if got == 0 { break }
            done += got
        }
        return Array(bytes.prefix(done))
    }
}

internal import Glibc

/// Reads a child's standard output line by line and copies it to a file.
struct LineReader: Sendable {
    let descriptor: Int32
    let copy: Int32
    let service: String
    let events: Mailbox<ServiceEvent>

    /// A longer line is cut here, so that a child that writes no line feed stays bounded.
    static let maxLineBytes = 1 << 20

    /// Runs until the other end is closed; closes both descriptors.
    func run() {
        defer {
            close(descriptor)
            close(copy)
        }
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            // The copy serves the reader of the folder; when its disk is full the run goes on.
            _ = write(copy, buffer, count)
            rest.append(contentsOf: buffer[..<count])
            deliver(&rest)
        }
        if !rest.isEmpty { tell(rest[...]) }
    }

    private func deliver(_ rest: inout [UInt8]) {
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            tell(rest[start..<end])
            start = end + 1
        }
        rest.removeSubrange(..<start)
        if rest.count > Self.maxLineBytes {
            tell(rest[...])
            rest = []
        }
    }

    private func tell(_ bytes: ArraySlice<UInt8>) {
        events.put(.line(service: service, text: String(decoding: bytes, as: UTF8.self)))
    }
}

/// The end of a text file.
enum TextTail {
    /// Its last lines that are not blank, from its last 16 KiB, each cut to 500 characters.
    static func lastLines(of path: String, count: Int) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let got = pread(descriptor, &buffer, buffer.count, max(0, size - buffer.count))
        guard got > 0 else { return [] }
        let lines = String(decoding: buffer[..<got], as: UTF8.self).split(separator: "\n")
        return lines.filter { !$0.allSatisfy(\.isWhitespace) }.suffix(count).map {
            String($0.prefix(500))
        }
    }
}

internal import Glibc

/// Keys from standard input, one character each: of a terminal that gives them at once, or of a
/// pipe, so that a script can press them too.
struct KeyInput {
    private var isOpen: Bool

    /// - Parameter takesTerminal: whether the terminal was set up to give keys at once. Another one
    ///   is left alone: a process in the background that reads from it would be stopped.
    init(takesTerminal: Bool) {
        isOpen = takesTerminal || isatty(STDIN_FILENO) == 0
    }

    /// The keys that came since the last call; never waits. Cursor and function keys, which come as
    /// escape sequences, are left out.
    mutating func take() -> [Character] {
        var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard isOpen, poll(&polled, 1, 0) > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else {
            isOpen = false
            return []
        }
        return Self.keys(bytes[..<count])
    }

    /// The keys among bytes: without the sequences of cursor and function keys, and white space.
    static func keys(_ bytes: some Sequence<UInt8>) -> [Character] {
        var keys: [Character] = []
        var sequence: [UInt8]?
        for byte in bytes {
            if let begun = sequence {
                // ESC O and one more, ESC [ up to a final byte, or ESC and any other key.
                let isLast = begun.isEmpty ? byte != 0x5b && byte != 0x4f : byte >= 0x40
                sequence = isLast ? nil : begun + [byte]
            } else if byte == 0x1b {
                sequence = []
            } else if byte > 0x20, byte < 0x7f {
                keys.append(Character(UnicodeScalar(byte)))
            }
        }
        return keys
    }
}

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
        guard bytes[0] != 0x1b else { return [] }
        return bytes[..<count].filter { $0 > 0x20 && $0 < 0x7f }
            .map { Character(UnicodeScalar($0)) }
    }
}

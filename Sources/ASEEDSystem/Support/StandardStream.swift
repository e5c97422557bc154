internal import Glibc

/// Standard output and standard error, written without buffering, so that a pipe sees whole lines.
public struct StandardStream: Sendable {
    /// Standard output.
    public static let out = StandardStream(descriptor: STDOUT_FILENO)
    /// Standard error.
    public static let error = StandardStream(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Whether a person's terminal is at the other end.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes the text; a reader that went away is no error here.
    public func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes the bytes; a reader that went away is no error here.
    public func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let written = Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if written > 0 {
                    done += written
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

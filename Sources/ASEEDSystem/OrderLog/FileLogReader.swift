internal import Glibc

/// Reads one partition of a file log with `pread`; the file may appear later than the reader.
final class FileLogReader: PartitionReader {
    private let path: String
    private var file: FileDescriptor?

    init(path: String) { self.path = path }

    func read(
        from position: Int64, upTo end: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(LogError) -> Int {
        guard position >= 0, end >= position else {
            throw .outOfRange(path: path, position: position, start: 0, end: end)
        }
        let wanted = Int(min(Int64(buffer.count), end - position))
        guard wanted > 0 else { return 0 }
        let file = try opened()
        let got = try file.read(
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
        guard got == wanted else {
            // The caller read only up to an end that it had seen: the file shrank since.
            throw .outOfRange(
                path: path, position: position + Int64(wanted), start: 0,
                end: position + Int64(got))
        }
        return got
    }

    private func opened() throws(LogError) -> FileDescriptor {
        if let file { return file }
        let opened = try FileDescriptor(path, O_RDONLY)
        posix_fadvise(opened.raw, 0, 0, POSIX_FADV_SEQUENTIAL)
        file = opened
        return opened
    }
}

internal import Glibc

/// Appends blocks of whole lines to one partition of a file log. Belongs to one thread.
public final class FileLogWriter {
    /// The partition's file.
    public let path: String
    /// Where the next block starts.
    public private(set) var position: Int64
    /// Bytes of a torn tail that were cut when the partition was opened (R2).
    public let tornBytes: Int64

    private let file: FileDescriptor
    private let lock: PartitionLock
    private let fsync: FileLog.Fsync
    private var isUsable = true

    init(path: String, lock: PartitionLock, fsync: FileLog.Fsync) throws(LogError) {
        let file = try FileDescriptor(path, O_RDWR | O_CREAT)
        let size = try file.size()
        let end = try file.endOfLastLine(size: size)
        if end < size { try file.truncate(to: end) }
        self.path = path
        self.lock = lock
        self.fsync = fsync
        self.file = file
        position = end
        tornBytes = size - end
    }

    /// Appends a block and acknowledges it by returning (R7): it is written and, with
    /// `Fsync.always`, on disk; one `fdatasync` serves the whole block.
    ///
    /// - Parameter block: whole lines; the last byte is a line feed.
    /// - Returns: the position of the block's first record.
    /// - Throws: `LogError.notAcknowledged` when not all fitted (R71): the file is cut back to the
    ///   last whole line, and what was kept is acknowledged. `LogError.unknownOutcome` when even
    ///   that failed; the writer then refuses every further block.
    @discardableResult
    public func append(_ block: UnsafeRawBufferPointer) throws(LogError) -> Int64 {
        let start = position
        guard let last = block.last else { return start }
        precondition(last == UInt8(ascii: "\n"), "a block is whole lines")
        guard isUsable else {
            throw .unknownOutcome(path: path, reason: SystemError("append", errno: EIO))
        }
        var done = 0
        while done < block.count {
            let wrote = FileDescriptor.retrying {
                pwrite(
                    file.raw, block.baseAddress?.advanced(by: done), block.count - done,
                    off_t(start) + off_t(done))
            }
            guard wrote > 0 else {
                try cutBack(block, wrote: done, errno: wrote < 0 ? errno : EIO)
            }
            done += wrote
        }
        try synchronize(action: "append")
        position = start + Int64(done)
        return start
    }

    /// Keeps the whole lines among the first bytes of a block and cuts off the rest.
    private func cutBack(
        _ block: UnsafeRawBufferPointer, wrote: Int, errno code: Int32
    ) throws(LogError) -> Never {
        let reason = SystemError("write \(path)", errno: code)
        let kept = block[..<wrote].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        do throws(LogError) {
            try file.truncate(to: position + Int64(kept))
        } catch {
            isUsable = false
            throw .unknownOutcome(path: path, reason: reason)
        }
        if kept > 0 { try synchronize(action: "keep the whole lines of a block in") }
        position += Int64(kept)
        throw .notAcknowledged(path: path, keptBytes: kept, reason: reason)
    }

    /// After a failed sync the system may have dropped the dirty pages: nothing can be tried again.
    private func synchronize(action: String) throws(LogError) {
        guard fsync == .always else { return }
        guard FileDescriptor.retrying({ fdatasync(file.raw) }) == 0 else {
            isUsable = false
            throw .unknownOutcome(
                path: path, reason: SystemError("fdatasync \(path)", errno: errno))
        }
    }
}

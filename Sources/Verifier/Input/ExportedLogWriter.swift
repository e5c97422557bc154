import Glibc

/// Writes one partition of an `ExportedLog`, record by record.
public final class ExportedLogWriter {
    /// Records that one line of positions stands for at most: a single record is found by reading
    /// no more than these.
    private static let spanRecords: Int64 = 1_024
    private static let bufferBytes = 1 << 20

    private let records: OutputFile
    private let offsets: OutputFile
    private var buffer: [UInt8] = []
    private var written: Int64 = 0
    private var span: (position: Int64, records: Int64, lines: Int64, byte: Int64)?
    private let end: Int64
    private var next: Int64

    /// Makes the two files of a partition in a folder that is there.
    ///
    /// - Parameter bounds: the partition's first position, and the one after its last record.
    public init(folder: String, partition: Int, bounds: Range<Int64>) throws(VerifierError) {
        records = try OutputFile("\(folder)/partition-\(partition).jsonl")
        offsets = try OutputFile("\(folder)/partition-\(partition).offsets")
        end = bounds.upperBound
        next = bounds.lowerBound
        try offsets.write(Array("\(bounds.lowerBound) \(bounds.upperBound)\n".utf8))
        buffer.reserveCapacity(Self.bufferBytes + (1 << 16))
    }

    /// Adds a record; positions rise.
    public func append(
        position: Int64, _ bytes: UnsafeRawBufferPointer
    ) throws(VerifierError) {
        guard position >= next, position < end else {
            throw .log(
                path: records.path,
                reason: "a record at position \(position) came where \(next) to \(end) are left")
        }
        next = position + 1
        let lines = Int64(bytes.count { $0 == 0x0a }) + 1
        if let now = span, position == now.position + now.records, lines == now.lines,
            now.records < Self.spanRecords
        {
            span?.records += 1
        } else {
            try endSpan()
            span = (position, 1, lines, written)
        }
        buffer.append(contentsOf: bytes)
        buffer.append(0x0a)
        written += Int64(bytes.count) + 1
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes what is left.
    public func finish() throws(VerifierError) {
        try endSpan()
        try flush()
    }

    private func endSpan() throws(VerifierError) {
        guard let span else { return }
        try offsets.write(
            Array("\(span.position) \(span.records) \(span.lines) \(span.byte)\n".utf8))
        self.span = nil
    }

    private func flush() throws(VerifierError) {
        try records.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// A file that is written from its start.
private final class OutputFile {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(VerifierError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .log(path: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws(VerifierError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .log(path: path, reason: "writing: " + String(cString: strerror(errno)))
            }
            done += count
        }
    }
}

import Glibc

/// What was read from a log whose positions are no byte offsets (Kafka), kept in a folder:
/// `partition-N.jsonl` holds the records, each followed by a line feed, and `partition-N.offsets`
/// says which positions they had.
///
/// The second file starts with a line `start end`, the partition's bounds (R3). Then each line
/// `position records lines byte` stands for records in a row: the position of the first (each next
/// one's is one higher), how many there are, of how many lines each consists (a record may contain
/// line feeds), and where the first one's bytes start in the other file.
public struct ExportedLog: RecordSource {
    /// The folder.
    public let name: String
    /// How many partitions were exported.
    public var partitionCount: Int { partitions.count }
    private let partitions: [Partition]

    private struct Partition: Sendable {
        var bounds: Range<Int64>
        var spans: [Span] = []
    }

    /// Records in a row.
    private struct Span: Sendable {
        var position: Int64
        var records: Int64
        var lines: Int64
        var byte: Int64
        var end: Int64 { position + records }
    }

    /// Whether a folder holds an exported log.
    public static func isThere(_ folder: String) -> Bool {
        access("\(folder)/partition-0.offsets", F_OK) == 0
    }

    /// Opens a folder and reads its positions.
    public init(folder: String) throws(VerifierError) {
        name = folder
        var found: [Partition] = []
        while true {
            let path = "\(folder)/partition-\(found.count).offsets"
            guard access(path, F_OK) == 0 else { break }
            found.append(try Self.readPositions(path))
        }
        guard !found.isEmpty else {
            throw .log(path: folder, reason: "there is no partition-0.offsets in this folder")
        }
        partitions = found
    }

    /// The bounds that the partition had when it was read.
    public func bounds(of partition: Int) throws -> Range<Int64> { partitions[partition].bounds }

    /// Reads the file from the span on that holds the range's start.
    public func forEachRecord(
        in partition: Int, range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws {
        let spans = partitions[partition].spans
        let first = firstSpan(spans, endingAfter: range.lowerBound)
        guard first < spans.count, spans[first].position < range.upperBound else { return }
        let path = "\(name)/partition-\(partition).jsonl"
        var cursor = RecordCursor(
            spans: spans[first...].map { ($0.position, $0.records, $0.lines) })
        let file = try PartitionFile(path: path)
        let span = spans[first]
        let bytes = first + 1 < spans.count ? spans[first + 1].byte - span.byte : 1 << 16
        let isShort = range.upperBound <= span.end
        try file.forEachLine(
            from: span.byte, blockBytes: isShort ? Int(min(1 << 20, bytes + 1)) : 1 << 20
        ) { line in
            try cursor.take(line, range, body)
        }
        guard cursor.isDone(range) else {
            throw VerifierError.log(
                path: path,
                reason: "it ends before the records that partition-\(partition).offsets "
                    + "lists; was it cut or changed?")
        }
    }

    private func firstSpan(_ spans: [Span], endingAfter position: Int64) -> Int {
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].end <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: - The file of positions

    private static func readPositions(_ path: String) throws(VerifierError) -> Partition {
        var rows: [[Int64]] = []
        do {
            try PartitionFile(path: path).forEachLine(from: 0, blockBytes: 1 << 16) { line in
                rows.append(numbers(line.bytes))
                return true
            }
        } catch let error as VerifierError {
            throw error
        } catch {
            throw .log(path: path, reason: "\(error)")
        }
        func wrong(_ line: Int) -> VerifierError {
            .log(path: path, reason: "line \(line + 1) is not what an export has there")
        }
        guard let first = rows.first, first.count == 2, first[0] >= 0, first[0] <= first[1] else {
            throw wrong(0)
        }
        var partition = Partition(bounds: first[0]..<first[1])
        var next = first[0]
        var byte: Int64 = 0
        for (line, row) in rows.enumerated().dropFirst() {
            guard row.count == 4, row[0] >= next, row[1] > 0, row[1] <= first[1] - row[0],
                row[2] > 0, row[3] >= byte
            else { throw wrong(line) }
            partition.spans.append(
                Span(position: row[0], records: row[1], lines: row[2], byte: row[3]))
            next = row[0] + row[1]
            byte = row[3]
        }
        return partition
    }

    /// Numbers between single spaces; none when anything else is there.
    private static func numbers(_ line: UnsafeRawBufferPointer) -> [Int64] {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        let numbers = words.compactMap { word in
            String(validating: word, as: UTF8.self).flatMap { Int64($0) }
        }
        return numbers.count == words.count ? numbers : []
    }
}

/// Makes records of lines: where it is in the spans, and the lines of a record so far.
private struct RecordCursor {
    let spans: [(position: Int64, records: Int64, lines: Int64)]
    private var span = 0
    /// Records of the span before this one, and lines of this one.
    private var record: Int64 = 0
    private var line: Int64 = 0
    private var joined: [UInt8] = []

    init(spans: [(position: Int64, records: Int64, lines: Int64)]) { self.spans = spans }

    private var position: Int64 { spans[span].position + record }

    /// Whether all records of the range have come.
    func isDone(_ range: Range<Int64>) -> Bool {
        span >= spans.count || (line == 0 && position >= range.upperBound)
    }

    /// Takes the next line; false when no more are wanted.
    mutating func take(
        _ next: LogRecord, _ range: Range<Int64>, _ body: (LogRecord) throws -> Void
    ) throws -> Bool {
        guard span < spans.count, position < range.upperBound else { return false }
        line += 1
        guard spans[span].lines > 1 else {
            try give(next.bytes, next.covered, range, body)
            return true
        }
        joined.append(contentsOf: next.covered)
        guard line == spans[span].lines else { return true }
        let record = joined
        joined = []
        try record.withUnsafeBytes { all in
            try give(UnsafeRawBufferPointer(rebasing: all.dropLast()), all, range, body)
        }
        return true
    }

    private mutating func give(
        _ bytes: UnsafeRawBufferPointer, _ covered: UnsafeRawBufferPointer, _ range: Range<Int64>,
        _ body: (LogRecord) throws -> Void
    ) throws {
        let position = position
        line = 0
        record += 1
        if record == spans[span].records {
            record = 0
            span += 1
        }
        guard position >= range.lowerBound else { return }
        try body(
            LogRecord(
                position: position, nextPosition: position + 1, bytes: bytes, covered: covered))
    }
}

internal import Glibc

/// Memory that a reader stages records in: their bytes with a line feed after each, and the position
/// of each. Owns its memory; belongs to one thread.
public final class RecordBlock {
    /// Bytes of a usual block: small enough to stay in the processor's second-level cache.
    public static let usualBytes = 64 << 10
    /// The most records of a block.
    public static let maxRecords = 1_024

    /// Bytes that it takes.
    public let capacity: Int
    /// Bytes in it.
    public private(set) var byteCount = 0
    /// Records in it.
    public private(set) var recordCount = 0
    /// The position to go on at after its records (R3).
    public var end: Int64 = 0

    let bytes: UnsafeMutablePointer<UInt8>
    let positions: UnsafeMutablePointer<Int64>

    /// An empty block.
    public init(capacity: Int = RecordBlock.usualBytes) {
        self.capacity = capacity
        bytes = .allocate(capacity: capacity + OrderScanner.slackBytes)
        bytes.initialize(repeating: 0, count: capacity + OrderScanner.slackBytes)
        positions = .allocate(capacity: Self.maxRecords)
        positions.initialize(repeating: 0, count: Self.maxRecords)
    }

    deinit {
        bytes.deallocate()
        positions.deallocate()
    }

    /// Empties it.
    public func clear() {
        byteCount = 0
        recordCount = 0
    }

    /// Adds a record and a line feed.
    ///
    /// - Returns: false when there is no room.
    @inline(__always)
    func append(_ record: UnsafeRawPointer?, count: Int, position: Int64) -> Bool {
        let next = byteCount + count + 1
        guard next <= capacity, recordCount < Self.maxRecords else { return false }
        if let record { memcpy(bytes + byteCount, record, count) }
        bytes[next - 1] = 0x0a
        positions[recordCount] = position
        byteCount = next
        recordCount += 1
        return true
    }

    /// Puts the zeros behind the records that the scanner may read.
    func seal() { memset(bytes + byteCount, 0, OrderScanner.slackBytes) }
}

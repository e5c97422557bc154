/// Whole lines for each partition, waiting to be appended, and the lengths of the records in the
/// order in which they were made. Owns its memory.
public final class PartitionBlocks {
    /// The partitions are 0 ..< this.
    public let partitions: Int
    /// Bytes that a partition's block takes.
    public let capacity: Int
    /// Records that the blocks take together.
    public let maxRecords: Int
    /// Records in the blocks.
    public internal(set) var records = 0

    let starts: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let cursors: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let lengths: UnsafeMutablePointer<UInt32>
    let latestUs: UnsafeMutablePointer<Int64>
    private let memory: UnsafeMutableRawPointer

    /// Makes empty blocks.
    public init(partitions: Int, capacity: Int, maxRecords: Int = 1 << 15) {
        precondition(partitions > 0 && capacity > 0 && maxRecords > 0, "blocks need room")
        self.partitions = partitions
        self.capacity = capacity
        self.maxRecords = maxRecords
        memory = .allocate(byteCount: partitions * capacity, alignment: 4_096)
        starts = .allocate(capacity: partitions)
        cursors = .allocate(capacity: partitions)
        lengths = .allocate(capacity: maxRecords)
        latestUs = .allocate(capacity: partitions)
        lengths.initialize(repeating: 0, count: maxRecords)
        latestUs.initialize(repeating: Int64.min, count: partitions)
        for partition in 0..<partitions {
            (starts + partition).initialize(to: memory + partition * capacity)
            (cursors + partition).initialize(to: memory + partition * capacity)
        }
    }

    deinit {
        memory.deallocate()
        starts.deallocate()
        cursors.deallocate()
        lengths.deallocate()
        latestUs.deallocate()
    }

    /// The lines waiting for a partition; valid until the next change.
    public func bytes(of partition: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: starts[partition], count: cursors[partition] - starts[partition])
    }

    /// Bytes that a partition's block still takes.
    public func room(in partition: Int) -> Int {
        capacity - (cursors[partition] - starts[partition])
    }

    /// The lengths of the records, without their line feeds, in the order they were made.
    public var recordLengths: UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: lengths, count: records)
    }

    /// The greatest event time put into a partition so far (`Int64.min` before the first).
    public func latestEventTimeUs(of partition: Int) -> Int64 { latestUs[partition] }

    /// Notes that a valid record of that event time went into a partition.
    public func note(eventTimeUs: Int64, in partition: Int) {
        latestUs[partition] = max(latestUs[partition], eventTimeUs)
    }

    /// Adds one record and its line feed. The caller has made sure of the room.
    public func append(_ record: some Collection<UInt8>, to partition: Int) {
        precondition(record.count < room(in: partition) && records < maxRecords, "block is full")
        let target = UnsafeMutableRawBufferPointer(start: cursors[partition], count: record.count)
        target.copyBytes(from: record)
        let end = cursors[partition] + record.count
        end.storeBytes(of: UInt8(ascii: "\n"), as: UInt8.self)
        cursors[partition] = end + 1
        lengths[records] = UInt32(record.count)
        records += 1
    }

    /// Empties the blocks; the latest event times stay.
    public func clear() {
        for partition in 0..<partitions { cursors[partition] = starts[partition] }
        records = 0
    }
}

/// Appends blocks of whole lines to the partitions of a log. Belongs to one thread.
public protocol OrderLogWriter: AnyObject {
    /// What the positions of receipts count.
    var unit: PositionUnit { get }
    /// The partitions are 0 ..< this.
    var partitions: Int { get }
    /// Where a partition's next block starts; nil where only receipts tell.
    func nextPosition(of partition: Int) -> Int64?
    /// Whether it takes no further block before receipts were taken.
    var isFull: Bool { get }

    /// Hands over a block.
    ///
    /// - Parameters:
    ///   - block: whole lines; the last byte is a line feed. It may be changed after the call.
    ///   - ticket: receipts carry it, where they come later.
    /// - Returns: whether the block is acknowledged already (R7); else receipts tell later.
    /// - Throws: `LogError.notAcknowledged` when not all of it was taken and the rest may be tried
    ///   again; any other error when the writer takes no more.
    func append(
        _ block: UnsafeRawBufferPointer, to partition: Int, ticket: Int64
    ) throws(LogError) -> Bool

    /// What the log has answered since the last call; waits for the first answer.
    func takeReceipts(untilNs: Int64) -> [AppendReceipt]
    /// Why the log takes no more; nil as long as it does.
    var failure: LogError? { get }
    /// Gives up what is not answered: receipts say of each record whether it may be in the log.
    func abandon()
}

/// What became of records of a block that follow each other.
public struct AppendReceipt: Equatable, Sendable {
    /// The block's ticket.
    public var ticket: Int64
    /// The block's partition.
    public var partition: Int
    /// The first record's place in the block, from 0.
    public var first: Int
    /// How many records.
    public var count: Int
    /// What became of them.
    public var outcome: AppendOutcome
    /// The first record's position when they are acknowledged; those of the others follow.
    public var position: Int64
    /// When the log answered, monotonic.
    public var answeredNs: Int64

    /// Makes a receipt.
    public init(
        ticket: Int64, partition: Int, first: Int, count: Int, outcome: AppendOutcome,
        position: Int64, answeredNs: Int64
    ) {
        self.ticket = ticket
        self.partition = partition
        self.first = first
        self.count = count
        self.outcome = outcome
        self.position = position
        self.answeredNs = answeredNs
    }
}

/// What became of a record's append.
public enum AppendOutcome: UInt8, CaseIterable, Sendable {
    /// It is in the log (R7).
    case acknowledged
    /// It is not in the log.
    case failed
    /// It is in the log once or not at all (R7).
    case unknown
}

/// Which records the log holds: position and a hash of the order id, 16 bytes a record.
final class ProducerLedger {
    /// One record of the log.
    struct Entry {
        var position: Int64
        /// A hash of the order id; 0 when the record has none that can be read.
        var idHash: UInt64
    }

    /// The records of each partition in log order.
    private(set) var partitions: [[Entry]] = []

    func startPartition() { partitions.append([]) }

    func noteRecord(position: Int64, orderID: UnsafeRawBufferPointer?) {
        let hash = orderID.map(Self.hash) ?? 0
        partitions[partitions.count - 1].append(Entry(position: position, idHash: hash))
    }

    /// Never 0.
    static func hash(_ orderID: UnsafeRawBufferPointer) -> UInt64 { max(1, hashOf(orderID)) }
}

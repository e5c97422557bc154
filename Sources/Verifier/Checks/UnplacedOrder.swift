/// An order that was acknowledged without a position.
///
/// A broker that has a batch already says so without telling where.
struct UnplacedOrder {
    /// What is known of a record: its partition, and its order id.
    struct Place: Hashable {
        var partition: Int
        /// As in `ProducerLedger.Entry`.
        var idHash: UInt64
    }

    let id: String
    let partition: Int
    let isDeclaredDuplicate: Bool
    let isDeclaredInvalid: Bool
    /// The records that may be this order's, the likeliest first.
    let places: [Place]

    init(_ entry: HistoryEntry) {
        id = String(decoding: entry.orderID, as: UTF8.self)
        partition = entry.partition
        isDeclaredDuplicate = entry.isDeclaredDuplicate
        isDeclaredInvalid = entry.isDeclaredInvalid
        var hashes = [ProducerLedger.hash(entry.orderID)]
        // One that was made to be rejected may have no id that can be read.
        if entry.isDeclaredInvalid { hashes.append(0) }
        places = hashes.map { [partition] in Place(partition: partition, idHash: $0) }
    }
}

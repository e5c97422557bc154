/// C8: the load generator's history against the log.
final class ProducerCheck {
    /// What the check counted.
    struct Counts {
        var acknowledged: Int64 = 0
        var lost: Int64 = 0
        var doubled: Int64 = 0
        var declaredDuplicates: Int64 = 0
    }

    private enum Mark {
        static let known: UInt8 = 1
        static let declaredDuplicate: UInt8 = 2
    }

    private let ledger: ProducerLedger
    private let reference: Reference
    private let faults: FaultList
    /// What the history says of each record of the log.
    private var marks: [[UInt8]]
    /// Where the next acknowledged position is likely to be found.
    private var cursors: [Int]
    /// Order ids whose append failed or whose outcome is unknown, and how often each.
    private var failed: Set<UInt64> = []
    private var unknown: [UInt64: Int] = [:]
    /// Acknowledged orders whose position the log did not tell.
    private var unplaced: [UnplacedOrder] = []
    private(set) var counts = Counts()

    init(ledger: ProducerLedger, reference: Reference, faults: FaultList) {
        self.ledger = ledger
        self.reference = reference
        self.faults = faults
        marks = ledger.partitions.map { Array(repeating: 0, count: $0.count) }
        cursors = ledger.partitions.map { _ in 0 }
    }

    /// Holds each entry of the history against the log, then each record of the log against it.
    func check(_ history: any HistorySource) throws {
        try history.forEachEntry { entry in
            switch entry.outcome {
            case .acknowledged: try noteAcknowledged(entry)
            case .failed: failed.insert(ProducerLedger.hash(entry.orderID))
            case .unknown: unknown[ProducerLedger.hash(entry.orderID), default: 0] += 1
            }
        }
        placeByID()
        try checkUnknownRecords()
        try checkRepeatedIDs()
    }

    private func noteAcknowledged(_ entry: HistoryEntry) throws {
        counts.acknowledged += 1
        guard entry.position >= 0 else {
            unplaced.append(UnplacedOrder(entry))
            return
        }
        let id = String(decoding: entry.orderID, as: UTF8.self)
        guard let index = index(of: entry.position, in: entry.partition) else {
            counts.lost += 1
            add(
                .producerLost, "order \(id)", "record",
                "partition \(entry.partition), position \(entry.position)", "no record there",
                "the order was acknowledged, and the log does not hold it where it was")
            return
        }
        let record = ledger.partitions[entry.partition][index]
        let isOther =
            !entry.isDeclaredInvalid && record.idHash != ProducerLedger.hash(entry.orderID)
        if isOther || marks[entry.partition][index] & Mark.known != 0 {
            counts.lost += 1
            let found = try orderID(entry.partition, entry.position)
            add(
                .producerLost, "order \(id)", "order_id", id, found,
                isOther
                    ? "another order lies where this one was acknowledged"
                    : "two orders were acknowledged at the same position")
            return
        }
        marks[entry.partition][index] |= Mark.known
        if entry.isDeclaredDuplicate { marks[entry.partition][index] |= Mark.declaredDuplicate }
    }

    /// The record at a position: mostly the one after the record asked for before.
    private func index(of position: Int64, in partition: Int) -> Int? {
        guard partition >= 0, partition < ledger.partitions.count else { return nil }
        let records = ledger.partitions[partition]
        let cursor = cursors[partition]
        if cursor < records.count, records[cursor].position == position {
            cursors[partition] = cursor + 1
            return cursor
        }
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].position < position { low = middle + 1 } else { high = middle }
        }
        guard low < records.count, records[low].position == position else { return nil }
        cursors[partition] = low + 1
        return low
    }

    /// Finds the orders without a position by their ids, among the records that no other entry names.
    private func placeByID() {
        guard !unplaced.isEmpty else { return }
        var free: [UnplacedOrder.Place: [Int]] = [:]
        for (partition, records) in ledger.partitions.enumerated() {
            // From the end, so that the first record is taken first.
            for index in records.indices.reversed() where marks[partition][index] & Mark.known == 0
            {
                let place = UnplacedOrder.Place(
                    partition: partition, idHash: records[index].idHash)
                free[place, default: []].append(index)
            }
        }
        var broken: [UnplacedOrder] = []
        for order in unplaced {
            var found: Int?
            for place in order.places where found == nil { found = free[place]?.popLast() }
            if let index = found {
                mark(order, index)
            } else if order.isDeclaredInvalid {
                broken.append(order)
            } else {
                addLost(order)
            }
        }
        placeBroken(broken)
    }

    /// Gives each record that was made to be rejected one that no entry knows: its id may be any.
    private func placeBroken(_ orders: [UnplacedOrder]) {
        guard !orders.isEmpty else { return }
        var free = ledger.partitions.enumerated().map { partition, records in
            records.indices.reversed().filter { index in
                let hash = records[index].idHash
                return marks[partition][index] & Mark.known == 0 && unknown[hash] == nil
                    && !failed.contains(hash)
            }
        }
        for order in orders {
            if free.indices.contains(order.partition), let index = free[order.partition].popLast() {
                mark(order, index)
            } else {
                addLost(order)
            }
        }
    }

    private func mark(_ order: UnplacedOrder, _ index: Int) {
        marks[order.partition][index] |= Mark.known
        if order.isDeclaredDuplicate { marks[order.partition][index] |= Mark.declaredDuplicate }
    }

    private func addLost(_ order: UnplacedOrder) {
        counts.lost += 1
        add(
            .producerLost, "order \(order.id)", "record",
            "partition \(order.partition), position not told", "no record of that id",
            "the order was acknowledged, and its partition does not hold it")
    }

    /// Records that no acknowledged entry names: an append with an unknown outcome may be there once.
    private func checkUnknownRecords() throws {
        for (partition, marks) in marks.enumerated() {
            for (index, mark) in marks.enumerated() where mark & Mark.known == 0 {
                let record = ledger.partitions[partition][index]
                if let left = unknown[record.idHash], left > 0 {
                    unknown[record.idHash] = left - 1
                    continue
                }
                let hasFailed = failed.contains(record.idHash)
                let id = try orderID(partition, record.position)
                add(
                    .producerUnknown, "partition \(partition), position \(record.position)",
                    "record", hasFailed ? "not in the log: reported failed" : "no record here",
                    "order \(id)",
                    hasFailed
                        ? "the order was reported failed, and the log holds it"
                        : "the log holds a record that the load generator does not know")
            }
        }
    }

    /// Order ids that occur twice (R6), unless the load generator says that it meant to.
    private func checkRepeatedIDs() throws {
        var places: [(hash: UInt64, partition: Int32, index: Int32)] = []
        places.reserveCapacity(ledger.partitions.reduce(0) { $0 + $1.count })
        for (partition, records) in ledger.partitions.enumerated() {
            for (index, record) in records.enumerated() where record.idHash != 0 {
                places.append((record.idHash, Int32(partition), Int32(index)))
            }
        }
        places.sort { $0.hash < $1.hash }
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, places[end].hash == places[start].hash { end += 1 }
            let declared = places[start..<end].filter {
                marks[Int($0.partition)][Int($0.index)] & Mark.declaredDuplicate != 0
            }.count
            if end - start <= 1 + declared {
                counts.declaredDuplicates += Int64(min(declared, end - start - 1))
            } else {
                try checkRepeated(places[start..<end].map { (Int($0.partition), Int($0.index)) })
            }
            start = end
        }
    }

    /// Records whose ids have the same hash: they are read again and compared byte for byte.
    private func checkRepeated(_ places: [(partition: Int, index: Int)]) throws {
        var byID: [[UInt8]: [(partition: Int, index: Int)]] = [:]
        for place in places {
            let position = ledger.partitions[place.partition][place.index].position
            byID[try reference.orderID(partition: place.partition, position: position), default: []]
                .append(place)
        }
        for (id, places) in byID where places.count > 1 {
            let declared = places.filter {
                marks[$0.partition][$0.index] & Mark.declaredDuplicate != 0
            }.count
            counts.declaredDuplicates += Int64(min(declared, places.count - 1))
            let excess = places.count - 1 - declared
            guard excess > 0 else { continue }
            counts.doubled += Int64(excess)
            let positions = places.map {
                "partition \($0.partition), position "
                    + "\(ledger.partitions[$0.partition][$0.index].position)"
            }
            add(
                .producerDuplicate, "order \(String(decoding: id, as: UTF8.self))", "records",
                "\(1 + declared)", "\(places.count)",
                "the order is in the log more often than it was sent: "
                    + positions.sorted().prefix(5).joined(separator: "; "))
        }
    }

    /// The id of the record at a position, for the story; it is read only when the story is kept.
    private func orderID(_ partition: Int, _ position: Int64) throws -> String {
        guard faults.hasRoom(for: .producer) else { return "" }
        return String(
            decoding: try reference.orderID(partition: partition, position: position),
            as: UTF8.self)
    }

    private func add(
        _ faultClass: FaultClass, _ key: String, _ field: String, _ expected: String,
        _ got: String, _ story: String
    ) {
        faults.add(
            Difference(
                .producer, faultClass, in: "producer", key: key, field: field, expected: expected,
                got: got, story: story))
    }
}

import Verifier

/// An order as its maker meant it.
struct TrueOrder: Equatable {
    var orderID: String
    var productID: String
    var productName: String
    /// As it is sent, and as it must be grouped.
    var rawCategory: String
    var category: String
    var price4: Int64
    var quantity: Int64
    var eventTime: Int64
}

/// A record whose right verdict is known without a parser.
struct TrueRecord {
    var line: [UInt8]
    var position: Int64 = 0
    var partition = 0
    /// Nil when the record must be rejected.
    var order: TrueOrder?
    var reason = ""
    var isDuplicate = false

    var next: Int64 { position + Int64(line.count) + 1 }
}

/// Makes logs of valid and invalid records from a seed.
struct RandomLog {
    var partitions: [[TrueRecord]]

    static let epochStart: Int64 = 1_705_320_000_000_000
    static let futureBound: Int64 = epochStart + 40_000_000_000

    private static let categories: [(raw: String, clean: String)] = [
        ("Electronics", "Electronics"), ("electronics", "Electronics"),
        ("  ELECTRONICS ", "Electronics"), ("home   &  garden", "Home & Garden"),
        ("Home & Garden", "Home & Garden"), ("caf\u{e9}", "Caf\u{e9}"),
        ("cafe\u{301}", "Cafe\u{301}"), ("3d-DRUCK", "3d-druck"),
    ]

    /// - Parameter spanMs: how far event time gets in all.
    init(
        seed: UInt64, partitions count: Int, records: Int, spanMs: Int64 = 3_600_000,
        invalidPercent: Int = 5, hugePercent: Int = 3
    ) {
        var random = SeededRandom(seed: seed)
        partitions = Array(repeating: [], count: count)
        var positions = Array(repeating: Int64(0), count: count)
        for number in 0..<records {
            let partition = random.int(0...count - 1)
            var record: TrueRecord
            let id = "ORD-\(seed)-\(number)"
            if random.chance(invalidPercent) {
                record = InvalidRecords.make(&random, id: id)
            } else {
                let order = Self.order(
                    &random, id: id, number: number, of: records, spanMs, hugePercent)
                record = TrueRecord(line: OrderText.line(order, &random), order: order)
            }
            record.partition = partition
            record.position = positions[partition]
            positions[partition] = record.next
            partitions[partition].append(record)
        }
    }

    private static func order(
        _ random: inout SeededRandom, id: String, number: Int, of records: Int, _ spanMs: Int64,
        _ hugePercent: Int
    ) -> TrueOrder {
        let product = random.int(0...12)
        let category = categories[(product + (random.chance(5) ? 1 : 0)) % categories.count]
        let isHuge = random.chance(hugePercent)
        var time = epochStart + spanMs * 1_000 * Int64(number) / Int64(max(1, records))
        time += Int64(random.int(0...999_999))
        switch random.int(1...100) {
        case 1...10: time -= Int64(random.int(0...30_000_000))
        case 11...16: time -= Int64(random.int(0...1_200_000_000))
        case 17...26:
            // Just at, before and after the end of a window.
            time = time / 60_000_000 * 60_000_000 + Int64(random.int(-1...1))
        default: break
        }
        return TrueOrder(
            orderID: id, productID: "PROD-\(product)", productName: "Thing \"\(product)\" ü",
            rawCategory: category.raw, category: category.clean,
            price4: isHuge ? 999_999_999_999 : Int64(random.int(1...3_000_000)),
            quantity: isHuge ? 1_000_000 : Int64(random.int(1...9)), eventTime: max(0, time))
    }

    var log: MemoryLog { MemoryLog(partitions.map { $0.map(\.line) }) }

    var history: MemoryHistory {
        MemoryHistory(
            entries: partitions.joined().map { record in
                MemoryHistory.Entry(
                    orderID: Array((record.order?.orderID ?? "").utf8),
                    partition: record.partition, position: record.position,
                    isDuplicate: record.isDuplicate, isInvalid: record.order == nil)
            })
    }
}

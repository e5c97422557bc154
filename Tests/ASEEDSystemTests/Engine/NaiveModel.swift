@testable import ASEEDSystem

/// The engine's answer by plain loops over the whole log: what R30–R41 say, and nothing clever.
struct NaiveModel: Equatable {
    struct WindowRow: Hashable {
        var startUs: Int64
        var endUs: Int64
        var category: [UInt8]
    }

    struct Settings {
        var windows: [WindowSpec]
        var policy: LatenessPolicy
        var delayUs: Int64
        var futureBoundUs: Int64
    }

    /// A batch's range of one partition, and its late floor.
    struct BatchRange {
        var batchID: Int64
        var partition: Int
        var start: Int64
        var end: Int64
    }

    var groups: [ProductKey: ExactSums] = [:]
    var windows: [WindowRow: ExactSums] = [:]
    var rejects: [String: Int64] = [:]
    var records: Int64 = 0
    var latePairs: Int64 = 0
    var lateRecords: Int64 = 0
    var latest: [LatestOrder] = []

    /// Reads each partition's lines once, batch by batch.
    init(_ partitions: [[UInt8]], ranges: [BatchRange], settings: Settings) {
        let validator = RecordValidator()
        var highs = [Int64](repeating: .min, count: partitions.count)
        // `batch`: W(n−1) and W(n); `record`: F(n−1).
        var floor: Int64 = settings.policy == .batch ? 0 : .min
        var next: Int64 = 0
        let batches = Dictionary(grouping: ranges, by: \.batchID).sorted { $0.key < $1.key }
        for (_, parts) in batches {
            for range in parts {
                let bytes = partitions[range.partition]
                forEachLine(bytes, range) { position, record in
                    add(
                        record, partition: range.partition, position: position,
                        high: &highs[range.partition], floor: floor, settings, validator)
                }
            }
            switch settings.policy {
            case .record:
                let lowest = highs.min() ?? .min
                if lowest != .min { floor = max(floor, lowest - settings.delayUs) }
            case .batch:
                let latest = highs.max() ?? .min
                floor = next
                if latest != .min {
                    next = max(next, latest / 1000 * 1000 - settings.delayUs)
                }
            }
        }
        latest = Array(latest.sorted { $0.isNewer(than: $1) }.prefix(LatestOrder.kept))
    }

    private func forEachLine(
        _ bytes: [UInt8], _ range: BatchRange, _ body: (Int64, [UInt8]) -> Void
    ) {
        var start = Int(range.start)
        while start < Int(range.end) {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
            body(Int64(start), Array(bytes[start..<end]))
            start = end + 1
        }
    }

    private mutating func add(
        _ record: [UInt8], partition: Int, position: Int64, high: inout Int64, floor: Int64,
        _ settings: Settings, _ validator: RecordValidator
    ) {
        records += 1
        let judged = JudgedRecord(
            record, futureBoundUs: settings.futureBoundUs, validator: validator)
        guard let values = judged.values else {
            if let reason = judged.reason { rejects[reason.name, default: 0] += 1 }
            return
        }
        high = max(high, values.eventTime)
        let sums = ExactSums(
            count: 1, quantity: values.quantity,
            revenue: Int128(values.price) * Int128(values.quantity), price: Int128(values.price))
        let key = ProductKey(
            id: judged.productID, name: judged.productName, category: judged.category)
        groups[key, default: ExactSums()].add(sums)
        var contributed = false
        for spec in settings.windows {
            var start = spec.lastStart(at: values.eventTime)
            while start + spec.sizeUs > values.eventTime {
                let end = start + spec.sizeUs
                let isLate =
                    end <= floor || (settings.policy == .record && end <= high - settings.delayUs)
                if isLate {
                    latePairs += 1
                } else {
                    contributed = true
                    let row = WindowRow(startUs: start, endUs: end, category: judged.category)
                    windows[row, default: ExactSums()].add(sums)
                }
                start -= spec.slideUs
            }
        }
        if !contributed { lateRecords += 1 }
        latest.append(
            LatestOrder(
                orderID: judged.orderID, productID: judged.productID,
                productName: judged.productName, category: judged.category, price: values.price,
                quantity: values.quantity, eventTimeUs: values.eventTime, partition: partition,
                position: position))
    }
}

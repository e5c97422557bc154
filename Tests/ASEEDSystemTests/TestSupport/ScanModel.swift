@testable import ASEEDSystem

/// The sums of some records of one partition: by the validator and dictionaries, or by the scanner.
struct ScanModel: Equatable {
    struct PaneKey: Hashable {
        var paneStart: Int64
        var category: [UInt8]
    }

    var groups: [ProductKey: ExactSums] = [:]
    var panes: [PaneKey: ExactSums] = [:]
    var rejects: [RejectReason: Int] = [:]
    var bands: [Int64] = [0, 0, 0]
    var bandRevenue: [Int128] = [0, 0, 0]
    var latest = Int64.min

    private static let grid = PaneGrid(windows: [.minute])

    /// Judges each record by itself.
    init(_ records: [[UInt8]], futureBoundUs: Int64, validator: RecordValidator) {
        for record in records {
            let judged = JudgedRecord(record, futureBoundUs: futureBoundUs, validator: validator)
            guard let values = judged.values else {
                if let reason = judged.reason { rejects[reason, default: 0] += 1 }
                continue
            }
            let revenue = Int128(values.price) * Int128(values.quantity)
            let sums = ExactSums(
                count: 1, quantity: values.quantity, revenue: revenue, price: Int128(values.price))
            let key = ProductKey(
                id: judged.productID, name: judged.productName, category: judged.category)
            groups[key, default: ExactSums()].add(sums)
            let pane = PaneKey(
                paneStart: Self.grid.start(of: values.eventTime), category: judged.category)
            panes[pane, default: ExactSums()].add(sums)
            let band = PriceBand(price: values.price).rawValue
            bands[band] += 1
            bandRevenue[band] += revenue
            latest = max(latest, values.eventTime)
        }
    }

    /// Scans the records as one block.
    init(
        scanning records: [[UInt8]], futureBoundUs: Int64,
        scanner: OrderScanner = OrderScanner(grid: ScanModel.grid)
    ) throws {
        var bytes: [UInt8] = []
        for record in records { bytes += record + [0x0a] }
        let count = bytes.count
        bytes += [UInt8](repeating: 0, count: OrderScanner.slackBytes)
        var context = BatchContext()
        context.futureBoundUs = futureBoundUs
        scanner.begin(context)
        var scan = PartitionScan(partition: 0, highUs: .min)
        let result = bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map {
                scanner.scan($0, count: count, positions: .init(), maxRecords: .max, into: &scan)
            }
        }
        guard result?.consumed == count, result?.records == records.count else {
            throw RecordCorpus.Unreadable(what: "the scanner stopped early")
        }
        var state = EngineState(watermark: Watermark(policy: .record, delayUs: 0))
        var ids = WorkerIDs()
        var changes = BatchChanges(windowSpecs: [.minute])
        state.merge(scanner, ids: &ids, changes: &changes)
        for group in state.groups { groups[group.key] = group.sums }
        scanner.forEachPane { paneStart, category, sums in
            let name = state.categories[Int(ids.categories[Int(category)])].name
            panes[PaneKey(paneStart: paneStart, category: name)] = sums
        }
        for reason in RejectReason.allCases {
            let count = Int(scanner.rejects[Int(reason.rawValue)])
            if count > 0 { rejects[reason] = count }
        }
        bands = state.profile.bands.map(\.count)
        bandRevenue = state.profile.bands.map(\.revenue)
        latest = scan.highUs
    }

}

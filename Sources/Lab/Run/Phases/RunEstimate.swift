internal import ASEEDSystem

/// What a run will need, before it starts.
struct RunEstimate: Equatable, Sendable {
    /// Orders that the load schedules; duplicates of the data mix come on top.
    var orders: Int64
    /// Bytes of the order log, and of everything together at its largest.
    var logBytes: Int64
    var diskBytes: Int64
    var memoryBytes: Int64
    /// Time of the whole run.
    var durationMs: Int64

    // An order of the default catalogue has about 190 bytes; customers and segments add some. The
    // history has up to 16 bytes an order, the verifier's typed rows about 120 while it works.
    private static let orderBytes: Int64 = 200
    private static let historyBytes: Int64 = 16
    private static let referenceBytes: Int64 = 120
    private static let fixedDiskBytes: Int64 = 64 << 20
    private static let fixedMemoryBytes: Int64 = 256 << 20
    // Rates that a small machine reaches with room to spare.
    private static let generatedPerSecond: Int64 = 1_500_000
    private static let drainedPerSecond: Int64 = 2_000_000
    private static let verifiedPerSecond: Int64 = 200_000

    /// Estimates a scenario.
    init(_ scenario: Scenario) {
        orders = scenario.load.orders
        let duplicated = Double(orders) * (1 + (scenario.data.duplicates?.fraction ?? 0))
        let records = Int64(duplicated.rounded(.up))
        let extra: Int64 =
            (scenario.load.customers > 0 ? 30 : 0) + (scenario.load.segments ? 30 : 0)
        logBytes = records * (Self.orderBytes + extra)
        diskBytes =
            logBytes + records * (Self.historyBytes + Self.referenceBytes) + Self.fixedDiskBytes
        memoryBytes = Self.fixedMemoryBytes
        let backlog = scenario.load.stages.filter { $0.durationMs == 0 }
            .reduce(0) { $0 + $1.orders }
        durationMs =
            2_000 + scenario.load.durationMs + backlog * 1_000 / Self.generatedPerSecond
            + backlog * 1_000 / Self.drainedPerSecond + records * 1_000 / Self.verifiedPerSecond
        addBroker(scenario.log)
    }

    /// What a broker that the lab starts holds beside the log that is verified.
    private mutating func addBroker(_ log: LogSettings) {
        guard log.kind == .kafka, log.broker == .managed else { return }
        switch log.managed {
        case .tansu: memoryBytes += 2 * logBytes
        case .tansuS3, .apache: diskBytes += 2 * logBytes
        case .noida:
            memoryBytes += 2 * logBytes
            diskBytes += 2 * logBytes
        }
    }

    /// `5,000,000 orders, 1.00 GB of log, up to 1.8 GB of disk, 268 MB of memory, about 40 s`
    var text: String {
        "\(Figures.grouped(orders)) orders, \(Figures.bytes(logBytes)) of log, "
            + "up to \(Figures.bytes(diskBytes)) of disk, \(Figures.bytes(memoryBytes)) of memory, "
            + "about \(Figures.duration(ms: durationMs))"
    }

    /// Refuses a run for which the disk has no room.
    func check(folder: String) throws {
        let free = try FileTree.freeBytes(at: folder)
        guard free >= diskBytes else {
            throw RunStop.environment(
                "the run needs about \(Figures.bytes(diskBytes)) of disk, but \(folder) has only "
                    + "\(Figures.bytes(free)) free; make room, use --out on another disk, "
                    + "or a smaller --scale")
        }
    }
}

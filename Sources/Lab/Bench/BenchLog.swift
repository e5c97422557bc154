internal import ASEEDSystem
internal import Glibc
internal import LoadGen

/// Which orders a log holds, and how they are written.
struct BenchLogSpec: Hashable, Sendable {
    var orders: Int64
    var shape = OrderShape.plain
    var partitions = 4
    var products = 1_000
    /// Whether all products are bought equally often.
    var isUniform = false
    /// Of all records; for all reasons but `record_too_large`, whose size alone would decide.
    var invalidFraction = 0.0

    /// The name of its folder.
    var name: String {
        "log-\(orders)-\(shape.rawValue)-\(partitions)-\(products)\(isUniform ? "-uniform" : "")"
            + (invalidFraction > 0 ? "-invalid\(invalidFraction)" : "")
    }

    /// The load that makes it (shape left out): a backlog of 1,000 orders a second of event time.
    func plan(seed: Int64) -> LoadPlan {
        let backlog = LoadPlan.Stage(
            name: "bench", executor: .backlog(orders: orders, eventRate: 1_000))
        var plan = LoadPlan(seed: seed, stages: [backlog])
        plan.partitions = partitions
        plan.products = products
        plan.categories = min(10, products)
        if isUniform { plan.popularity = .uniform }
        plan.mix.invalid.fraction = invalidFraction
        return plan
    }

    /// Writes the plan into a file for `lab loadgen`, and gives its path.
    func writePlan(_ stage: BenchStage) throws -> String {
        var json = JSONWriter()
        plan(seed: stage.seed).write(to: &json)
        let path = stage.folder.path("\(stage.freshName("plan")).json")
        try TextFile.replace(path, with: json)
        return path
    }

    /// No order of any log is later: the future bound of engine and verifier (R46).
    static let eventTimeMax = "2026-01-01T00:00:00Z"
}

/// Makes the logs of benchmarks, each once.
final class BenchLogs {
    private let folder: BenchFolder
    private let seed: Int64
    private var made: Set<BenchLogSpec> = []

    init(folder: BenchFolder, seed: Int64) {
        self.folder = folder
        self.seed = seed
    }

    /// The folder of a log; it is made when it is not there.
    func path(_ spec: BenchLogSpec) throws -> String {
        let path = folder.path(spec.name)
        guard !made.contains(spec) else { return path }
        let needed = spec.orders * 300
        let free = try FileTree.freeBytes(at: folder.path)
        guard free > needed else {
            throw CommandFailure(
                .unavailable,
                "lab bench: \(folder.path) has \(Figures.bytes(free)) free, a log of "
                    + "\(spec.orders) orders needs \(Figures.bytes(needed)); lower --orders or "
                    + "name another disk with --folder DIR")
        }
        if spec.shape == .plain {
            try generate(spec, at: path)
        } else {
            var plain = spec
            plain.shape = .plain
            try rewrite(from: self.path(plain), to: path, spec)
        }
        made.insert(spec)
        return path
    }

    /// Removes the logs that no later benchmark is likely to need: all but plain ones.
    func removeShaped() throws {
        for spec in made where spec.shape != .plain || spec.invalidFraction > 0 || spec.isUniform {
            try folder.remove(spec.name)
            made.remove(spec)
        }
    }

    private func generate(_ spec: BenchLogSpec, at path: String) throws {
        let plan = spec.plan(seed: seed)
        let runner = try LoadRunner(
            plan: plan, log: try FileLog.create(at: path, partitions: plan.partitions),
            history: nil, clock: EndlessClock())
        try runner.run(stage: 0) { _, _, _ in }
    }

    private func rewrite(from source: String, to path: String, _ spec: BenchLogSpec) throws {
        let old = try FileLog(opening: source)
        let new = try FileLog.create(at: path, partitions: spec.partitions)
        var shape = ShapeWriter(spec.shape, seed: UInt64(bitPattern: seed))
        for partition in 0..<spec.partitions {
            let writer = try new.writer(of: partition, fsync: .never)
            var out: [UInt8] = []
            try LogLines.forEach(of: old, partition: partition) { line in
                guard shape.append(line, to: &out) else {
                    throw CommandFailure(
                        .internalBug,
                        "lab bench: a line of \(source) has not the simulator's form: "
                            + String(decoding: line.prefix(300), as: UTF8.self))
                }
                out.append(UInt8(ascii: "\n"))
                guard out.count > 1 << 20 else { return }
                try Self.write(&out, to: writer)
            }
            try Self.write(&out, to: writer)
        }
    }

    private static func write(_ out: inout [UInt8], to writer: FileLogWriter) throws {
        _ = try out.withUnsafeBytes { try writer.append($0) }
        out.removeAll(keepingCapacity: true)
    }

    /// Time that nobody stops.
    private final class EndlessClock: LoadClock {
        func nowNs() -> Int64 { SystemClock.monotonicNs() }
        func wait(untilNs: Int64) {
            // A backlog waits only when the disk is full: it then tries again until it gives up.
            let leftNs = untilNs - nowNs()
            guard leftNs > 0 else { return }
            var pause = timespec(
                tv_sec: Int(leftNs / 1_000_000_000), tv_nsec: Int(leftNs % 1_000_000_000))
            nanosleep(&pause, nil)
        }
        var isStopped: Bool { false }
    }
}

/// The lines of a log, read in blocks.
enum LogLines {
    /// Calls `body` with each line of a partition, without its line feed.
    static func forEach(
        of log: FileLog, partition: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try forEachBlock(of: log, partition: partition) { block in
            var start = 0
            while start < block.count,
                let end = block[start...].firstIndex(of: UInt8(ascii: "\n"))
            {
                try body(UnsafeRawBufferPointer(rebasing: block[start..<end]))
                start = end + 1
            }
        }
    }

    /// Calls `body` with blocks of whole lines.
    static func forEachBlock(
        of log: FileLog, partition: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let reader = try log.reader(of: partition)
        let end = try log.endPosition(of: partition)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 21, alignment: 64)
        defer { buffer.deallocate() }
        var position: Int64 = 0
        while position < end {
            let count = try reader.read(from: position, upTo: end, into: buffer)
            guard let last = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) else {
                throw CommandFailure(
                    .internalBug, "lab bench: a line of \(log.path) is longer than a block")
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[...last]))
            position += Int64(last + 1)
        }
    }
}

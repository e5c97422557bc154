import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

/// Plans and helpers that several suites use.
enum TestLoads {
    /// A backlog and a stage with a rate, every kind of the mix on.
    static func mixed(seed: Int64, orders: Int64 = 6_000) -> LoadPlan {
        var plan = LoadPlan(
            seed: seed,
            stages: [
                .init(name: "backlog", executor: .backlog(orders: orders, eventRate: 5)),
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: 200, durationMs: 5_000, pacing: .poisson)),
            ])
        plan.eventTimeMaxUs = plan.eventTimeStartUs + 86_400_000_000
        plan.eventTimeSpeed = 60
        plan.products = 50
        plan.watermarkDelayMs = 120_000
        plan.mix.outOfOrder.fraction = 0.02
        plan.mix.outOfOrder.maxDelayMs = 20_000
        plan.mix.late.fraction = 0.02
        plan.mix.late.minDelayMs = 60_000
        plan.mix.late.maxDelayMs = 600_000
        plan.mix.boundary = true
        plan.mix.duplicates.fraction = 0.01
        plan.mix.duplicates.maxGap = 40
        plan.mix.invalid.fraction = 0.03
        return plan
    }

    /// A record as the stream made it.
    struct Record: Equatable {
        var sequence: Int64
        var fate: OrderFate
        var kind: InvalidKind?
        var partition: Int
        var text: [UInt8]
    }

    /// Makes all orders of a plan, `steps` choosing how much is made at once.
    static func records(
        _ plan: LoadPlan, steps: () -> (dueByNs: Int64, atMost: Int64) = { (.max, .max) }
    ) -> [Record] {
        let stream = LoadStream(plan: plan)
        var records: [Record] = []
        for stage in plan.stages.indices {
            stream.start(stage: stage)
            var dueByNs: Int64 = 0
            while true {
                let step = steps()
                dueByNs = step.dueByNs == .max ? .max : dueByNs + step.dueByNs
                let isDone = stream.produce(dueByNs: dueByNs, atMost: step.atMost)
                records += drain(stream, plan)
                if isDone && stream.nextDueNs == nil { break }
            }
            stream.finishStage()
        }
        return records
    }

    private static func drain(_ stream: LoadStream, _ plan: LoadPlan) -> [Record] {
        var rests = (0..<plan.partitions).map { Array(stream.blocks.bytes(of: $0))[...] }
        var exceptions = stream.exceptions[...]
        var sequence = stream.firstSequence
        var records: [Record] = []
        for (index, length) in stream.blocks.recordLengths.enumerated() {
            var record = Record(
                sequence: sequence, fate: .normal, kind: nil, partition: 0, text: [])
            if let exception = exceptions.first, exception.index == index {
                exceptions.removeFirst()
                record.sequence = exception.sequence
                record.fate = exception.fate
                record.kind = exception.kind
            }
            if record.fate != .duplicate { sequence += 1 }
            record.partition = Int((record.sequence - 1) % Int64(plan.partitions))
            record.text = Array(rests[record.partition].prefix(Int(length)))
            rests[record.partition] = rests[record.partition].dropFirst(Int(length) + 1)
            records.append(record)
        }
        stream.clear()
        return records
    }

    /// The event time of a valid order's record.
    static func eventTimeUs(_ record: Record) throws -> Int64 {
        let json = try JSONParser.parse(record.text)
        return try #require(json["timestamp"]?.string.flatMap(TimeText.since1970))
    }

    static func folder() throws -> String {
        let path = "/tmp/aseed-load-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

/// Time that passes only when somebody waits, or as a test says.
final class SimulatedClock: LoadClock {
    var now: Int64 = 1_000_000_000
    var stopAtNs: Int64 = .max
    /// Time that every look at the clock takes.
    var lookNs: Int64 = 0
    /// At this time the clock jumps by so much, once: the process was held.
    var stall: (atNs: Int64, forNs: Int64)?

    func nowNs() -> Int64 {
        now += lookNs
        if let stall, now >= stall.atNs {
            now += stall.forNs
            self.stall = nil
        }
        return now
    }

    func wait(untilNs: Int64) { now = max(now, untilNs) }

    var isStopped: Bool { now >= stopAtNs }
}

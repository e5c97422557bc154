import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct LoadStreamTests {
    @Test("one plan gives the same bytes, however much is made at once", arguments: [1, 2, 3])
    func independentOfTiming(_ seed: Int64) {
        let plan = TestLoads.mixed(seed: seed)
        let reference = TestLoads.records(plan)
        var random = RandomStream(seed: UInt64(seed), name: "steps")
        let stepwise = TestLoads.records(plan) {
            (Int64(random.below(300_000_000)), Int64(1 + random.below(200)))
        }
        #expect(reference.count > 7_000)
        #expect(stepwise == reference)
        #expect(TestLoads.records(TestLoads.mixed(seed: seed + 100)) != reference)
    }

    @Test("adding a kind of the mix leaves all other orders as they were")
    func kindsAreIndependent() {
        var plain = TestLoads.mixed(seed: 5)
        plain.mix = QualityMix()
        let base = TestLoads.records(plain)
        let full = TestLoads.mixed(seed: 5)

        var duplicated = plain
        duplicated.mix.duplicates = full.mix.duplicates
        let withDuplicates = TestLoads.records(duplicated)
        #expect(withDuplicates.count > base.count + 30)
        #expect(withDuplicates.filter { $0.fate != .duplicate } == base)

        var changed = plain
        changed.mix.invalid = full.mix.invalid
        changed.mix.late = full.mix.late
        let withBoth = TestLoads.records(changed)
        changed.mix.outOfOrder = full.mix.outOfOrder
        let withAll = TestLoads.records(changed)
        #expect(withBoth.count == base.count && withAll.count == base.count)
        for (plainRecord, record) in zip(base, withBoth) where record.fate == .normal {
            #expect(record == plainRecord)
        }
        for (before, record) in zip(withBoth, withAll) where record.fate != .outOfOrder {
            // An order moved back no longer raises its partition's greatest event time, so a late
            // one behind it may be late by a little more; nothing else differs.
            if record.fate == .late {
                #expect(before.fate == .late && before.sequence == record.sequence)
            } else {
                #expect(record == before)
            }
        }
    }

    @Test("fractions are kept, and fates are what they say (R33)")
    func fates() throws {
        let plan = TestLoads.mixed(seed: 11)
        let records = TestLoads.records(plan)
        func share(_ fate: OrderFate) -> Double {
            Double(records.filter { $0.fate == fate }.count) / Double(plan.orders)
        }
        #expect(abs(share(.outOfOrder) - 0.02) < 0.006)
        #expect(abs(share(.late) - 0.02) < 0.006)
        #expect(abs(share(.invalid) - 0.03) < 0.008)
        #expect(abs(share(.duplicate) - 0.01) < 0.004)
        var newest = [Int64](repeating: .min, count: plan.partitions)
        let delayUs = plan.watermarkDelayMs * 1_000
        for record in records where record.fate != .invalid && record.fate != .duplicate {
            let us = try TestLoads.eventTimeUs(record)
            let before = newest[record.partition]
            switch record.fate {
            case .late:
                let behind = before - delayUs - us
                #expect(behind >= 60_000_000 && behind <= 600_000_000)
                // Its last window ends at most one size after it: no window takes it.
                #expect(us + plan.windowMs * 1_000 <= before - delayUs)
            case .outOfOrder: #expect(us < before && us >= before - 20_000_000)
            case .normal: #expect(us >= before)
            default: break
            }
            newest[record.partition] = max(before, us)
        }
    }

    @Test("duplicates are the same bytes in the same partition, at most max_gap orders later")
    func duplicates() throws {
        let plan = TestLoads.mixed(seed: 12)
        let records = TestLoads.records(plan)
        var seen: [Int64: (order: Int64, record: TestLoads.Record)] = [:]
        var copied: Set<Int64> = []
        var orders: Int64 = 0
        for record in records {
            guard record.fate == .duplicate else {
                orders += 1
                seen[record.sequence] = (orders, record)
                continue
            }
            let original = try #require(seen[record.sequence])
            #expect(original.record.text == record.text)
            #expect(original.record.fate != .invalid)
            #expect(orders - original.order <= 40)
            #expect(copied.insert(record.sequence).inserted)
        }
        #expect(orders == plan.orders)
        #expect(copied.count > 30)
    }

    @Test("boundary orders meet every window end and lateness limit in every partition (R30, R33)")
    func boundaries() throws {
        var plan = TestLoads.mixed(seed: 13)
        plan.mix = QualityMix()
        plan.mix.boundary = true
        let records = TestLoads.records(plan)
        let size = plan.windowMs * 1_000
        let delay = plan.watermarkDelayMs * 1_000
        let clocks = try records.map(TestLoads.eventTimeUs)
        let end = try #require(clocks.max())
        var edges = 0
        for partition in 0..<plan.partitions {
            var newest: Int64 = .min
            var times: Set<Int64> = []
            /// For each window end: whether an order of its last microsecond came in time and late.
            var inTime: Set<Int64> = []
            var late: Set<Int64> = []
            for (record, us) in zip(records, clocks) where record.partition == partition {
                newest = max(newest, us)
                times.insert(us)
                guard (us + 1) % size == 0 else { continue }
                if newest == us + delay { inTime.insert(us + 1) }
                if newest == us + 1 + delay { late.insert(us + 1) }
            }
            var edge = plan.eventTimeStartUs / size * size + size
            while edge + 2 * size < end {
                #expect(times.isSuperset(of: [edge - 1, edge, edge + 1]))
                if edge - delay > plan.eventTimeStartUs - size {
                    #expect(inTime.contains(edge - delay) && late.contains(edge - delay))
                }
                edges += 1
                edge += size
            }
        }
        #expect(edges > 30)
    }

    @Test("order ids rise by one and the partition follows from the number")
    func orderIDs() throws {
        let plan = TestLoads.mixed(seed: 14)
        let orders = TestLoads.records(plan).filter { $0.fate != .duplicate }
        #expect(orders.map(\.sequence) == Array(1...plan.orders))
        for record in orders where record.fate != .invalid {
            let json = try JSONParser.parse(record.text)
            #expect(json["order_id"]?.string == OrderID.text(sequence: record.sequence, digits: 9))
        }
    }

    @Test("no valid order lies beyond the future bound (R20)")
    func futureBound() throws {
        var plan = LoadPlan(
            seed: 3,
            stages: [.init(name: "a", executor: .backlog(orders: 2_000, eventRate: 100))])
        plan.eventTimeMaxUs = plan.eventTimeEndUs
        try plan.validate()
        for record in TestLoads.records(plan) {
            #expect(try TestLoads.eventTimeUs(record) <= plan.eventTimeEndUs)
        }
    }

    @Test("the benchmark of the generator repeats itself")
    func benchmark() {
        let first = GeneratorBenchmark.run(orders: 20_000)
        let second = GeneratorBenchmark.run(orders: 20_000)
        #expect(first.hash == second.hash && first.bytes == second.bytes)
        #expect(first.orders == 20_000 && first.bytes > 20_000 * 150 && first.cpuNs > 0)
        #expect(GeneratorBenchmark.run(orders: 20_001).hash != first.hash)
    }
}

internal import ASEEDSystem
internal import LoadGen

/// What the options of `lab simulator` ask for.
struct SimulatorSettings {
    let partitions: Int
    /// Stop after so many orders.
    let orders: Int64?
    /// Stop after this time.
    let durationMs: Int64?
    /// Orders a second; nil for as many as the disk takes.
    private let rate: Double?
    private let eventRate: Double
    private let arguments: Arguments

    /// Whether the run ends by itself.
    var hasEnd: Bool { orders != nil || durationMs != nil }

    init(_ arguments: Arguments) throws(UsageError) {
        self.arguments = arguments
        partitions = try Int(
            arguments.integer("partitions", in: 1...Int64(FileLog.maxPartitions)) ?? 3)
        orders = try arguments.integer("orders", in: 1...900_000_000_000)
        durationMs = try arguments.durationMs("duration")
        eventRate = try Self.number(arguments, "event-rate", 1e-3...1e9) ?? 1_000
        rate =
            arguments.string("rate") == "max"
            ? nil : try Self.number(arguments, "rate", 1e-3...1e8) ?? 1_000
        guard rate != nil || orders != nil else {
            throw UsageError("lab simulator: --rate max needs --orders N, so that it ends")
        }
        guard rate != nil || durationMs == nil else {
            throw UsageError("lab simulator: --duration goes with a rate, not with --rate max")
        }
        guard rate == nil || arguments.string("event-rate") == nil else {
            throw UsageError("lab simulator: --event-rate goes with --rate max only")
        }
    }

    /// The load that continues a log from now on.
    func plan(for target: SimulatorLog) throws -> LoadPlan {
        let nowUs = SystemClock.wallNs() / 1_000
        let seed = try arguments.integer("seed", in: .min ... .max) ?? 42
        var plan = LoadPlan(seed: seed, stages: [stage()])
        plan.partitions = target.partitions
        plan.firstSequence = target.firstSequence
        plan.eventTimeStartUs = nowUs
        if rate == nil, let orders {
            plan.eventTimeStartUs = nowUs - Int64(Double(orders) / eventRate * 1_000_000)
        }
        plan.products = try Int(
            arguments.integer("products", in: 1...Int64(Catalogue.maxProducts)) ?? 1_000)
        plan.categories = try Int(
            arguments.integer("categories", in: 1...Int64(plan.products))
                ?? Int64(min(10, plan.products)))
        plan.customers = try Int(arguments.integer("customers", in: 0...99_999_999) ?? 0)
        plan.segments = arguments.has("segments")
        plan.dayShape = arguments.has("day-shape")
        plan.promotions = arguments.has("promotions")
        plan.popularity = try popularity()
        plan.watermarkDelayMs = try arguments.durationMs("watermark-delay") ?? 600_000
        if let text = try arguments.choice("fsync", of: FileLog.Fsync.allCases.map(\.rawValue)) {
            plan.fsync = FileLog.Fsync(rawValue: text) ?? plan.fsync
        }
        plan.mix = try mix()
        try plan.validate()
        return plan
    }

    private func stage() -> LoadPlan.Stage {
        guard let rate else {
            return LoadPlan.Stage(
                name: "simulator", executor: .backlog(orders: orders ?? 0, eventRate: eventRate))
        }
        // Without an end: 30 years, or as many orders as a plan has.
        let endless = min(946_080_000_000, Int64(900_000_000_000 / rate * 1_000))
        let ms = min(durationMs ?? endless, endless)
        return LoadPlan.Stage(
            name: "simulator",
            executor: arguments.has("day-shape")
                ? .shapedArrivalRate(rate: rate, durationMs: ms)
                : .constantArrivalRate(rate: rate, durationMs: ms, pacing: .uniform))
    }

    private func popularity() throws(UsageError) -> Popularity {
        let kind = try arguments.choice("distribution", of: ["uniform", "zipf", "hot"]) ?? "zipf"
        let exponent = try Self.number(arguments, "exponent", 0...10)
        let share = try Self.number(arguments, "share", 0...1)
        if exponent != nil, kind != "zipf" {
            throw UsageError("lab simulator: --exponent goes with --distribution zipf")
        }
        if share != nil, kind != "hot" {
            throw UsageError("lab simulator: --share goes with --distribution hot")
        }
        switch kind {
        case "uniform": return .uniform
        case "hot": return .hot(share: share ?? 0.8)
        default: return .zipf(exponent: exponent ?? 1.1)
        }
    }

    private func mix() throws(UsageError) -> QualityMix {
        var mix = QualityMix()
        mix.invalid.fraction = try Self.number(arguments, "invalid", 0...1) ?? 0
        mix.late.fraction = try Self.number(arguments, "late", 0...1) ?? 0
        mix.late.minDelayMs = 60_000
        mix.late.maxDelayMs = 1_800_000
        mix.outOfOrder.fraction = try Self.number(arguments, "out-of-order", 0...1) ?? 0
        mix.outOfOrder.maxDelayMs = 30_000
        return mix
    }

    private static func number(
        _ arguments: Arguments, _ name: String, _ range: ClosedRange<Double>
    ) throws(UsageError) -> Double? {
        guard let text = arguments.string(name) else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw UsageError(
                "lab simulator: --\(name) is a number from \(range.lowerBound) to "
                    + "\(range.upperBound), not \"\(text)\"")
        }
        return value
    }
}

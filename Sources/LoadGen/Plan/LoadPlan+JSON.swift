public import ASEEDSystem

extension LoadPlan {
    /// Longest span that a plan names, in milliseconds: about 30 years.
    static let maxMs: Int64 = 1_000_000_000_000
    /// Most orders that a plan sends.
    static let maxOrders: Int64 = 900_000_000_000

    /// Their arrival times are all drawn before the first, to make them fit the stage.
    static let maxPoissonOrders: Int64 = 100_000_000
    /// 2200-01-01: the event clock, with its fraction bits, reaches a little further.
    static let latestEventTimeUs: Int64 = 7_258_118_400_000_000

    /// Reads a plan; what is left out has the defaults.
    ///
    /// - Throws: `PlanError` that names the value.
    public init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(
            json,
            names: [
                "seed", "partitions", "fsync", "products", "categories", "distribution",
                "customers", "day_shape", "promotions", "segments", "event_time_start",
                "event_time_speed", "window_ms", "slide_ms", "watermark_delay_ms",
                "event_time_max", "mix", "stages", "first_sequence",
            ])
        let seed = try reader.required("seed", reader.integer("seed", in: .min ... .max))
        var stages: [Stage] = []
        for (index, stage) in try (reader.required("stages", reader.elements("stages")))
            .enumerated()
        {
            stages.append(try Self.stage(stage, at: "stages[\(index)]"))
        }
        self.init(seed: seed, stages: stages)
        try readShop(reader)
        try readTimes(reader)
        if let mix = reader.value("mix") { self.mix = try QualityMix(json: mix) }
        try validate()
    }

    private mutating func readShop(_ reader: PlanReader) throws(PlanError) {
        partitions =
            try reader.integer("partitions", in: 1...Int64(FileLog.maxPartitions)).map { Int($0) }
            ?? partitions
        fsync = try reader.choice("fsync", FileLog.Fsync.self) ?? fsync
        products =
            try reader.integer("products", in: 1...Int64(Catalogue.maxProducts)).map { Int($0) }
            ?? products
        categories =
            try reader.integer("categories", in: 1...Int64(products)).map { Int($0) }
            ?? min(categories, products)
        if let json = reader.value("distribution") { popularity = try Self.popularity(json) }
        customers = try reader.integer("customers", in: 0...99_999_999).map { Int($0) } ?? customers
        dayShape = try reader.bool("day_shape") ?? dayShape
        promotions = try reader.bool("promotions") ?? promotions
        segments = try reader.bool("segments") ?? segments
        firstSequence =
            try reader.integer("first_sequence", in: 1...Self.maxOrders) ?? firstSequence
    }

    private mutating func readTimes(_ reader: PlanReader) throws(PlanError) {
        eventTimeStartUs = try reader.time("event_time_start") ?? eventTimeStartUs
        eventTimeSpeed = try reader.number("event_time_speed", in: 0...1e9) ?? eventTimeSpeed
        windowMs = try reader.integer("window_ms", in: 1...Self.maxMs) ?? windowMs
        slideMs = try reader.integer("slide_ms", in: 1...windowMs) ?? min(slideMs, windowMs)
        watermarkDelayMs =
            try reader.integer("watermark_delay_ms", in: 0...Self.maxMs) ?? watermarkDelayMs
        eventTimeMaxUs = try reader.time("event_time_max")
    }

    private static func popularity(_ json: JSONValue) throws(PlanError) -> Popularity {
        let reader = try PlanReader(
            json, at: "distribution", names: ["kind", "exponent", "share"])
        switch try reader.required("kind", reader.string("kind")) {
        case "uniform": return .uniform
        case "zipf": return .zipf(exponent: try reader.number("exponent", in: 0...10) ?? 1.1)
        case "hot": return .hot(share: try reader.number("share", in: 0...1) ?? 0.8)
        case let other:
            throw PlanError(
                "distribution.kind", "one of uniform, zipf, hot is expected, not \"\(other)\"")
        }
    }

    private static func stage(_ json: JSONValue, at place: String) throws(PlanError) -> Stage {
        let reader = try PlanReader(
            json, at: place,
            names: ["name", "executor", "orders", "event_rate", "rate", "duration_ms", "pacing"])
        let rates = 1e-6...1e9
        func rate(_ name: String) throws(PlanError) -> Double {
            try reader.required(name, reader.number(name, in: rates))
        }
        func durationMs() throws(PlanError) -> Int64 {
            try reader.required("duration_ms", reader.integer("duration_ms", in: 0...maxMs))
        }
        let executor: Stage.Executor
        switch try reader.required("executor", reader.string("executor")) {
        case "backlog":
            let orders = try reader.integer("orders", in: 0...maxOrders)
            executor = .backlog(
                orders: try reader.required("orders", orders), eventRate: try rate("event_rate"))
        case "constant-arrival-rate":
            executor = .constantArrivalRate(
                rate: try rate("rate"), durationMs: try durationMs(),
                pacing: try reader.choice("pacing", Stage.Pacing.self) ?? .uniform)
        case "shaped-arrival-rate":
            executor = .shapedArrivalRate(rate: try rate("rate"), durationMs: try durationMs())
        case let other:
            throw PlanError(
                "\(place).executor",
                "one of backlog, constant-arrival-rate, shaped-arrival-rate is expected, "
                    + "not \"\(other)\"")
        }
        let name = try reader.string("name") ?? executor.name
        return Stage(name: name, executor: executor)
    }

    /// Checks what no single value shows.
    public func validate() throws(PlanError) {
        guard !stages.isEmpty else { throw PlanError("stages", "at least one is needed") }
        guard stages.allSatisfy({ $0.orders <= Self.maxOrders }), orders <= Self.maxOrders else {
            throw PlanError("stages", "more than \(Self.maxOrders) orders")
        }
        for (index, stage) in stages.enumerated() {
            guard case .constantArrivalRate(_, _, .poisson) = stage.executor else { continue }
            guard stage.orders <= Self.maxPoissonOrders else {
                throw PlanError(
                    "stages[\(index)]",
                    "poisson pacing takes at most \(Self.maxPoissonOrders) orders; "
                        + "make more stages, or use uniform")
            }
        }
        let end = eventTimeEndUs
        guard end <= Self.latestEventTimeUs else {
            throw PlanError("stages", "event time would pass the year 2200; send fewer orders")
        }
        guard let eventTimeMaxUs else { return }
        guard end <= eventTimeMaxUs else {
            throw PlanError(
                "event_time_max",
                "orders reach \(TimeText.iso(end)), so valid ones would be rejected as "
                    + "timestamp_future; set it later or send fewer orders")
        }
    }

    /// Event time at the end of the last stage, as far as the plan alone tells.
    public var eventTimeEndUs: Int64 {
        stages.reduce(eventTimeStartUs) { start, stage in
            let flatUs: Double
            var isShaped = dayShape
            switch stage.executor {
            case .backlog(let orders, let eventRate):
                flatUs = Double(orders) / eventRate * 1_000_000
            case .constantArrivalRate(_, let durationMs, _):
                flatUs = Double(durationMs) * 1_000 * eventTimeSpeed
            case .shapedArrivalRate(_, let durationMs):
                flatUs = Double(durationMs) * 1_000 * eventTimeSpeed
                isShaped = false
            }
            let span = Int64(min(flatUs.rounded(.up), 1e18))
            let (end, overflow) = start.addingReportingOverflow(
                isShaped ? DayShape.span(startUs: start, flatUs: span) : span)
            return overflow ? .max : end
        }
    }
}

extension QualityMix {
    init(json: JSONValue) throws(PlanError) {
        let reader = try PlanReader(
            json, at: "mix",
            names: ["out_of_order", "late", "boundary", "duplicates", "invalid"])
        self.init()
        boundary = try reader.bool("boundary") ?? false
        let span = 0...LoadPlan.maxMs
        if let json = reader.value("out_of_order") {
            let part = try PlanReader(
                json, at: "mix.out_of_order", names: ["fraction", "max_delay_ms"])
            outOfOrder.fraction = try part.number("fraction", in: 0...1) ?? 0
            outOfOrder.maxDelayMs = try part.integer("max_delay_ms", in: span) ?? 0
        }
        if let json = reader.value("late") {
            let part = try PlanReader(
                json, at: "mix.late", names: ["fraction", "min_delay_ms", "max_delay_ms"])
            late.fraction = try part.number("fraction", in: 0...1) ?? 0
            late.minDelayMs = try part.integer("min_delay_ms", in: span) ?? 0
            late.maxDelayMs =
                try part.integer("max_delay_ms", in: late.minDelayMs...LoadPlan.maxMs)
                ?? late.minDelayMs
        }
        if let json = reader.value("duplicates") {
            let part = try PlanReader(json, at: "mix.duplicates", names: ["fraction", "max_gap"])
            duplicates.fraction = try part.number("fraction", in: 0...1) ?? 0
            duplicates.maxGap = max(1, try part.integer("max_gap", in: 0...1_000_000) ?? 1)
        }
        if let json = reader.value("invalid") {
            let part = try PlanReader(json, at: "mix.invalid", names: ["fraction", "kinds"])
            invalid.fraction = try part.number("fraction", in: 0...1) ?? 0
            if let kinds = try part.elements("kinds"), !kinds.isEmpty {
                invalid.kinds = try kinds.map { json throws(PlanError) in
                    if let kind = json.string.flatMap(InvalidKind.init(reason:)) { return kind }
                    let known = InvalidKind.allCases.map(\.reason).joined(separator: ", ")
                    throw PlanError("mix.invalid.kinds", "one of \(known) is expected")
                }
            }
        }
    }
}

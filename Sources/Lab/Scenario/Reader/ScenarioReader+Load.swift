internal import ASEEDSystem

extension ScenarioReader {
    /// Every executor of the format; those that this version has are in `available`.
    enum ExecutorWord: String, CaseIterable {
        case backlog
        case constantArrivalRate = "constant-arrival-rate"
        case rampingArrivalRate = "ramping-arrival-rate"
        case sineArrivalRate = "sine-arrival-rate"
        case burstArrivalRate = "burst-arrival-rate"
        case replay
        case maxThroughput = "max-throughput"

        static let available: [ExecutorWord] = [.backlog, .constantArrivalRate]

        /// The keys that only some executors take.
        var keys: [String] {
            switch self {
            case .backlog: ["orders", "event_rate"]
            case .constantArrivalRate: ["rate", "duration", "pacing"]
            default: []
            }
        }
    }

    private static let simulatorKeys = [
        "products", "categories", "distribution", "customers", "day_shape", "promotions",
        "segments", "event_time_start", "event_time_speed", "event_time_max",
    ]

    /// Nil when no stage could be read.
    func readLoad(_ top: inout ObjectReader, trigger: EngineSettings.Trigger) -> LoadResult? {
        guard let value = top.member("load") else {
            top.reportMissing("load", "; it says what is sent, how much and how fast")
            return nil
        }
        guard let elements = value.elements else {
            guard value.members != nil else {
                top.reportWrong("load", value, "an object or an array of stages")
                return nil
            }
            return readStages([value], paths: ["load"], trigger)
        }
        guard (1...Limits.stages).contains(elements.count) else {
            top.reportWrong("load", value, "one stage or an array of 1 to \(Limits.stages) stages")
            return nil
        }
        return readStages(elements, paths: elements.indices.map { "load[\($0)]" }, trigger)
    }

    private func readStages(
        _ values: [JSONValue], paths: [String], _ trigger: EngineSettings.Trigger
    ) -> LoadResult? {
        var settings = LoadSettings(stages: [], eventTimeMax: 0)
        var explicitMax: JSONValue?
        for (index, (value, path)) in zip(values, paths).enumerated() {
            guard var reader = ObjectReader(value, path: path, problems: problems) else { continue }
            if index == 0 { explicitMax = readSimulator(&reader, &settings) }
            guard let stage = readStage(&reader, isFirst: index == 0) else { continue }
            if settings.stages.contains(where: { $0.name == stage.name }) {
                problems.add(
                    at: reader.offsetOfName("name"),
                    "\(path): two stages have the name \"\(stage.name)\"; give each its own")
            }
            if case .backlog = stage.executor, index > 0 {
                problems.add(
                    at: value.offset,
                    "\(path): a backlog is the first stage; the engine starts after it")
            }
            if case .constantArrivalRate = stage.executor, trigger == .availableNow {
                problems.add(
                    at: value.offset,
                    "\(path): with the trigger \"available-now\" the engine takes only a backlog; "
                        + "use an interval, for example \"200ms\"")
            }
            settings.stages.append(stage)
        }
        guard !settings.stages.isEmpty, settings.stages.count == values.count else { return nil }
        settings.eventTimeMax = futureBound(settings, explicitMax, at: values[0].offset)
        return LoadResult(settings: settings, phases: settings.stages.map(\.name))
    }

    private func readStage(_ reader: inout ObjectReader, isFirst: Bool) -> LoadStage? {
        let executors = ObjectReader.listed(ExecutorWord.available.map(\.rawValue))
        if reader.value["executor"] == nil { reader.reportMissing("executor", ": \(executors)") }
        guard
            let word = reader.choice(
                "executor", ExecutorWord.self, available: ExecutorWord.available)
        else { return nil }
        let name = readStageName(&reader) ?? word.rawValue
        var stage: LoadStage?
        switch word {
        case .backlog:
            require(["orders"], reader)
            let orders = reader.integer("orders", in: Limits.orders)
            let eventRate = reader.number("event_rate", in: Limits.rate) ?? 1_000
            if let orders {
                stage = LoadStage(
                    name: name,
                    executor: .backlog(orders: scaled(orders: orders), eventRate: eventRate))
            }
        case .constantArrivalRate:
            require(["rate", "duration"], reader)
            let rate = reader.number("rate", in: Limits.rate)
            let duration = reader.durationMs("duration", in: Limits.stageMs)
            let pacing = reader.choice("pacing", LoadStage.Pacing.self) ?? .uniform
            if let rate, let duration {
                stage = LoadStage(
                    name: name,
                    executor: .constantArrivalRate(
                        rate: rate, durationMs: scaled(ms: duration), pacing: pacing))
            }
        default: break
        }
        reader.finish(elsewhere: elsewhere(than: word, isFirst: isFirst))
        return stage
    }

    private func require(_ names: [String], _ reader: ObjectReader) {
        for name in names where reader.value[name] == nil { reader.reportMissing(name) }
    }

    /// Keys that would be right in another place, with what to say of them.
    private func elsewhere(than word: ExecutorWord, isFirst: Bool) -> [String: String] {
        var keys: [String: String] = [:]
        for other in ExecutorWord.available where other != word {
            for key in other.keys {
                keys[key] =
                    "belongs to the executor \"\(other.rawValue)\", not to \"\(word.rawValue)\""
            }
        }
        guard !isFirst else { return keys }
        for key in Self.simulatorKeys {
            keys[key] = "belongs to the first stage; it holds for the whole run"
        }
        return keys
    }

    private func readStageName(_ reader: inout ObjectReader) -> String? {
        guard let value = reader.member("name") else { return nil }
        guard let name = value.string, Self.isName(name), !PhaseSettings.reserved.contains(name)
        else {
            reader.reportWrong(
                "name", value,
                "1 to 64 lower-case letters, digits, -, _ and ., and none of "
                    + PhaseSettings.reserved.joined(separator: ", "))
            return nil
        }
        return name
    }

    /// Returns the given `event_time_max`, to be checked when the stages are known.
    private func readSimulator(
        _ reader: inout ObjectReader, _ load: inout LoadSettings
    ) -> JSONValue? {
        load.products =
            reader.integer("products", in: Limits.products).map(Int.init) ?? load.products
        load.categories =
            reader.integer("categories", in: Limits.categories).map(Int.init) ?? load.categories
        load.distribution = readDistribution(&reader) ?? load.distribution
        load.customers =
            reader.integer("customers", in: Limits.customers).map(Int.init) ?? load.customers
        load.dayShape = reader.bool("day_shape", default: load.dayShape)
        load.promotions = reader.bool("promotions", default: load.promotions)
        load.segments = reader.bool("segments", default: load.segments)
        load.eventTimeStart = readTime(&reader, "event_time_start") ?? load.eventTimeStart
        load.eventTimeSpeed =
            reader.number("event_time_speed", in: Limits.eventTimeSpeed) ?? load.eventTimeSpeed
        if load.categories > load.products {
            problems.add(
                at: reader.value["categories"]?.offset ?? reader.offsetOfName("products"),
                "\(reader.pathOf("categories")) (\(load.categories)) must not be more than "
                    + "products (\(load.products))")
        }
        guard let max = readTime(&reader, "event_time_max") else { return nil }
        load.eventTimeMax = max
        return reader.value["event_time_max"]
    }

    private func readTime(_ reader: inout ObjectReader, _ name: String) -> Int64? {
        guard let value = reader.member(name) else { return nil }
        guard let text = value.string, let time = TimeText.since1970(text) else {
            reader.reportWrong(name, value, "a UTC time like \"2024-01-15T00:00:00Z\"")
            return nil
        }
        return time
    }

    private func readDistribution(
        _ reader: inout ObjectReader
    ) -> LoadSettings.Distribution? {
        guard let value = reader.member("distribution") else { return nil }
        if let read = value.string.flatMap({ LoadSettings.Distribution(text: $0) }) { return read }
        reader.reportWrong(
            "distribution", value,
            "\"uniform\", \"zipf(EXPONENT)\" with an exponent from 0.01 to 10, "
                + "or \"hot(SHARE)\" with a share from 0.001 to 0.999")
        return nil
    }

    /// R46: a constant for all batches.
    private func futureBound(
        _ load: LoadSettings, _ explicit: JSONValue?, at offset: Int
    ) -> Int64 {
        let end = load.eventTimeEnd
        let place = explicit?.offset ?? offset
        if explicit != nil, load.eventTimeMax < end {
            problems.add(
                at: place,
                "event_time_max is before the last planned event time, "
                    + (end < .max ? TimeText.iso(end) : "which is centuries away"))
        }
        let (derived, overflow) = end.addingReportingOverflow(LoadSettings.eventTimeMarginUs)
        let bound = explicit == nil ? (overflow ? .max : derived) : load.eventTimeMax
        if bound > nowUs {
            problems.add(
                at: place,
                "event time must end (with a margin of 1h) before this machine's clock, else "
                    + "the future bound is no constant; use an earlier event_time_start, a lower "
                    + "event_time_speed or a higher event_rate")
        }
        return bound
    }
}

extension LoadSettings.Distribution {
    /// `uniform`, `zipf`, `zipf(1.1)`, `hot`, `hot(0.8)`.
    init?(text: String) {
        let parts = text.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
        var argument: Double?
        if parts.count == 2 {
            let digits = parts[1].dropLast()
            guard parts[1].hasSuffix(")"), Self.isPlainNumber(digits) else { return nil }
            argument = Double(digits)
        }
        switch (parts[0], argument) {
        case ("uniform", nil): self = .uniform
        case ("zipf", nil): self = .zipf(exponent: 1.1)
        case ("zipf", .some(let exponent)) where Limits.exponent.contains(exponent):
            self = .zipf(exponent: exponent)
        case ("hot", nil): self = .hot(share: 0.8)
        case ("hot", .some(let share)) where Limits.share.contains(share): self = .hot(share: share)
        default: return nil
        }
    }

    /// Digits with at most one point between them.
    private static func isPlainNumber(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            }
    }

    /// As the scenario writes it.
    var text: String {
        switch self {
        case .uniform: "uniform"
        case .zipf(let exponent): "zipf(\(NumberText.text(exponent)))"
        case .hot(let share): "hot(\(NumberText.text(share)))"
        }
    }
}

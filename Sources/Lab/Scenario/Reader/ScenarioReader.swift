internal import ASEEDSystem

/// Turns a resolved JSON object into a scenario, reporting every mistake on the way.
struct ScenarioReader {
    let problems: ProblemCollector
    /// Used when the file gives no name.
    let fallbackName: String
    let overrides: ScenarioFile.Overrides
    /// The clock of R46, UTC microseconds: event time must not run past it.
    let nowUs: Int64

    /// What the other sections need to know of the load.
    struct LoadResult {
        var settings: LoadSettings
        var phases: [String]
    }

    /// Nil only when the value is no object or the load can't be read; look at `problems` in any case.
    func read(_ value: JSONValue) -> Scenario? {
        guard var top = ObjectReader(value, path: "", problems: problems) else { return nil }
        _ = top.string("$schema")
        let name = readName(&top)
        let title = top.string("title")
        let description = top.string("description") ?? ""
        let tags = readTags(&top)
        let seed = readSeed(&top)
        let repetitions = top.integer("repetitions", in: Limits.repetitions) ?? 1
        let timeoutMs = top.durationMs("timeout", in: Limits.timeoutMs) ?? 600_000
        let log = readLog(&top)
        let engine = readEngine(&top)
        let services = readServices(&top)
        let load = readLoad(&top, trigger: engine.trigger)
        let data = readData(&top)
        let phases = readPhases(&top)
        let verify = readVerify(&top)
        refuseLater(&top)
        let faults = readFaults(&top, stages: load?.phases ?? [])
        let context = ThresholdContext(
            phases: (load?.phases ?? []) + phases.names(load?.settings), faults: faults.map(\.id))
        let thresholds = readThresholds(&top, context)
        top.finish()
        guard let load else { return nil }
        return Scenario(
            name: name, title: title ?? name, description: description, tags: tags, seed: seed,
            repetitions: Int(repetitions), timeoutMs: timeoutMs, log: log, engine: engine,
            services: services, load: load.settings, data: data, phases: phases,
            faults: faults, verify: verify, thresholds: thresholds)
    }

    /// Multiplies a duration by the scale, at least 1 ms.
    func scaled(ms: Int64) -> Int64 {
        ms == 0 ? 0 : max(1, Int64((Double(ms) * overrides.scale).rounded()))
    }

    /// Multiplies a number of orders by the scale, at least 1.
    func scaled(orders: Int64) -> Int64 {
        max(1, Int64((Double(orders) * overrides.scale).rounded()))
    }

    private func refuseLater(_ top: inout ObjectReader) {
        top.unavailable("search", "give a rate in load; `lab run` measures at that rate")
        top.unavailable("baseline", "thresholds can hold absolute limits")
        top.unavailable("exercise", "remove it: `lab run` runs the scenario as it is")
    }

    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...64).contains(bytes.count)
            && !Array("-_.".utf8).contains(bytes[0])
            && bytes.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x2d
                    || $0 == 0x5f || $0 == 0x2e
            }
    }

    private static let nameRule =
        "1 to 64 lower-case letters, digits, -, _ and ., starting with a letter or digit"

    private func readName(_ top: inout ObjectReader) -> String {
        guard let value = top.member("name") else { return fallbackName }
        guard let name = value.string, Self.isName(name) else {
            top.reportWrong("name", value, Self.nameRule)
            return fallbackName
        }
        return name
    }

    private func readTags(_ top: inout ObjectReader) -> [String] {
        guard let value = top.member("tags") else { return [] }
        guard let elements = value.elements else {
            top.reportWrong("tags", value, "an array of words")
            return []
        }
        return elements.compactMap { element in
            guard let tag = element.string, Self.isName(tag) else {
                problems.add(
                    at: element.offset,
                    "a tag is \(Self.nameRule), not \(ObjectReader.show(element))")
                return nil
            }
            return tag
        }
    }

    private func readSeed(_ top: inout ObjectReader) -> Int64 {
        if top.value["seed"] == nil {
            top.reportMissing("seed", "; every run needs one, for example \"seed\": 42")
        }
        let seed = top.integer("seed", in: Limits.seed) ?? 0
        return overrides.seed ?? seed
    }
}

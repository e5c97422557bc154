internal import ASEEDSystem

extension ScenarioReader {
    func readEngine(_ top: inout ObjectReader) -> EngineSettings {
        var engine = EngineSettings()
        guard let value = top.member("engine"),
            var reader = ObjectReader(value, path: "engine", problems: problems)
        else { return engine }
        engine.kind =
            reader.choice("kind", EngineSettings.Kind.self, available: [.native]) ?? engine.kind
        engine.workers =
            reader.integer("workers", in: Limits.workers).map(Int.init) ?? engine.workers
        engine.trigger = readTrigger(&reader) ?? engine.trigger
        engine.maxOrdersPerTrigger = reader.integer(
            "max_orders_per_trigger", in: Limits.ordersPerTrigger)
        engine.watermarkDelayMs =
            reader.durationMs("watermark_delay", in: Limits.watermarkDelayMs)
            ?? engine.watermarkDelayMs
        engine.windows = readWindows(&reader) ?? engine.windows
        engine.policy = reader.choice("policy", EngineSettings.Policy.self) ?? engine.policy
        engine.deadLetterLimit =
            reader.integer("dead_letter_limit", in: Limits.deadLetters) ?? engine.deadLetterLimit
        reader.unavailable(
            "command", "it belongs to the engine kind \"command\"; available: \"native\"")
        reader.finish()
        return engine
    }

    private func readTrigger(_ reader: inout ObjectReader) -> EngineSettings.Trigger? {
        if reader.value["trigger"]?.string == "available-now" {
            _ = reader.member("trigger")
            return .availableNow
        }
        if let value = reader.value["trigger"],
            value.string.flatMap({ DurationText.milliseconds($0) }) == nil
        {
            _ = reader.member("trigger")
            reader.reportWrong("trigger", value, "a duration like \"5s\", or \"available-now\"")
            return nil
        }
        return reader.durationMs("trigger", in: Limits.triggerMs).map { .interval(ms: $0) }
    }

    private func readWindows(_ reader: inout ObjectReader) -> [EngineSettings.Window]? {
        guard let value = reader.member("windows") else { return nil }
        guard let elements = value.elements, (1...Limits.windowQueries).contains(elements.count)
        else {
            reader.reportWrong(
                "windows", value, "an array of 1 to \(Limits.windowQueries) windows")
            return nil
        }
        var windows: [EngineSettings.Window] = []
        for (index, element) in elements.enumerated() {
            let path = "engine.windows[\(index)]"
            guard var window = ObjectReader(element, path: path, problems: problems) else {
                continue
            }
            if window.value["size"] == nil { window.reportMissing("size") }
            let size = window.durationMs("size", in: Limits.windowMs)
            let slide = window.durationMs("slide", in: Limits.windowMs)
            window.finish()
            guard let size else { continue }
            let read = EngineSettings.Window(sizeMs: size, slideMs: slide ?? size)
            if let mistake = mistake(of: read, after: windows) {
                problems.add(at: element.offset, "\(path): \(mistake)")
            }
            windows.append(read)
        }
        return windows.isEmpty ? nil : windows
    }

    private func mistake(
        of window: EngineSettings.Window, after others: [EngineSettings.Window]
    ) -> String? {
        if window.slideMs > window.sizeMs { return "slide must not be longer than size" }
        if window.sizeMs > window.slideMs * Limits.windowOverlap {
            return "an order would be in more than \(Limits.windowOverlap) windows"
        }
        return others.contains(window) ? "the same window is there twice" : nil
    }

    func readServices(_ top: inout ObjectReader) -> ServiceSettings {
        var services = ServiceSettings()
        guard let value = top.member("services"),
            var reader = ObjectReader(value, path: "services", problems: problems)
        else { return services }
        services.dashboard = reader.bool("dashboard", default: true)
        services.monitor = reader.bool("monitor", default: false)
        services.restart = reader.bool("restart", default: false)
        if !services.dashboard {
            refuse(reader, "dashboard", "false", "the output that is judged is what it received")
        }
        if services.restart {
            refuse(reader, "restart", "true", "leave it out: a service that dies ends the run")
        }
        reader.finish()
        return services
    }

    private func refuse(_ reader: ObjectReader, _ name: String, _ value: String, _ why: String) {
        problems.add(
            at: reader.value[name]?.offset ?? reader.value.offset,
            "\(reader.pathOf(name)): \(value) is not available in this version; \(why)")
    }

    func readPhases(_ top: inout ObjectReader) -> PhaseSettings {
        var phases = PhaseSettings()
        guard let value = top.member("phases"),
            var reader = ObjectReader(value, path: "phases", problems: problems)
        else { return phases }
        let span: ClosedRange<Int64> = 0...Limits.stageMs.upperBound
        phases.warmupMs = scaled(ms: reader.durationMs("warmup", in: span) ?? phases.warmupMs)
        phases.measureMs = reader.durationMs("measure", in: Limits.stageMs).map(scaled(ms:))
        phases.drainMs = reader.durationMs("drain", in: Limits.drainMs) ?? phases.drainMs
        reader.finish()
        return phases
    }

    func readVerify(_ top: inout ObjectReader) -> VerifySettings {
        var verify = VerifySettings()
        guard let value = top.member("verify"),
            var reader = ObjectReader(value, path: "verify", problems: problems)
        else { return verify }
        verify.queries = reader.words("queries", from: VerifySettings.allQueries) ?? verify.queries
        verify.checks = reader.words("checks", from: VerifySettings.allChecks) ?? verify.checks
        verify.maxDifferences =
            reader.integer("max_differences", in: Limits.differences).map(Int.init)
            ?? verify.maxDifferences
        verify.explain = reader.bool("explain", default: verify.explain)
        reader.finish()
        return verify
    }
}

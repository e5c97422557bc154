internal import ASEEDSystem

extension ScenarioReader {
    /// Every action of the format; those that this version has are `Fault.Action`.
    private enum ActionWord: String, CaseIterable {
        case kill, terminate, pause, restart
        case netDown = "net.down"
        case netDelay = "net.delay"
        case netRate = "net.rate"
        case netReset = "net.reset"
        case netBlackhole = "net.blackhole"
        case diskFull = "disk.full"
        case diskSlow = "disk.slow"
        case diskLose = "disk.lose-unsynced"
        case fileTruncate = "file.truncate"
        case fileBitflip = "file.bitflip"
        case fileTornWrite = "file.torn-write"
        case checkpointOlder = "checkpoint.restore-older"
        case checkpointDelete = "checkpoint.delete"
        case clockSkew = "clock.skew"
        case cpuHog = "cpu.hog"
        case memoryCap = "memory.cap"
        case descriptorCap = "fd.cap"
    }

    /// Every target of the format; those that this version has are `Fault.Target`.
    private enum TargetWord: String, CaseIterable {
        case engine, dashboard, loadgen, simulator, broker, monitor
        case link = "link:engine-dashboard"
        case checkpoint = "file:checkpoint"
        case log = "file:log"
    }

    /// - Parameter stages: names of the load's stages.
    func readFaults(_ top: inout ObjectReader, stages: [String]) -> [Fault] {
        guard let value = top.member("faults") else { return [] }
        guard let elements = value.elements, elements.count <= Limits.faults else {
            top.reportWrong("faults", value, "an array of up to \(Limits.faults) faults")
            return []
        }
        var faults: [Fault] = []
        for (index, element) in elements.enumerated() {
            let path = "faults[\(index)]"
            guard var reader = ObjectReader(element, path: path, problems: problems),
                let fault = readFault(&reader, stages: stages)
            else { continue }
            let taken = faults.map(\.id) + stages + PhaseSettings.reserved
            if taken.contains(fault.id) {
                problems.add(
                    at: reader.offsetOfName("id"),
                    "\(path): a fault, stage or phase has the name \"\(fault.id)\" already")
            }
            faults.append(fault)
        }
        return faults
    }

    private func readFault(_ reader: inout ObjectReader, stages: [String]) -> Fault? {
        for name in ["id", "action", "target"] where reader.value[name] == nil {
            reader.reportMissing(name)
        }
        let id = readFaultID(&reader)
        let action = reader.choice(
            "action", ActionWord.self, available: [.kill, .terminate, .pause, .restart]
        ).flatMap { Fault.Action(rawValue: $0.rawValue) }
        let target = reader.choice(
            "target", TargetWord.self, available: [.engine, .dashboard, .loadgen]
        ).flatMap { Fault.Target(rawValue: $0.rawValue) }
        reader.unavailable("when", "give a time with \"at\" or \"every\"")
        let schedule = readSchedule(&reader)
        let phase = readFaultPhase(&reader, stages)
        let durationMs = reader.durationMs("duration", in: Limits.faultMs).map(scaled(ms:))
        let restartMs = reader.durationMs("restart_after", in: 0...Limits.faultMs.upperBound)
            .map(scaled(ms:))
        if let action { checkTimes(of: action, reader) }
        if let action, target == .loadgen, action != .pause {
            problems.add(
                at: reader.value["action"]?.offset ?? reader.value.offset,
                "\(reader.path): a generator that ended can't go on with its load; "
                    + "\"pause\" is what it can take")
        }
        reader.finish()
        guard let id, let action, let target, let schedule else { return nil }
        var fault = Fault(id: id, action: action, target: target, schedule: schedule, phase: phase)
        if action == .pause { fault.durationMs = durationMs ?? 0 }
        if action == .kill || action == .terminate {
            fault.restartAfterMs = restartMs ?? scaled(ms: Fault.defaultRestartMs)
        }
        return fault
    }

    private func readFaultID(_ reader: inout ObjectReader) -> String? {
        guard let value = reader.member("id") else { return nil }
        guard let id = value.string, Self.isName(id) else {
            reader.reportWrong(
                "id", value, "1 to 64 lower-case letters, digits, -, _ and .")
            return nil
        }
        return id
    }

    /// `at`, or `every` with `jitter` and `count`.
    private func readSchedule(_ reader: inout ObjectReader) -> Fault.Schedule? {
        let span: ClosedRange<Int64> = 0...Limits.stageMs.upperBound
        let at = reader.durationMs("at", in: span).map(scaled(ms:))
        let every = reader.durationMs("every", in: Limits.faultMs).map(scaled(ms:))
        let jitter = reader.durationMs("jitter", in: span).map(scaled(ms:))
        let count = reader.integer("count", in: Limits.faultCount)
        let hasAt = reader.value["at"] != nil
        let hasEvery = reader.value["every"] != nil
        guard hasAt != hasEvery else {
            if reader.value["when"] == nil {
                problems.add(
                    at: reader.value.offset,
                    "\(reader.path) has \(hasAt ? "both" : "neither") \"at\" and \"every\"; "
                        + "one of them says when it is done")
            }
            return nil
        }
        if hasAt {
            for name in ["jitter", "count"] where reader.value[name] != nil {
                problems.add(
                    at: reader.offsetOfName(name),
                    "\(reader.pathOf(name)) belongs to \"every\", not to \"at\"")
            }
            return at.map { .at(ms: $0) }
        }
        return every.map { .every(ms: $0, jitterMs: jitter ?? 0, count: count) }
    }

    private func readFaultPhase(_ reader: inout ObjectReader, _ stages: [String]) -> String? {
        guard let value = reader.member("phase") else { return nil }
        let known = stages + ["drain"]
        guard let name = value.string, known.contains(name) else {
            reader.reportWrong("phase", value, ObjectReader.listed(known))
            return nil
        }
        return name
    }

    /// Which times an action needs, and which it can't use.
    private func checkTimes(of action: Fault.Action, _ reader: ObjectReader) {
        if action == .pause, reader.value["duration"] == nil {
            reader.reportMissing("duration", "; it says how long the pause lasts")
        }
        let useless: String? =
            switch action {
            case .pause: "restart_after"
            case .kill, .terminate: "duration"
            case .restart: nil
            }
        for name in useless.map({ [$0] }) ?? ["duration", "restart_after"]
        where reader.value[name] != nil {
            let instead =
                switch action {
                case .pause: "\"duration\" says when it goes on"
                case .kill, .terminate: "\"restart_after\" says when it is back"
                case .restart: "a restart starts again at once"
                }
            problems.add(
                at: reader.offsetOfName(name),
                "\(reader.pathOf(name)) has no effect on \"\(action.rawValue)\"; \(instead)")
        }
    }
}

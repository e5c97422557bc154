internal import ASEEDSystem

/// The command lines of a run's services.
struct ServiceCommands {
    let scenario: Scenario
    let folder: RunFolder

    /// `lab dashboard`; on port 0 the system chooses one.
    func dashboard(port: Int) -> [String] {
        [
            "dashboard", "--port", "\(port)", "--data", folder.dashboard, "--token-file",
            folder.tokenFile,
        ]
    }

    /// `lab loadgen`, which waits for the lab before each stage.
    var loadgen: [String] {
        [
            "loadgen", "--plan", folder.plan, "--log", folder.log, "--history", folder.history,
            "--fsync", scenario.log.fsync.rawValue, "--controlled",
        ]
    }

    /// `lab engine`; `dashboard` is the address where results go.
    func engine(dashboard: String?) -> [String] {
        let engine = scenario.engine
        var words = [
            "engine", "--log", folder.log, "--checkpoint", folder.checkpoint,
            "--trigger", engine.trigger.text, "--workers", "\(engine.workers)",
            "--watermark-delay", DurationText.text(milliseconds: engine.watermarkDelayMs),
            "--policy", engine.policy.rawValue,
            "--event-time-max", TimeText.iso(scenario.load.eventTimeMax),
            "--dead-letter-limit", "\(engine.deadLetterLimit)", "--run-id", folder.id,
            "--progress", folder.progress, "--announce",
        ]
        for window in engine.windows {
            words += [
                "--window", DurationText.text(milliseconds: window.sizeMs),
                "--slide", DurationText.text(milliseconds: window.slideMs),
            ]
        }
        if let limit = engine.maxOrdersPerTrigger {
            words += ["--max-orders-per-trigger", "\(limit)"]
        }
        if let dashboard {
            words += ["--dashboard", dashboard, "--token-file", folder.tokenFile]
        }
        return words
    }
}

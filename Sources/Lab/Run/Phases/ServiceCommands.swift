internal import ASEEDSystem

/// The command lines of a run's services.
struct ServiceCommands {
    let scenario: Scenario
    let folder: RunFolder
    /// The order log as `--log` takes it.
    let log: String

    /// `lab dashboard`; on port 0 the system chooses one.
    func dashboard(port: Int) -> [String] {
        [
            "dashboard", "--port", "\(port)", "--data", folder.dashboard, "--token-file",
            folder.tokenFile,
        ]
    }

    /// `lab loadgen`, which waits for the lab before each stage.
    var loadgen: [String] {
        let fsync = scenario.log.kind == .file ? ["--fsync", scenario.log.fsync.rawValue] : []
        return [
            "loadgen", "--plan", folder.plan, "--log", log, "--history", folder.history,
            "--controlled",
        ] + fsync + heartbeat(ServiceNames.simulator)
    }

    /// `lab monitor`, which looks every second.
    func monitor(dashboard: String?) -> [String] {
        let url = dashboard.map { ["--dashboard", $0] } ?? []
        return [
            "monitor", "--home", folder.home.path, "--log", log, "--token-file",
            folder.tokenFile, "--interval", "1s",
        ] + url
    }

    private func heartbeat(_ service: String) -> [String] {
        scenario.services.monitor ? ["--heartbeat", folder.home.heartbeat(of: service)] : []
    }

    /// `lab engine`; `dashboard` is the address where results go.
    func engine(dashboard: String?) -> [String] {
        let engine = scenario.engine
        var words = [
            "engine", "--log", log, "--checkpoint", folder.checkpoint,
            "--trigger", engine.trigger.text, "--workers", "\(engine.workers)",
            "--watermark-delay", DurationText.text(milliseconds: engine.watermarkDelayMs),
            "--policy", engine.policy.rawValue,
            "--event-time-max", TimeText.iso(scenario.load.eventTimeMax),
            "--dead-letter-limit", "\(engine.deadLetterLimit)", "--run-id", folder.id,
            "--progress", folder.progress, "--announce",
        ]
        words += heartbeat(ServiceNames.engine)
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
        } else {
            // A run's results go nowhere else, whatever the environment names.
            words.append("--no-dashboard")
        }
        return words
    }
}

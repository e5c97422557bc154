internal import ASEEDSystem
internal import Verifier

/// `lab verify --log`: what an engine must answer for a log, in the shape of `lab engine`.
enum ReferenceAnswer {
    /// Computes and prints the answer.
    static func print(log path: String, _ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.choice("format", of: ["json"])
        let run = try description(arguments)
        do {
            let source = try FolderLog(folder: path)
            let answer = try Verifier.referenceAnswer(log: source, run: run)
            StandardStream.out.write(answer + "\n")
        } catch let error as VerifierError {
            throw CommandFailure(code(error), "lab verify: \(error)")
        }
        return .success
    }

    private static func code(_ error: VerifierError) -> ExitCode {
        switch error {
        case .badDescription: .usage
        case .log: .unavailable
        case .scratch: .inputOutput
        }
    }

    private static func description(_ arguments: Arguments) throws -> RunDescription {
        let windows = try WindowOptions.read(arguments, command: "verify").map {
            RunDescription.Window(sizeMs: $0.sizeMs, slideMs: $0.slideMs)
        }
        var run = RunDescription(windows: windows)
        run.watermarkDelayMs = try arguments.durationMs("watermark-delay") ?? 600_000
        if let policy = try arguments.choice("policy", of: ["record", "batch"]) {
            run.policy = policy == "batch" ? .batch : .record
        }
        if let text = arguments.string("event-time-max") {
            guard let time = TimeText.since1970(text) else {
                throw UsageError(
                    "lab verify: --event-time-max is a time like 2024-01-15T14:30:00Z, "
                        + "not \"\(text)\"")
            }
            run.futureBound = time
        }
        if arguments.string("top") == "all" {
            run.topCount = nil
        } else {
            run.topCount = try arguments.integer("top", in: 1...1_000_000).map(Int.init) ?? 10
        }
        return run
    }
}

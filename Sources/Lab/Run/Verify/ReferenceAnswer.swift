internal import ASEEDSystem
internal import Verifier

/// `lab verify --log`: what an engine must answer for a log, in the shape of `lab engine`.
enum ReferenceAnswer {
    /// Computes and prints the answer.
    static func print(log path: String, _ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.choice("format", of: ["json"])
        let run = try description(arguments)
        let source: LogRecordSource
        do throws(LogError) {
            source = try LogRecordSource(FileLog(opening: path), name: path)
        } catch {
            throw CommandFailure(.unavailable, "lab verify: \(error)")
        }
        do {
            let answer = try Verifier.referenceAnswer(log: source, run: run)
            StandardStream.out.write(answer + "\n")
        } catch let error as VerifierError {
            throw CommandFailure(code(error), "lab verify: \(error)")
        }
        return .success
    }

    private static func code(_ error: VerifierError) -> ExitCode {
        if case .badDescription = error { .usage } else { .inputOutput }
    }

    private static func description(_ arguments: Arguments) throws -> RunDescription {
        var run = RunDescription(windows: try windows(arguments))
        run.watermarkDelayMs = try arguments.durationMs("watermark-delay") ?? 600_000
        if let policy = try arguments.choice("policy", of: ["record", "batch"]) {
            run.policy = policy == "batch" ? .batch : .record
        }
        if let text = arguments.string("event-time-max") {
            guard let time = UTCTime.microseconds(text) else {
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

    private static func windows(_ arguments: Arguments) throws -> [RunDescription.Window] {
        let sizes = try durations(arguments, "window")
        let slides = try durations(arguments, "slide")
        guard slides.count <= max(1, sizes.count) else {
            throw UsageError("lab verify: more --slide than --window")
        }
        return try (sizes.isEmpty ? [60_000] : sizes).enumerated().map { index, size in
            let slide = index < slides.count ? slides[index] : size
            guard size > 0, slide > 0, slide <= size else {
                throw UsageError("lab verify: 0 < slide ≤ window, not \(slide) and \(size) ms")
            }
            return RunDescription.Window(sizeMs: size, slideMs: slide)
        }
    }

    private static func durations(_ arguments: Arguments, _ name: String) throws -> [Int64] {
        try arguments.strings(name).map { text in
            guard let value = DurationText.milliseconds(text) else {
                throw UsageError("lab verify: --\(name) is a duration like 60s, not \"\(text)\"")
            }
            return value
        }
    }
}

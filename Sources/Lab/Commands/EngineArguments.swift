internal import ASEEDSystem
internal import Glibc

/// What `lab engine` was told, checked.
struct EngineArguments {
    let logName: String
    private(set) var options: EngineOptions
    let trigger: EngineOptions.Trigger
    let dashboardURL: String?
    let progressPath: String?
    let printsToConsole: Bool
    let printsAnswer: Bool
    let announces: Bool
    /// nil is all.
    let top: Int?
    private let tokenPath: String?
    private var temporaryFolder: String?

    init(_ arguments: Arguments) throws {
        guard let log = arguments.string("log") else {
            throw UsageError(
                "lab engine: --log DIR or --log kafka is missing; `lab help engine` has examples")
        }
        logName = log
        trigger = try Self.trigger(arguments)
        let runID = arguments.string("run-id") ?? "run-\(SystemClock.wallNs() / 1_000_000)"
        guard (1...128).contains(runID.utf8.count),
            runID.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
        else {
            throw UsageError(
                "lab engine: --run-id is 1 to 128 printable ASCII characters")
        }
        let folder =
            arguments.string("checkpoint") ?? Environment.value("CHECKPOINT_LOCATION")
            ?? "./checkpoints"
        options = EngineOptions(checkpointFolder: folder, runID: runID)
        options.trigger = trigger
        tokenPath = arguments.string("token-file")
        progressPath = arguments.string("progress")
        printsToConsole = try arguments.choice("sink", of: ["console"]) != nil
        printsAnswer = try arguments.choice("format", of: ["human", "json"]) == "json"
        announces = trigger != .availableNow || arguments.has("announce")
        top = try Self.top(arguments)
        dashboardURL = try Self.dashboardURL(arguments, trigger)
        try readLimits(arguments)
        options.windows = try WindowOptions.read(arguments, command: "engine")
        // Made last: nothing is left behind when an option is wrong.
        if trigger == .availableNow, arguments.string("checkpoint") == nil {
            let folder = try Self.makeTemporaryFolder()
            temporaryFolder = folder
            options.checkpointFolder = folder
        }
    }

    private mutating func readLimits(_ arguments: Arguments) throws {
        let anyCount: ClosedRange<Int64> = 1...Int64.max
        options.maxOrdersPerTrigger = try arguments.integer("max-orders-per-trigger", in: anyCount)
        options.workers = Int(try arguments.integer("workers", in: 1...256) ?? 1)
        options.deadLetterLimit =
            try arguments.integer("dead-letter-limit") ?? options.deadLetterLimit
        options.maxFutureMs = try Self.duration(arguments, "max-future") ?? options.maxFutureMs
        options.idleTimeoutMs = try Self.duration(arguments, "idle-timeout") ?? 0
        options.watermarkDelayMs =
            try Self.duration(arguments, "watermark-delay") ?? options.watermarkDelayMs
        let policies = LatenessPolicy.allCases.map(\.rawValue)
        if let name = try arguments.choice("policy", of: policies),
            let policy = LatenessPolicy(rawValue: name)
        {
            options.policy = policy
        }
        if let text = arguments.string("event-time-max") {
            guard let time = TimeText.micros(text), time >= 0 else {
                throw UsageError(
                    "lab engine: --event-time-max is a time like 2024-01-15T14:30:00Z, "
                        + "not \"\(text)\"")
            }
            options.eventTimeMaxUs = time
        }
        for text in arguments.strings("publish-every") {
            let parts = text.split(separator: "=")
            guard parts.count == 2, let query = QueryName(rawValue: String(parts[0])),
                let every = Int64(parts[1]), every > 0
            else {
                let names = QueryName.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(
                    "lab engine: --publish-every is QUERY=N with a query of \(names), "
                        + "not \"\(text)\"")
            }
            options.publishEvery[query] = every
        }
    }

    private static func trigger(_ arguments: Arguments) throws -> EngineOptions.Trigger {
        let text = arguments.string("trigger")
        if text == "available-now" { return .availableNow }
        if let text, DurationText.milliseconds(text) == nil {
            throw UsageError(
                "lab engine: --trigger is available-now or a duration like 250ms, 5s or 1m, "
                    + "not \"\(text)\"")
        }
        return .interval(ms: try duration(arguments, "trigger") ?? 5_000)
    }

    /// A drain of recorded data, and whoever wants the results elsewhere, is no service of the
    /// environment's dashboard.
    private static func dashboardURL(
        _ arguments: Arguments, _ trigger: EngineOptions.Trigger
    ) throws -> String? {
        let named = arguments.string("dashboard")
        if named != nil {
            for other in ["sink", "no-dashboard"] where arguments.has(other) {
                let word = other == "sink" ? "--sink console" : "--\(other)"
                throw UsageError("lab engine: \(word) and --dashboard exclude each other")
            }
            return named
        }
        guard trigger != .availableNow, !arguments.has("sink"), !arguments.has("no-dashboard"),
            let url = Environment.value("DASHBOARD_URL"), !url.isEmpty
        else { return nil }
        if let mistake = Configuration.mistake("DASHBOARD_URL", url) {
            throw CommandFailure(.configuration, "lab engine: \(mistake)")
        }
        return url
    }

    /// A duration that can be added to a time without overflow.
    private static func duration(_ arguments: Arguments, _ name: String) throws -> Int64? {
        let ms = try arguments.durationMs(name)
        guard ms ?? 0 <= EngineOptions.longestDelayMs else {
            let most = DurationText.text(milliseconds: EngineOptions.longestDelayMs)
            throw UsageError("lab engine: --\(name) is at most \(most)")
        }
        return ms
    }

    private static func top(_ arguments: Arguments) throws -> Int? {
        if arguments.string("top") == "all" { return nil }
        return Int(try arguments.integer("top", in: 1...10_000_000) ?? 10)
    }

    /// The dashboard's token, or nil when none is configured.
    func readToken() throws -> String? {
        guard let tokenPath else { return nil }
        do throws(SystemError) {
            let text = String(decoding: try TextFile.read(tokenPath), as: UTF8.self)
            return String(text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
        } catch {
            throw CommandFailure(
                .configuration, "lab engine: can't read the token file \(tokenPath): \(error)")
        }
    }

    /// Whether the checkpoint outlives the command.
    var keepsCheckpoint: Bool { temporaryFolder == nil }

    func removeTemporaryFolder() {
        guard let temporaryFolder, !FileTree.remove(temporaryFolder) else { return }
        StandardStream.error.write(
            "lab engine: can't remove the temporary folder \(temporaryFolder)\n")
    }

    private static func makeTemporaryFolder() throws -> String {
        var template = Array("\(FileTree.temporaryFolder)/aseed-engine-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else {
            let error = SystemError("make a folder in \(FileTree.temporaryFolder)", errno: errno)
            throw CommandFailure(
                .inputOutput, "lab engine: \(error); set TMPDIR, or give --checkpoint DIR")
        }
        return made
    }
}

/// `--window` and `--slide`, shared by the engine and its reference.
enum WindowOptions {
    static func read(_ arguments: Arguments, command: String) throws -> [WindowSpec] {
        let sizes = try durations(arguments.strings("window"), "window", command)
        let slides = try durations(arguments.strings("slide"), "slide", command)
        guard slides.count <= max(1, sizes.count) else {
            throw UsageError("lab \(command): there are more --slide than --window")
        }
        var specs: [WindowSpec] = []
        for (index, size) in (sizes.isEmpty ? [60_000] : sizes).enumerated() {
            let slide = index < slides.count ? slides[index] : size
            guard let spec = WindowSpec(sizeMs: size, slideMs: slide) else {
                throw UsageError(
                    "lab \(command): a window of \(DurationText.text(milliseconds: size)) can't "
                        + "slide by \(DurationText.text(milliseconds: slide)): "
                        + "0 < slide <= size <= 366d, and size is at most "
                        + "\(WindowSpec.mostOverlapping) slides")
            }
            guard !specs.contains(where: { $0.sizeMs == spec.sizeMs }) else {
                throw UsageError("lab \(command): two windows have the same size")
            }
            specs.append(spec)
        }
        return specs
    }

    private static func durations(
        _ texts: [String], _ name: String, _ command: String
    ) throws -> [Int64] {
        try texts.map { text in
            guard let ms = DurationText.milliseconds(text) else {
                throw UsageError(
                    "lab \(command): --\(name) is a duration like 60s, not \"\(text)\"")
            }
            return ms
        }
    }
}

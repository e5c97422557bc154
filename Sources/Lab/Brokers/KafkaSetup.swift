internal import ASEEDSystem
internal import Glibc

/// Makes sure, before the first run, that what Kafka needs is there, and fetches it when it is not.
enum KafkaSetup {
    private static let limitMs: Int64 = 900_000

    /// Looks for the parts that runs with these logs need.
    static func ensure(_ logs: [LogSettings], command: String) throws {
        let kafka = logs.filter { $0.kind == .kafka }
        guard !kafka.isEmpty else { return }
        let missing = missingParts(kafka)
        if !missing.isEmpty {
            try fetch(missing, command)
            let left = missingParts(kafka)
            guard left.isEmpty else {
                throw CommandFailure(
                    .unavailable,
                    "lab \(command): `\(KafkaParts.command)` left out "
                        + left.joined(separator: ", "))
            }
        }
        do throws(LogError) {
            _ = try LibraryVersions.kafka()
        } catch {
            throw CommandFailure(.unavailable, "lab \(command): \(error)")
        }
        do throws(LogError) {
            let names = KafkaVariables.names(
                managed: !kafka.contains { $0.broker == .external })
            try KafkaSettings(log: "kafka", names: names, value: Environment.value).check()
        } catch {
            throw CommandFailure(.usage, "lab \(command): \(error); `lab config` shows all")
        }
    }

    /// Parts that have to be fetched for these logs.
    static func missingParts(
        _ logs: [LogSettings], in folder: KafkaParts? = .find(),
        environment: (String) -> String? = Environment.value
    ) -> [String] {
        var needed: [String] = []
        if environment("LAB_RDKAFKA")?.isEmpty ?? true { needed.append(KafkaParts.library) }
        for log in logs where log.kind == .kafka && log.broker == .managed {
            needed += log.managed.parts.filter { !needed.contains($0) }
        }
        return needed.filter { folder?.has($0) != true }
    }

    private static func fetch(_ missing: [String], _ command: String) throws {
        let names = missing.compactMap { $0.split(separator: "/").last.map(String.init) }
        let list = names.joined(separator: ", ")
        guard let script = Environment.value("LAB_SETUP"), access(script, X_OK) == 0 else {
            throw CommandFailure(
                .unavailable,
                "lab \(command): Kafka needs \(list); fetch with `\(KafkaParts.command)`")
        }
        StandardStream.error.write(
            "Kafka needs \(list), which \(names.count == 1 ? "is" : "are") fetched once "
                + "(\(KafkaParts.command))\n")
        let outcome = try ShortProgram.run(
            script, ["--with-kafka", "--quiet"], title: "setup", limitMs: limitMs)
        guard outcome.ending == .code(0) else {
            let said = outcome.lines.isEmpty ? "" : "\n" + outcome.lines.joined(separator: "\n")
            throw CommandFailure(
                .unavailable,
                "lab \(command): Kafka needs \(list), and `\(KafkaParts.command)` "
                    + "\(outcome.text)\(said)")
        }
    }
}

/// A program that is run to its end for what it says.
struct ShortProgram {
    /// How it ended; nil when it did not within its time, and was killed.
    var ending: ExitRecord.Ending?
    /// Its last lines, standard output first.
    var lines: [String]

    /// How it ended, for a message.
    var text: String {
        switch ending {
        case nil: "did not end in its time"
        case .code(let code)?: "ended with code \(code)"
        case .signal(let signal)?: "was ended by signal \(signal)"
        }
    }

    /// Runs it.
    static func run(
        _ program: String, _ words: [String], title: String, limitMs: Int64, direct: Bool = false
    ) throws(SystemError) -> ShortProgram {
        let folder = try FileTree.makeTemporary("lab-\(title)")
        defer { FileTree.remove(folder) }
        let group = ServiceGroup()
        let process = try group.start(
            ServiceLaunch(
                name: title, program: program, words: words, logFolder: folder, title: title,
                direct: direct))
        let deadline = SystemClock.monotonicNs() + limitMs * 1_000_000
        var isOver = false
        while !isOver, SystemClock.monotonicNs() < deadline {
            for event in group.events.takeAll(deadlineNs: deadline) {
                if case .ended = event { isOver = true }
            }
        }
        let lines = ["out", "log"].flatMap {
            TextTail.lastLines(of: "\(folder)/\(title).\($0)", count: 20)
        }
        return ShortProgram(ending: process.exit?.ending, lines: lines)
    }
}

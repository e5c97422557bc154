internal import ASEEDSystem
internal import Glibc

/// `lab prove`: one verification of a running system, in a process of its own, so that it can be
/// given little of the machine, and stopped.
enum ProveCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "prove", summary: "Verifies the published numbers of a run that goes on.",
            operands: "RUN",
            options: [
                .init("dashboard", "URL", help: "the run's dashboard"),
                .init("log", "kafka://…", help: "the order log, when it is a topic"),
            ],
            examples: [
                (
                    "lab prove results/live/latest --dashboard http://127.0.0.1:5005",
                    "prints {\"proof\":{\"state\":\"proved\",…}} and tells the dashboard"
                )
            ],
            hidden: true)
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        guard arguments.operands.count == 1, let path = arguments.operands.first,
            let dashboard = arguments.string("dashboard")
        else { throw UsageError("lab prove: needs a run and --dashboard URL") }
        guard let folder = RunFolder.open(path) else {
            throw CommandFailure(.usage, "lab prove: \(path) is no run folder")
        }
        // The system under test goes first.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        let token = String(
            decoding: try TextFile.read(folder.tokenFile), as: UTF8.self
        ).split(whereSeparator: \.isWhitespace).first.map(String.init)
        let work = RunVerification(
            scenario: try RunReverification(folder: folder).storedScenario(), folder: folder,
            isDrained: false)
        let proof = RunningVerification(
            work: work, dashboard: dashboard, token: token ?? "",
            topic: arguments.string("log")
        ).prove()
        StandardStream.out.write(proof.line.bytes + [UInt8(ascii: "\n")])
        return switch proof.state {
        case .proved: .success
        case .differs: .wrongOutput
        case .unknown: .unknown
        }
    }
}

internal import ASEEDSystem
internal import Glibc

/// `lab broker`: a Kafka broker on loopback, until it is told to stop.
enum BrokerCommand: Command {
    static var spec: CommandSpec {
        CommandSpec(
            name: "broker", summary: "Starts a Kafka broker on loopback, until it is told to stop.",
            options: [
                .init(
                    "kind", BrokerKind.allCases.map(\.rawValue).joined(separator: "|"),
                    help: "which one (default: tansu)"),
                .init("port", "PORT", help: "port to listen on, 0 for a free one (default: 9092)"),
                .init("data", "DIR", help: "its files and logs (default: removed at the end)"),
            ],
            examples: [
                ("lab broker", "listens on 127.0.0.1:9092, in memory"),
                ("lab broker --kind noida --data broker", "keeps its topics in the folder broker"),
            ])
    }

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let kind =
            try arguments.choice("kind", of: BrokerKind.allCases.map(\.rawValue))
            .flatMap(BrokerKind.init) ?? .tansu
        let port = try arguments.integer("port", in: 0...65_535) ?? 9_092
        var wanted = LogSettings(kind: .kafka)
        wanted.managed = kind
        try KafkaSetup.ensure([wanted], command: "broker")
        let stops = try SignalWatch.start()
        let folder = try Folder(arguments.string("data"))
        let group = ServiceGroup()
        do {
            let broker = try ManagedBroker(
                kind, folder: folder.path, port: port == 0 ? nil : UInt16(port),
                logs: folder.path, services: group)
            defer { broker.stop(hurry: { stops.count > 1 }) }
            try broker.start {
                _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 10_000_000)
                if stops.count > 0 {
                    throw CommandFailure(.interrupted, "lab broker: stopped before it was ready")
                }
            }
            tellReady(broker)
            while stops.count == 0 {
                guard broker.isRunning else {
                    throw CommandFailure(
                        .unavailable,
                        "lab broker: \(kind.rawValue) ended by itself; the last lines of its log:\n"
                            + group.services.flatMap { $0.lastLogLines() }
                            .joined(separator: "\n"))
                }
                _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 100_000_000)
            }
        } catch let error as BrokerError {
            throw CommandFailure(.unavailable, "lab broker: \(error)")
        }
        return .success
    }

    private static func tellReady(_ broker: ManagedBroker) {
        var json = JSONWriter()
        json.object { json in
            json.member("ready", "broker")
            json.member("pid", getpid())
            json.member("port", Int64(broker.port))
            json.member("brokers", broker.address)
            json.member("version", broker.version)
        }
        StandardStream.out.write(json.text + "\n")
    }

    /// The folder of the files; one that nobody named goes away with this.
    private final class Folder {
        let path: String
        private let isKept: Bool

        init(_ given: String?) throws(SystemError) {
            isKept = given != nil
            if let given {
                try FileTree.make(given)
                path = given
            } else {
                path = try FileTree.makeTemporary("lab-broker")
            }
        }

        deinit { if !isKept { FileTree.remove(path) } }
    }
}

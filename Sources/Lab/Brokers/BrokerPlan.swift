internal import ASEEDSystem
internal import Glibc

/// What a managed broker consists of: its processes in the order of their start.
struct BrokerPlan: Equatable, Sendable {
    /// Where clients connect, on 127.0.0.1.
    var port: UInt16
    var parts: [BrokerPart]
    /// The broker's version where a file tells it; else its own output does.
    var version: String?

    /// Variables of the lab's environment that would change a broker without anybody meaning it.
    private static let taken = [
        "CLUSTER_ID", "LISTENER_URL", "ADVERTISED_LISTENER_URL", "STORAGE_ENGINE",
        "SCHEMA_REGISTRY", "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]

    /// Plans a broker whose files lie in `folder`.
    ///
    /// - Parameter port: where it listens; nil takes a free one.
    static func make(
        _ kind: BrokerKind, folder: String, port: UInt16? = nil, parts: KafkaParts?,
        environment: (String) -> String? = Environment.value
    ) throws(BrokerError) -> BrokerPlan {
        do throws(SystemError) {
            try FileTree.make(folder)
        } catch {
            throw .system(error)
        }
        if let port, !LoopbackPort.isFree(port) {
            throw .step(
                broker: kind.rawValue, step: "listening on 127.0.0.1:\(port)",
                reason: "somebody else does",
                advice: "stop that one, or choose another port")
        }
        let port = if let port { port } else { try ports(1)[0] }
        switch kind {
        case .apache:
            return try ApacheKafka.find(environment: environment).plan(folder: folder, port: port)
        case .tansu: return try tansu(fetched(parts), port, storage: "memory://tansu/", [:])
        case .tansuS3: return try tansuS3(fetched(parts), port, folder: folder)
        case .noida: return try noida(fetched(parts), port, folder: folder)
        }
    }

    private static func fetched(_ parts: KafkaParts?) throws(BrokerError) -> KafkaParts {
        guard let parts else {
            throw .missing(
                what: "the folder of brokers", path: "LAB_DEPS is not set, no .deps found",
                advice: "fetch it with `\(KafkaParts.command)`")
        }
        return parts
    }

    /// Ports that are free now.
    static func ports(_ count: Int) throws(BrokerError) -> [UInt16] {
        do throws(SystemError) {
            return try FreePort.find(count).map { UInt16($0) }
        } catch {
            throw .system(error)
        }
    }

    // MARK: - The kinds

    private static func tansu(
        _ parts: KafkaParts, _ port: UInt16, storage: String, _ credentials: [String: String?]
    ) throws(BrokerError) -> BrokerPlan {
        let url = "tcp://127.0.0.1:\(port)"
        var environment = credentials
        for name in taken { environment[name] = .some(nil) }
        let part = BrokerPart(
            name: ServiceName.broker, label: "broker", program: try parts.program("bin/tansu"),
            words: [
                "--cluster-id", "aseed-lab", "--listener-url", url, "--advertised-listener-url",
                url, "--storage-engine", storage,
            ], environment: environment, readiness: .kafka(port: port))
        return BrokerPlan(port: port, parts: [part])
    }

    /// A store of its own in a folder; `weed` is one program for all of it, on eight ports.
    private static func tansuS3(
        _ parts: KafkaParts, _ port: UInt16, folder: String
    ) throws(BrokerError) -> BrokerPlan {
        let ports = try ports(8)
        let names = [
            "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
            "filer.port.grpc", "s3.port", "s3.port.grpc",
        ]
        let files = "\(folder)/store"
        do throws(SystemError) {
            try FileTree.make(files)
        } catch {
            throw .system(error)
        }
        let filer = ports[4]
        let s3 = ports[6]
        // It listens on loopback alone; the words only have to be the same on both sides.
        let credentials = ["AWS_ACCESS_KEY_ID": "aseed-lab", "AWS_SECRET_ACCESS_KEY": "aseed-lab"]
        var store = BrokerPart(
            name: ServiceName.brokerStore, label: "object store",
            program: try parts.program("bin/weed"),
            words: [
                "server", "-dir=\(files)", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                "-master.telemetry=false", "-master.volumeSizeLimitMB=512", "-volume.max=64",
                "-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0",
            ], environment: credentials.mapValues(Optional.some),
            readiness: .http(url: "http://127.0.0.1:\(s3)/healthz"),
            thenPost: "http://127.0.0.1:\(filer)/buckets/tansu/",
            // It takes half a minute to end on SIGTERM, and loses nothing by SIGKILL.
            stopSignal: SIGKILL)
        store.words += zip(names, ports).map { "-\($0)=\($1)" }
        let broker = try tansu(
            parts, port, storage: "s3://tansu/",
            credentials.merging([
                "AWS_ENDPOINT": "http://127.0.0.1:\(s3)", "AWS_ALLOW_HTTP": "true",
                "AWS_DEFAULT_REGION": "us-east-1",
            ]) { $1 }.mapValues(Optional.some))
        return BrokerPlan(port: broker.port, parts: [store] + broker.parts)
    }

    private static func noida(
        _ parts: KafkaParts, _ port: UInt16, folder: String
    ) throws(BrokerError) -> BrokerPlan {
        let part = BrokerPart(
            name: ServiceName.broker, label: "broker", program: try parts.program("bin/noida-db"),
            words: [
                "start", "--data-dir", "\(folder)/data", "--host", "127.0.0.1", "--only", "kafka",
                "--kafka-port", "\(port)",
            ], readiness: .kafka(port: port))
        return BrokerPlan(port: port, parts: [part])
    }
}

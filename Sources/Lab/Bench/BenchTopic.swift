internal import ASEEDSystem

/// A topic of a benchmark's own.
final class BenchTopic {
    private let broker: BenchBroker
    let settings: KafkaSettings
    /// As `--log` takes it.
    var name: String { settings.address.description }

    init(_ stage: BenchStage, _ broker: BenchBroker) throws {
        self.broker = broker
        let unique = "\(stage.freshName("aseed-bench"))-\(SystemClock.monotonicNs())"
        let address = try KafkaAddress(brokers: broker.address, topic: unique)
        settings = try KafkaSettings(
            log: address.description, names: KafkaVariables.names(managed: broker.isOwn),
            value: Environment.value)
    }

    // With a broker of the benchmark's own, it is gone already or goes with it.
    deinit { if !broker.isOwn { delete() } }

    func create() throws {
        try KafkaAdmin(settings).createTopic(partitions: BenchLogSpec(orders: 0).partitions)
    }

    /// What can't be deleted is told: the broker may be somebody's.
    func delete() {
        do throws(LogError) { try KafkaAdmin(settings).deleteTopic() } catch {
            StandardStream.error.write("lab bench: topic left behind: \(error)\n")
        }
    }

    /// Runs `lab loadgen` into it. Times are those of the stage: from its start to the last
    /// acknowledgement.
    func fill(_ stage: BenchStage) throws -> BenchSample {
        let plan = try BenchLogSpec(orders: stage.orders).writePlan(stage)
        let history = stage.folder.path("kafka-history.bin")
        let child = try stage.run([
            "loadgen", "--plan", plan, "--log", name, "--history", history,
        ])
        try stage.folder.remove("kafka-history.bin")
        let last = child.output.split(separator: UInt8(ascii: "\n")).last ?? []
        let summary = try JSONParser.parse(Array(last))["summary"]
        guard let acknowledged = summary?["acknowledged"]?.integer, acknowledged == stage.orders,
            let wallNs = summary?["wall_ns"]?.integer, let cpuNs = summary?["cpu_ns"]?.integer,
            let bytes = summary?["bytes"]?.integer
        else {
            throw CommandFailure(
                .wrongOutput,
                "lab bench: the load generator did not get \(stage.orders) orders acknowledged: "
                    + String(decoding: last, as: UTF8.self))
        }
        var hash = BenchHash()
        hash.add(UInt64(bytes))
        return BenchSample(
            orders: stage.orders, hash: hash.value, wallNs: wallNs, cpuNs: cpuNs,
            peakBytes: child.peakBytes)
    }
}

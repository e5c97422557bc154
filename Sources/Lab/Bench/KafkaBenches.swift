internal import ASEEDSystem
internal import LoadGen

/// Engine and load generator over Kafka against librdkafka alone: the same topic, the same settings.
enum KafkaBenches {
    private static let floor = BenchBound.atLeast(0.8)
    private static let partitions = 4

    static let consumer = Benchmark(
        name: "kafka-engine",
        summary: "`lab engine` drains a topic; a bare batch consumer reads it and does nothing",
        defaultOrders: 5_000_000, needsBroker: true
    ) { stage in
        let topic = try BenchTopic(stage)
        _ = try topic.fill(stage)
        return BenchLineup(
            contenders: [
                BenchContender(name: "bare consumer") {
                    let read = try KafkaYardstick.consume(
                        topic.settings, partitions: partitions, records: stage.orders)
                    return sample(read)
                },
                BenchContender(
                    name: "engine, 1 worker", answer: EngineBenches.answer(orders: stage.orders)
                ) { try EngineRun(stage: stage, log: topic.name).measure() },
            ],
            comparisons: [
                BenchComparison(
                    name: "engine against bare consumer", figure: .ordersPerSecond,
                    numerator: "engine, 1 worker", denominator: "bare consumer", bound: floor)
            ])
    }

    static let producer = Benchmark(
        name: "kafka-loadgen",
        summary: "`lab loadgen` writes a backlog, with history; a bare producer writes as much",
        defaultOrders: 5_000_000, needsBroker: true
    ) { stage in
        let lines = try sampleLines(stage)
        return BenchLineup(
            contenders: [
                BenchContender(name: "bare producer") {
                    let topic = try BenchTopic(stage)
                    defer { topic.delete() }
                    try topic.create()
                    return sample(
                        try KafkaYardstick.produce(
                            topic.settings, partitions: partitions, records: stage.orders,
                            lines: lines))
                },
                BenchContender(name: "load generator") {
                    let topic = try BenchTopic(stage)
                    defer { topic.delete() }
                    return try topic.fill(stage)
                },
            ],
            comparisons: [
                BenchComparison(
                    name: "load generator against bare producer", figure: .ordersPerSecond,
                    numerator: "load generator", denominator: "bare producer", bound: floor)
            ])
    }

    private static func sample(_ result: KafkaYardstick.Result) -> BenchSample {
        var hash = BenchHash()
        hash.add(UInt64(result.records))
        hash.add(UInt64(result.bytes))
        return BenchSample(
            orders: result.records, hash: hash.value, wallNs: result.wallNs, cpuNs: result.cpuNs)
    }

    /// A block of the simulator's orders, as large as the load generator's.
    private static func sampleLines(_ stage: BenchStage) throws -> [UInt8] {
        let spec = BenchLogSpec(orders: min(stage.orders, 5_000), partitions: 4)
        var lines: [UInt8] = []
        let log = try FileLog(opening: try stage.logs.path(spec))
        try LogLines.forEach(of: log, partition: 0) { line in
            lines += line
            lines.append(0x0a)
        }
        return lines
    }
}

/// A topic of a benchmark's own.
private final class BenchTopic {
    let settings: KafkaSettings
    /// As `--log` takes it.
    var name: String { settings.address.description }

    init(_ stage: BenchStage) throws {
        guard Environment.value("KAFKA_BOOTSTRAP_SERVERS") != nil else {
            throw CommandFailure(
                .unavailable,
                "lab bench: no broker: KAFKA_BOOTSTRAP_SERVERS must name one, such as "
                    + "127.0.0.1:9092")
        }
        var settings = try KafkaSettings(
            log: "kafka", names: Environment.names, value: Environment.value)
        let unique = "\(stage.freshName("aseed-bench"))-\(SystemClock.monotonicNs())"
        settings.address = try KafkaAddress(brokers: settings.address.brokers, topic: unique)
        self.settings = settings
    }

    deinit { delete() }

    func create() throws {
        try KafkaAdmin(settings).createTopic(partitions: BenchLogSpec(orders: 0).partitions)
    }

    /// What can't be deleted is told: the broker is not the benchmark's.
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

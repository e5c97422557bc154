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
        let broker = try BenchBroker(stage)
        let topic = try BenchTopic(stage, broker)
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
            ], setting: try broker.summary())
    }

    static let producer = Benchmark(
        name: "kafka-loadgen",
        summary: "`lab loadgen` writes a backlog, with history; a bare producer writes as much",
        defaultOrders: 5_000_000, needsBroker: true
    ) { stage in
        let broker = try BenchBroker(stage)
        let lines = try sampleLines(stage)
        return BenchLineup(
            contenders: [
                BenchContender(name: "bare producer") {
                    let topic = try BenchTopic(stage, broker)
                    defer { topic.delete() }
                    try topic.create()
                    return sample(
                        try KafkaYardstick.produce(
                            topic.settings, partitions: partitions, records: stage.orders,
                            lines: lines))
                },
                BenchContender(name: "load generator") {
                    let topic = try BenchTopic(stage, broker)
                    defer { topic.delete() }
                    return try topic.fill(stage)
                },
            ],
            comparisons: [
                BenchComparison(
                    name: "load generator against bare producer", figure: .ordersPerSecond,
                    numerator: "load generator", denominator: "bare producer", bound: floor)
            ], setting: try broker.summary())
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

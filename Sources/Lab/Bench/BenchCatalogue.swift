/// All benchmarks, in the order in which they run.
enum BenchCatalogue {
    static let all: [Benchmark] = [
        GeneratorBenches.memory, GeneratorBenches.file, ReadBench.read, ParseBench.parse,
        EngineBenches.plain, EngineBenches.compact, EngineBenches.reordered, EngineBenches.extra,
        EngineBenches.uuid, EngineBenches.randomKeys, EngineBenches.hostile, CommitBench.commit,
        VerifierBench.verifier, PushBench.push, KafkaBenches.consumer, KafkaBenches.producer,
    ]

    /// The benchmarks that run when none is named: all that can.
    ///
    /// - Parameter missing: parts that Kafka needs and that are not there.
    /// - Parameter foreign: brokers that are not the lab's; they are loaded only when asked for.
    /// - Returns: the benchmarks, and a line about those that are left out.
    static func unnamed(
        missing: [String], foreign: String? = nil
    ) -> (benchmarks: [Benchmark], note: String?) {
        guard !missing.isEmpty || foreign != nil else { return (all, nil) }
        let left = all.filter(\.needsBroker).map(\.name).joined(separator: " and ")
        let parts = missing.compactMap { $0.split(separator: "/").last }.joined(separator: ", ")
        let why =
            foreign.map {
                "they would load \($0) (KAFKA_BOOTSTRAP_SERVERS); name them with --filter"
            }
            ?? "Kafka needs \(parts); fetch with `\(KafkaParts.command)`"
        return (all.filter { !$0.needsBroker }, "lab bench: leaves out \(left): \(why)")
    }

    /// The benchmarks of a name, or of a pattern with `*`.
    static func matching(_ pattern: String) -> [Benchmark] {
        all.filter { matches(Array($0.name)[...], Array(pattern)[...]) }
    }

    private static func matches(
        _ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>
    ) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" {
            return matches(name, rest) || !name.isEmpty && matches(name.dropFirst(), pattern)
        }
        return name.first == first && matches(name.dropFirst(), rest)
    }
}

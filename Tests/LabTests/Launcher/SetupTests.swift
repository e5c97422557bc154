import Testing

/// `scripts/setup`, alone and as the launcher calls it.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct SetupTests {
    let tree: LauncherTree
    static let install = "apt-get install --yes --no-install-recommends --no-remove"

    init() throws {
        tree = try LauncherTree()
    }

    /// Makes the stand-in know all needed packages but these.
    private func takeAway(_ packages: Set<String>) throws {
        let left = LauncherStubs.packages.filter { !packages.contains($0) }
        try tree.note(left.joined(separator: "\n") + "\n", as: "installed")
    }

    @Test func withoutRootAMissingPackageGivesTheCommandAndCode69() throws {
        try takeAway(["libwebsockets-dev", "zlib1g-dev"])
        try tree.note("1000\n", as: "uid")
        let outcome = try tree.run("lab", ["help"])
        #expect(outcome.code == 69)
        #expect(outcome.stdout.isEmpty)
        #expect(
            outcome.stderr == """
                lab needs Debian packages that are missing: libwebsockets-dev zlib1g-dev. \
                Install them with
                  sudo apt-get update && sudo \(Self.install) libwebsockets-dev zlib1g-dev

                """)
        #expect(try tree.calls("apt-get").isEmpty)
        #expect(try tree.calls("swift build").isEmpty)
    }

    @Test func asRootItInstallsWhatIsMissingAndBuilds() throws {
        try takeAway(["libsqlite3-dev"])
        let outcome = try tree.run("lab", ["help"])
        #expect(outcome.code == 3)
        #expect(
            outcome.stderr == """
                installing libsqlite3-dev (apt-get)
                building lab (release)… first time takes some minutes

                """)
        #expect(
            try tree.calls("apt-get") == [
                "apt-get update",
                "\(Self.install) libsqlite3-dev --option DPkg::Lock::Timeout=120",
            ])
    }

    @Test func aFailureOfAptIsShownInFull() throws {
        try takeAway(["libsqlite3-dev"])
        try tree.note("", as: "apt-fails")
        let outcome = try tree.run("lab", ["help"])
        #expect(outcome.code == 69)
        #expect(outcome.stderr.contains("a line of apt-get\nE: Unable to locate package\n"))
        #expect(
            outcome.stderr.hasSuffix("  apt-get update && \(Self.install) libsqlite3-dev\n"))
        #expect(try tree.calls("swift build").isEmpty)
    }

    @Test func doesNothingWhenNothingIsMissing() throws {
        for _ in 0..<2 {
            let outcome = try tree.run("scripts/setup")
            #expect(outcome.code == 0)
            #expect(outcome.stdout.hasSuffix("libjs-chart.js: there\n"))
        }
        #expect(try tree.run("scripts/setup", ["--quiet"]).stdout.isEmpty)
        #expect(try tree.calls("apt-get").isEmpty)
    }

    @Test func checkOnlyReports() throws {
        try takeAway(["librdkafka-dev"])
        let outcome = try tree.run("scripts/setup", ["--check"])
        #expect(outcome.code == 69)
        #expect(outcome.stdout.contains("librdkafka-dev: missing\nzlib1g-dev: there\n"))
        #expect(
            outcome.stderr.hasSuffix("  apt-get update && \(Self.install) librdkafka-dev\n"))
        #expect(try tree.calls("apt-get").isEmpty)
    }

    @Test func refusesAnUnknownOption() throws {
        let outcome = try tree.run("scripts/setup", ["--chek"])
        #expect(outcome.code == 64)
        #expect(outcome.stderr.contains("unknown option \"--chek\""))
    }

    @Test(arguments: ["5.10.1", "6.1", "6.1.9"])
    func anOldSwiftIsNamedWithCode69(_ version: String) throws {
        try tree.note("\(version)\n", as: "version")
        let outcome = try tree.run("lab", ["help"])
        #expect(outcome.code == 69)
        #expect(outcome.stderr.contains("none (only Swift \(version) at "))
        #expect(outcome.stderr.contains("https://www.swift.org/install/linux/"))
        #expect(try tree.calls("swift build").isEmpty)
    }

    @Test(arguments: ["6.2", "6.2.1", "6.10", "7.0"])
    func aNewerSwiftWillDo(_ version: String) throws {
        try tree.note("\(version)\n", as: "version")
        #expect(try tree.run("scripts/setup").stdout.hasPrefix("Swift \(version): "))
    }

    @Test func noSwiftGivesOneMessageAndCode69() throws {
        try tree.removeNote("swift")
        let outcome = try tree.run("lab", ["help"])
        #expect(outcome.code == 69)
        #expect(outcome.stdout.isEmpty)
        #expect(
            outcome.stderr.hasPrefix(
                "lab needs Swift 6.2 or newer to build, and found none.\nGet it from "))
        #expect(outcome.stderr.split(separator: "\n").count == 4)
    }
}

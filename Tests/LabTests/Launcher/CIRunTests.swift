import Testing

/// `.ci/run`: all steps in their order, and no step after one that failed.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct CIRunTests {
    let tree: LauncherTree

    init() throws {
        tree = try LauncherTree()
        try tree.write("let t = 1\n", to: "Tests/T/t.swift")
        try tree.note(
            "✔ Test run with 5 tests in 1 suite passed after 0.5 seconds.\n", as: "test-output")
        try tree.note("0\n", as: "test-code")
        try tree.note("0\n", as: "lab-code")
    }

    private func calls() throws -> [String] {
        try tree.calls("swift").filter { !$0.contains("--version") }
            .map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
    }

    @Test func makesAllStepsAndTellsTheirTimes() throws {
        let outcome = try tree.run(".ci/run")
        #expect(outcome.code == 0)
        #expect(try calls() == ["swift format", "swift test", "swift build"])
        let steps = ["set-up", "style", "tests", "scenario files", "runs", "runs on Kafka"]
        let told = outcome.stdout.split(separator: "\n").filter { $0.contains(": ok in ") }
        #expect(told.count == steps.count)
        for (line, step) in zip(told, steps) { #expect(line.hasPrefix("==> \(step): ok in ")) }
        #expect(outcome.stdout.contains("word <validate>\nword <scenarios/>\n"))
        #expect(
            outcome.stdout.contains("word <run>\nword <scenarios/>\nword <--scale>\nword <0.1>\n"))
        #expect(outcome.stdout.contains("word <0.1>\nword <--log>\nword <kafka>\n"))
        #expect(
            try tree.calls("swift format") == [
                "swift format lint --strict --recursive Sources Tests Package.swift"
            ])
    }

    @Test func stopsAtTheFirstStepThatFails() throws {
        try tree.note("", as: "format-fails")
        let style = try tree.run(".ci/run")
        #expect(style.code == 1)
        #expect(style.stderr.contains("==> style: failed with code 1 after "))
        #expect(try calls() == ["swift format"])

        try tree.removeNote("format-fails")
        try tree.note("9\n", as: "test-code")
        let tests = try tree.run(".ci/run")
        #expect(tests.code == 9)
        #expect(tests.stderr.contains("==> tests: failed with code 9 after "))
        #expect(try tree.calls("swift build").isEmpty)
    }

    @Test func endsWithTheCodeOfARunThatFailed() throws {
        try tree.note("2\n", as: "lab-code")
        let outcome = try tree.run(".ci/run")
        #expect(outcome.code == 2)
        #expect(outcome.stderr.contains("==> scenario files: failed with code 2 after "))
    }
}

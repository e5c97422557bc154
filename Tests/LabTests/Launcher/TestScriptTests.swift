import Foundation
import Testing

/// `scripts/test`: counts what ran, and passes the exit code on.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct TestScriptTests {
    let tree: LauncherTree

    init() throws {
        tree = try LauncherTree()
    }

    /// Runs the script over a `swift test` that prints `output` and ends with `code`.
    private func test(_ output: String, code: Int32) throws -> LauncherProcess.Outcome {
        try tree.note(output, as: "test-output")
        try tree.note("\(code)\n", as: "test-code")
        return try tree.run("scripts/test", ["--filter", "A b"])
    }

    private func lastLine(_ outcome: LauncherProcess.Outcome) -> String {
        outcome.stdout.split(separator: "\n").last.map(String.init) ?? ""
    }

    private let xctest = """
        Test Case 'X.testOne' passed (0.1 seconds)
        Test Suite 'X' passed at 2026-01-01 00:00:00.000
        \t Executed 2 tests, with 0 failures (0 unexpected) in 0.1 (0.1) seconds
        Test Suite 'All tests' passed at 2026-01-01 00:00:00.000
        \t Executed 2 tests, with 0 failures (0 unexpected) in 0.1 (0.1) seconds

        """

    @Test func addsTheTestsOfBothLibraries() throws {
        let outcome = try test(
            xctest + "✔ Test run with 40 tests in 3 suites passed after 0.5 seconds.\n", code: 0)
        #expect(outcome.code == 0)
        #expect(lastLine(outcome) == "42 passed, 0 failed")
        #expect(
            try tree.calls("swift test") == [
                "swift test --package-path \(tree.root.path) --filter A b"
            ])
    }

    @Test func countsFailedAndSkippedTests() throws {
        let outcome = try test(
            """
            ✘ Test bad() failed after 0.001 seconds with 2 issues.
            ✘ Test args(x:) with 3 test cases failed after 0.001 seconds with 1 issue.
            ➜ Test off() skipped.
            ➜ Test late() skipped: "needs a broker"
            ✘ Suite S failed after 0.001 seconds with 3 issues.
            ✘ Test run with 10 tests in 1 suite failed after 0.001 seconds with 3 issues.

            """, code: 1)
        #expect(outcome.code == 1)
        #expect(outcome.stdout.hasSuffix("2 skipped\n6 passed, 2 failed\n"))
    }

    @Test func failsWhenNoTestRan() throws {
        let outcome = try test(
            "✔ Test run with 0 tests in 0 suites passed after 0.001 seconds.\n", code: 0)
        #expect(outcome.code == 1)
        #expect(outcome.stderr.contains("no test ran"))
        #expect(lastLine(outcome) == "0 passed, 0 failed")
    }

    @Test func failsWhenEveryTestWasSkipped() throws {
        let outcome = try test(
            """
            ➜ Test off() skipped.
            ✔ Test run with 1 test in 0 suites passed after 0.001 seconds.

            """, code: 0)
        #expect(outcome.code == 1)
    }

    @Test func countsXCTestsThatRanInParallel() throws {
        let outcome = try test(
            """
            [1/3] Testing T.X/testOne
            [2/3] Testing T.X/testTwo
            [3/3] Testing T.X/testThree
            ✔ Test run with 1 test in 1 suite passed after 0.001 seconds.

            """, code: 0)
        #expect(lastLine(outcome) == "4 passed, 0 failed")
    }

    @Test func aCrashIsNoSuccess() throws {
        let outcome = try test("\(xctest)◇ Test crash() started.\n", code: 139)
        #expect(outcome.code == 139)
        #expect(lastLine(outcome) == "incomplete: 2 passed, 0 failed")
    }
}

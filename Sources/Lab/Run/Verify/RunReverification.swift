internal import ASEEDSystem
internal import Verifier

/// `lab verify RUN`: the verification of a finished run once more, from what its folder still has.
struct RunReverification {
    let folder: RunFolder

    /// Verifies, prints what was found, and says how the process ends.
    func print(json: Bool) throws -> ExitCode {
        let scenario = try storedScenario()
        let work = RunVerification(
            scenario: scenario, folder: folder, isDrained: try storedDrained())
        guard work.isPossible else { return try tellStored(json: json) }
        let report = try work.verify()
        if json {
            StandardStream.out.write(VerificationDocument.json(report, listing: true).text + "\n")
        } else {
            StandardStream.out.write(
                VerificationBlock(report: report, style: TerminalStyle(for: .out)).text)
        }
        return switch report.verdict {
        case .passed: .success
        case .wrong: .wrongOutput
        case .incomplete: .unknown
        }
    }

    /// The scenario as the run resolved it.
    func storedScenario() throws -> Scenario {
        let path = folder.file("scenario.json")
        let cells = try ScenarioFile.read(path: path)
        guard let scenario = cells.first?.scenario else {
            throw CommandFailure(.usage, "lab verify: \(path) has no scenario")
        }
        return scenario
    }

    /// Whether the run had committed and shown everything when it ended.
    private func storedDrained() throws -> Bool {
        let path = folder.file("result.json")
        let bytes = try TextFile.read(path)
        do throws(JSONSyntaxError) {
            return try JSONParser.parse(bytes)["drained"]?.bool ?? false
        } catch {
            throw CommandFailure(.usage, "lab verify: \(path): \(error)")
        }
    }

    /// Without the log and the checkpoint nothing can be compared; what was found then is told as
    /// such, and the verdict of this command is unknown.
    private func tellStored(json: Bool) throws -> ExitCode {
        let missing =
            "the order log and the checkpoint of this run were removed when it passed "
            + "(`lab run … --keep-data` keeps them), so nothing can be compared again"
        let path = folder.file("verification.json")
        let stored = FileTree.exists(path) ? try TextFile.read(path) : nil
        if json {
            var document = JSONWriter()
            document.object { document in
                document.member("verdict", "unknown")
                document.member("reason", missing)
                document.name("stored")
                if let stored { document.raw(stored) } else { document.null() }
            }
            StandardStream.out.write(document.text + "\n")
            return .unknown
        }
        var text = "UNKNOWN  \(folder.path)\n  \(missing)\n"
        if let stored {
            let value = try JSONParser.parse(stored)
            text += "  what was found when the run ended (\(path)):\n"
            for check in value["checks"]?.elements ?? [] {
                let words = ["check", "title", "outcome", "detail"].compactMap {
                    check[$0]?.string
                }
                text += "    \(words.joined(separator: "  "))\n"
            }
        } else {
            text += "  and it left no verification.json\n"
        }
        StandardStream.out.write(text)
        return .unknown
    }
}

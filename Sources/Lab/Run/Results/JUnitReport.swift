internal import ASEEDSystem
internal import Verifier

/// `junit.xml`: a suite a run, a case for each check, threshold and fault, and one for the run
/// itself.
enum JUnitReport {
    /// The document of several runs.
    static func xml(_ outcomes: [RunOutcome]) -> String {
        let suites = outcomes.map(suite).joined()
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\(suites)</testsuites>\n"
    }

    private struct Case {
        var group: String
        var name: String
        var kind: Kind

        enum Kind {
            case pass
            case failure(String)
            case error(String)
            case skipped(String)
        }
    }

    private static func suite(_ outcome: RunOutcome) -> String {
        let cases = [run(outcome)] + checks(outcome) + thresholds(outcome) + faults(outcome)
        let seconds = Figures.decimals(Double(outcome.durationMs) / 1_000, 3)
        var counts = (failures: 0, errors: 0, skipped: 0)
        var body = ""
        for item in cases {
            let head =
                "classname=\"\(Markup.escaped("\(outcome.title).\(item.group)"))\" "
                + "name=\"\(Markup.escaped(item.name))\""
            switch item.kind {
            case .pass: body += "    <testcase \(head)/>\n"
            case .failure(let text):
                counts.failures += 1
                body += element("failure", text, head)
            case .error(let text):
                counts.errors += 1
                body += element("error", text, head)
            case .skipped(let text):
                counts.skipped += 1
                body += element("skipped", text, head)
            }
        }
        return "  <testsuite name=\"\(Markup.escaped(outcome.title))\" tests=\"\(cases.count)\" "
            + "failures=\"\(counts.failures)\" errors=\"\(counts.errors)\" "
            + "skipped=\"\(counts.skipped)\" time=\"\(seconds)\" "
            + "timestamp=\"\(TimeText.iso(outcome.startedAt).prefix(19))\">\n"
            + "\(body)    <system-out>\(Markup.escaped(outcome.repeatCommand))</system-out>\n"
            + "  </testsuite>\n"
    }

    private static func element(_ name: String, _ text: String, _ head: String) -> String {
        let line = text.split(separator: "\n").first.map(String.init) ?? text
        return "    <testcase \(head)><\(name) message=\"\(Markup.escaped(line))\">"
            + "\(Markup.escaped(text))</\(name)></testcase>\n"
    }

    private static func run(_ outcome: RunOutcome) -> Case {
        let reasons = outcome.conclusion.reasons.joined(separator: "\n")
        let kind: Case.Kind =
            switch outcome.conclusion.verdict {
            case .pass: .pass
            case .fail, .wrong: .failure(reasons)
            case .unknown, .error: .error(reasons)
            }
        return Case(group: "run", name: "verdict", kind: kind)
    }

    private static func checks(_ outcome: RunOutcome) -> [Case] {
        (outcome.verification?.checks ?? []).map { check in
            let kind: Case.Kind =
                switch check.outcome {
                case .pass: .pass
                case .fail: .failure(check.text)
                case .skipped(let why): .skipped(why)
                }
            return Case(
                group: "output", name: "\(check.name.rawValue) \(check.name.title)", kind: kind)
        }
    }

    private static func faults(_ outcome: RunOutcome) -> [Case] {
        outcome.scenario.faults.map { fault in
            let isDone = outcome.faults.contains {
                $0.fault.id == fault.id && $0.injectedNs != nil
            }
            return Case(
                group: "faults", name: "\(fault.id): \(fault.text)",
                kind: isDone ? .pass : .error("the fault was never done"))
        }
    }

    private static func thresholds(_ outcome: RunOutcome) -> [Case] {
        outcome.thresholds.map { result in
            let name = "\(result.threshold.metric.text): \(result.threshold.text)"
            let kind: Case.Kind =
                switch (result.status, result.threshold.severity) {
                case (.pass, _): .pass
                case (.fail, .fail): .failure(ThresholdText.measured(result))
                case (.unknown, .fail): .error(ThresholdText.measured(result))
                // A warning is shown and decides nothing.
                case (_, .warn): .skipped("warning: \(ThresholdText.measured(result))")
                }
            return Case(group: "thresholds", name: name, kind: kind)
        }
    }
}

/// What a threshold came to, in words.
enum ThresholdText {
    /// `12.3 ms over 4,000 samples`, or why it is unknown.
    static func measured(_ result: ThresholdOutcome) -> String {
        var text = "unknown"
        if let measured = result.measured {
            text = Figures.significant(measured)
            // Counts of results have no unit to name.
            if result.unit != "a number" { text += " \(result.unit)" }
            if result.samples > 1 { text += " over \(Figures.grouped(result.samples)) samples" }
        }
        if let reason = result.reason { text += " (\(reason))" }
        return text
    }
}

/// Text inside of XML and HTML.
enum Markup {
    /// Escaped for element content and for attributes; what XML 1.0 forbids becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

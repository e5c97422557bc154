internal import ASEEDSystem
internal import Verifier

/// The block OUTPUT: every check and the first difference.
struct VerificationBlock {
    let report: VerificationReport
    let style: TerminalStyle

    /// The block.
    var text: String {
        var text = style("OUTPUT", .bold) + "\n"
        switch report.verdict {
        case .passed: text += style.marked("pass", style("output equals the reference", .green))
        case .wrong:
            text += style.marked(
                "fail",
                style("output differs from the reference", .red)
                    + ": \(report.differenceCount) differences")
        case .incomplete:
            text += style.marked("skipped", "no difference found, but not all was checked")
        }
        for check in report.checks {
            text += style.marked(
                check.outcome.word, "\(check.name.rawValue) \(check.name.title): \(check.text)")
        }
        if let first = report.firstDifference {
            text += "  first difference (\(first.faultClass.rawValue)): \(first.story)\n"
            text += others(first)
        }
        return text
    }

    /// The first difference of every further check: what one check sees as a wrong sum, another one
    /// names with its order and place.
    private func others(_ first: Difference) -> String {
        var told: Set<CheckName> = [first.check]
        return report.differences.filter { told.insert($0.check).inserted }.map { other in
            "  also \(other.check.rawValue) (\(other.faultClass.rawValue)): \(other.key), "
                + "\(other.field): expected \(other.expected), got \(other.got); \(other.story)\n"
        }.joined()
    }
}

extension TerminalStyle {
    /// A line with the sign of `pass`, `fail`, or anything else.
    func marked(_ mark: String, _ text: String) -> String {
        let sign =
            switch mark {
            case "pass": self("✓", .green)
            case "fail": self("✗", .red)
            default: self("?", .yellow)
            }
        return "  \(sign) \(text)\n"
    }
}

internal import ASEEDSystem

/// The block FAULTS: what was done, and how long it was felt.
struct FaultBlock {
    let outcome: RunOutcome
    let style: TerminalStyle

    /// The block; empty for a run without faults.
    var text: String {
        if outcome.scenario.faults.isEmpty { return "" }
        var text = style("FAULTS", .bold) + "\n"
        for occurrence in outcome.faults where occurrence.injectedNs != nil {
            text += style.marked(
                "pass",
                "\(occurrence.name): \(occurrence.fault.action.rawValue) "
                    + "\(occurrence.fault.target.rawValue)  "
                    + style(FaultText.marks(occurrence, originNs: outcome.originNs), .dim))
        }
        for id in outcome.neverFired { text += style.marked("unknown", "\(id): never done") }
        return text
    }
}

/// What became of a fault, in words.
enum FaultText {
    /// `at 3.0 s, back after 1.2 s, first commit after 1.3 s, caught up after 1.5 s, 420 orders read again`
    static func marks(_ occurrence: FaultOccurrence, originNs: Int64) -> String {
        guard let injectedNs = occurrence.injectedNs else { return "never done" }
        var parts = ["at \(Figures.duration(ms: (injectedNs - originNs) / 1_000_000))"]
        func after(_ name: String, _ ns: Int64?) {
            guard let ns else { return }
            parts.append("\(name) after \(Figures.duration(ms: (ns - injectedNs) / 1_000_000))")
        }
        after("back", occurrence.readyNs ?? occurrence.restartedNs)
        after("first commit", occurrence.firstProgressNs)
        after("caught up", occurrence.caughtUpNs)
        if let replayed = occurrence.replayedOrders, replayed > 0 {
            parts.append("\(Figures.grouped(replayed)) orders read again")
        }
        return parts.joined(separator: ", ")
    }
}

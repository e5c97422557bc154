internal import ASEEDSystem

/// What stays on the terminal when a live run is over: what was done to it, and the verdict.
struct LiveEnding {
    let outcome: RunOutcome
    let stories: [FaultStory]
    let style: TerminalStyle

    var text: String {
        var text = ""
        if !stories.isEmpty {
            text += "\n" + style("WHAT HAPPENED", .bold) + "\n"
            // All was proved once more at the end, whatever was still open then.
            for story in stories {
                let time = TimeText.iso(story.startedUs).dropFirst(11).prefix(8)
                text += style.marked(mark(story), "\(time)  \(told(story))")
            }
        }
        return text + RunBlocks(outcome: outcome, style: style).text
    }

    private var isExact: Bool { outcome.isVerified }

    private func mark(_ story: FaultStory) -> String {
        switch story.state {
        case .exact: "pass"
        case .over: isExact ? "pass" : "unknown"
        case .wrong: "fail"
        case .happening, .refused: "unknown"
        }
    }

    private func told(_ story: FaultStory) -> String {
        switch story.state {
        case .over where isExact: "\(story.text), still exact"
        case .happening: "\(story.text); the run ended before it was over"
        default: story.whole
        }
    }
}

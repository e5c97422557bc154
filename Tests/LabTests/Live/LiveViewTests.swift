import ASEEDSystem
import Testing

@testable import Lab

/// What the live screen is made of.
@Suite struct LiveViewTests {
    private func model() -> LiveModel {
        var model = LiveModel()
        model.rate = 1_000
        model.log = "file"
        model.url = "http://127.0.0.1:5005"
        model.durationMs = 3_600_000
        model.phase = "live"
        model.points = (0..<500).map { second in
            LiveModel.Point(
                offered: 1_000, processed: Double(second % 60 * 40), latencyMs: 200,
                mark: second % 50 == 0 ? "k" : nil)
        }
        var proof = LiveProof(state: .proved, checkedAt: 0, takenNs: 0, text: "")
        proof.orders = 120_400
        proof.wallMs = 600
        model.proof = .init(
            last: proof, lastProved: proof, count: 12, ageMs: 4_200, nextInMs: 5_300)
        model.services = ["broker", "dashboard", "load generator", "monitor", "engine"].map {
            .init(
                name: $0, state: .running, pid: 4_711, cpuPercent: 12.3, memoryBytes: 21 << 20,
                starts: 1)
        }
        var story = FaultStory(.killEngine, number: 1, facts: LiveFacts(), text: "")
        story.settle("engine killed: back after 0.4 s", batch: 3)
        model.stories = Array(repeating: story, count: 30)
        return model
    }

    @Test(
        "every size from the smallest on is filled and nothing is wider",
        arguments: [(80, 24), (81, 25), (100, 30), (132, 43), (400, 100)])
    func layout(columns: Int, rows: Int) {
        for help in [false, true] {
            for ending in [false, true] {
                var model = model()
                model.showsHelp = help
                model.isEnding = ending
                let lines = LiveLayout(model: model, columns: columns, rows: rows).lines
                #expect(lines.count == rows)
                for line in lines { #expect(line.width <= columns, "\(line.plain)") }
                let text = lines.map(\.plain).joined(separator: "\n")
                #expect(text.contains("✓ PROVED  120,400 orders, 4 s ago"))
                #expect(text.contains("broker"))
                #expect(ending != (lines.last?.plain.contains("k kill engine") == true))
            }
        }
    }

    @Test func theSmallestScreenHasRoomForWhatHappened() {
        let lines = LiveLayout(model: model(), columns: 80, rows: 24).lines
        #expect(lines.filter { $0.plain.contains("engine killed") }.count >= 2)
    }

    @Test func aWrongNumberIsWhatOneSeesFirst() {
        var model = model()
        model.proof.last?.state = .differs
        model.proof.last?.text = "categories Books: order_count should be 5, is 6"
        let lines = LiveLayout(model: model, columns: 100, rows: 30).lines
        let text = lines.map(\.plain).joined(separator: "\n")
        #expect(text.contains("✗ WRONG     categories Books: order_count should be 5, is 6"))
        #expect(!text.contains("PROVED"))
    }

    @Test func textOfOthersCanNotMoveTheCursor() {
        let text = ScreenText("a\u{1b}[2Jb\u{9b}c\u{7f}\n", .bad)
        #expect(text.plain == "a·[2Jb·c··")
        #expect(text.clipped(to: 4).plain == "a·[…")
        #expect(text.ansi(colours: false) == text.plain)
        #expect(text.ansi(colours: true) == "\u{1b}[31ma·[2Jb·c··\u{1b}[0m")
    }

    @Test func barsAreAsHighAsTheirValues() {
        #expect(Sparkline.rows([0, 1, 4, 8, nil], width: 6, height: 1) == ["  ▁▄█ "])
        #expect(Sparkline.rows([16, 8, 12, 1], width: 3, height: 2) == ["▃█ ", "██▁"])
        #expect(Sparkline.rows([], width: 2, height: 1) == ["  "])
        #expect(Sparkline.rows([0, .infinity], width: 2, height: 1) == ["  "])
    }

    @Test func wordsAreNotCut() {
        #expect(WordWrap.lines("one two three", width: 8) == ["one two", "three"])
        #expect(WordWrap.lines("incomprehensible", width: 4) == ["incomprehensible"])
        #expect(WordWrap.lines("", width: 4).isEmpty)
    }

    @Test func cursorKeysAreNoFaults() {
        #expect(KeyInput.keys("k \u{1b}[A\u{1b}[1;5Db\u{1b}OPl\nq".utf8) == ["k", "b", "l", "q"])
        #expect(KeyInput.keys("\u{1b}[".utf8).isEmpty)
        #expect(KeyInput.keys("é?".utf8) == ["?"])
    }
}

internal import ASEEDSystem

/// The screen of a live run as lines of text, for a terminal of any size.
struct LiveLayout {
    static let minColumns = 80
    static let minRows = 24

    let model: LiveModel
    let columns: Int
    let rows: Int

    /// The lines from the top; at most `rows`.
    var lines: [ScreenText] {
        guard columns >= Self.minColumns, rows >= Self.minRows else { return tooSmall }
        // With many services a small screen has no rows to give away.
        let space = rows - services.count < 22 ? [] : [ScreenText()]
        var upper = [title, subtitle] + space
        upper += charts + space + [totals] + space
        upper += proof + [ScreenText()]
        upper += services + [ScreenText()]
        let lower = space + [menu]
        let room = rows - upper.count - lower.count
        let middle = model.showsHelp ? help(room) : stories(room)
        let rest = Array(repeating: ScreenText(), count: max(0, room - middle.count))
        return upper + middle.prefix(room) + rest + lower
    }

    private var tooSmall: [ScreenText] {
        var lines = [ScreenText(" ASEED Lab live", .bold), ScreenText()]
        lines.append(
            ScreenText(
                " needs \(Self.minColumns) × \(Self.minRows) characters, has \(columns) × \(rows)",
                .warning))
        lines.append(ScreenText(" make the window larger; everything goes on meanwhile", .dim))
        lines += [ScreenText(), proof[0], ScreenText(), ScreenText(" q quit", .key)]
        return Array(lines.prefix(rows))
    }

    // MARK: - Head

    private var title: ScreenText {
        var line = ScreenText("  ASEED Lab", .bar)
        line.append("  live", .bar)
        line.appendRight("\(model.url ?? "starting")  ", .bar, width: columns)
        return line
    }

    private var subtitle: ScreenText {
        var parts = [
            "\(Figures.clock(ms: model.elapsedMs)) of \(Figures.clock(ms: model.durationMs))",
            "\(Figures.grouped(Int64(model.rate))) orders/s",
            model.log == "kafka" ? "Kafka log" : "\(model.log) log",
            "seed \(model.seed)",
        ]
        if model.phase != "live" { parts[0] = model.phase }
        var line = ScreenText("  ", .dim)
        line.append(parts.joined(separator: "  ·  "), .dim)
        if let notice = model.notice {
            line.append("  ")
            line.append(notice, .warningBold)
        }
        return line
    }

    // MARK: - Charts

    /// More rows make the charts higher.
    private var chartHeight: Int { min(6, max(2, (rows - 22) / 2)) }

    private var charts: [ScreenText] {
        let gap = 4
        let left = (columns - 4 - gap) / 2
        let right = columns - 4 - gap - left
        let processed = model.points.map(\.processed)
        let latency = model.points.map(\.latencyMs)
        var head = ScreenText("  ")
        head.append("THROUGHPUT", .bold)
        head.append("  ")
        head.append(Figures.orderRate(model.facts.processedRate), .accent)
        let peak = processed.suffix(left).compactMap { $0 }.max() ?? 0
        head.appendRight("peak \(Figures.rate(peak))", .dim, width: 2 + left)
        head.pad(to: 2 + left + gap)
        var other = ScreenText()
        other.append("LATENCY", .bold)
        other.append("  ")
        other.append(Self.milliseconds(model.points.last?.latencyMs), .second)
        let worst = latency.suffix(right).compactMap { $0 }.max()
        let top = "peak \(Self.milliseconds(worst))"
        let note = " from order to page"
        if other.width + note.count + top.count + 2 <= right { other.append(note, .dim) }
        other.appendRight(top, .dim, width: right)
        let rates = Sparkline.rows(processed, width: left, height: chartHeight)
        let times = Sparkline.rows(latency, width: right, height: chartHeight)
        return [head + other]
            + zip(rates, times).map { rate, time in
                var line = ScreenText("  ")
                line.append(rate, .accent)
                line.append(String(repeating: " ", count: gap))
                line.append(time, .second)
                return line
            } + [axis(left, gap, right)]
    }

    /// The line under the charts, with the keys of faults where they were done.
    private func axis(_ left: Int, _ gap: Int, _ right: Int) -> ScreenText {
        var line = ScreenText("  ")
        for (index, width) in [left, right].enumerated() {
            if index > 0 { line.append(String(repeating: " ", count: gap)) }
            let marks = model.points.suffix(width).map(\.mark)
            line.append(String(repeating: "─", count: width - marks.count), .dim)
            for mark in marks {
                line.append(mark.map(String.init) ?? "─", mark == nil ? .dim : .key)
            }
        }
        return line
    }

    private static func milliseconds(_ value: Double?) -> String {
        value.map { Figures.duration(ms: Int64($0.rounded())) } ?? "-"
    }

    private var totals: ScreenText {
        let facts = model.facts
        var line = ScreenText("  ")
        func add(_ value: String, _ name: String, _ tint: Tint = .bold) {
            line.append(value, tint)
            line.append(" \(name)   ", .dim)
        }
        add(Figures.grouped(facts.committed), "orders")
        add(Figures.grouped(model.backlog), "waiting", model.backlog > 0 ? .warningBold : .bold)
        add(Figures.grouped(facts.rejected), "rejected")
        add(Figures.grouped(facts.late), "late")
        if let lag = model.watermarkLagMs {
            line.append("watermark ", .dim)
            line.append("\(Figures.decimals(lag / 1_000, 1)) s", .bold)
            line.append(" behind", .dim)
        }
        return line
    }

    // MARK: - Proof

    private var proof: [ScreenText] {
        let proof = model.proof
        var line = ScreenText("  ")
        switch (proof.last?.state, proof.lastProved) {
        case (.differs, _):
            line.append("✗ WRONG   ", .badBold)
            let texts = WordWrap.lines(proof.last?.text ?? "", width: columns - 14)
            line.append("  \(texts.first ?? "")", .bad)
            let more = texts.dropFirst().joined(separator: " ")
            return [line, more.isEmpty ? proofNote : ScreenText("              \(more)", .bad)]
        case (_, let proved?):
            line.append("✓ PROVED", .goodBold)
            line.append("  ")
            line.append(Figures.grouped(proved.orders), .bold)
            line.append(" orders, ")
            line.append("\(proof.ageMs / 1_000) s", .bold)
            line.append(" ago: every number on the page is exact", .good)
        case (.unknown, nil):
            line.append("? NOT PROVED YET", .warningBold)
            line.append("  \(proof.last?.text ?? "")", .dim)
        default:
            line.append("? NOT PROVED YET", .warningBold)
            line.append("  the first verification comes soon", .dim)
        }
        return [line, proofNote]
    }

    private var proofNote: ScreenText {
        let proof = model.proof
        var parts: [String] = []
        if let last = proof.last {
            parts.append("\(proof.count) \(proof.count == 1 ? "verification" : "verifications")")
            parts.append("the last took \(Figures.duration(ms: last.wallMs))")
            if last.state == .unknown, proof.lastProved != nil {
                parts.append("it found no answer: \(last.text)")
            }
        }
        if model.isEnding {
            parts.append("the final one follows")
        } else if let next = proof.nextInMs {
            parts.append("next in \((next + 999) / 1_000) s")
        } else {
            parts.append("one is under way")
        }
        return ScreenText("             \(parts.joined(separator: ", "))", .dim)
    }

    // MARK: - Services

    private var services: [ScreenText] {
        var head = ScreenText("  ")
        head.append("SERVICES", .bold)
        head.pad(to: 22)
        head.append("       pid      CPU     memory   starts", .dim)
        return [head] + model.services.map(row)
    }

    private func row(_ service: LiveModel.Service) -> ScreenText {
        var line = ScreenText("  ")
        switch service.state {
        case .running: line.append("● ", .good)
        case .paused: line.append("◐ ", .warning)
        case .down: line.append("○ ", .bad)
        case .ended: line.append("○ ", .dim)
        }
        line.append(service.name)
        line.pad(to: 22)
        func right(_ text: String, _ width: Int, _ tint: Tint = .plain) {
            line.append(String(repeating: " ", count: max(1, width - text.count)))
            line.append(text, tint)
        }
        right("\(service.pid)", 10, .dim)
        right("\(Figures.decimals(service.cpuPercent, 1)) %", 9)
        right(Figures.bytes(service.memoryBytes), 11)
        right("\(service.starts)", 9, service.starts > 1 ? .warning : .dim)
        switch service.state {
        case .running: break
        case .paused: right("paused", 12, .warningBold)
        case .down: right("down", 12, .badBold)
        case .ended: right("ended", 12, .dim)
        }
        return line
    }

    // MARK: - What happened

    private func stories(_ room: Int) -> [ScreenText] {
        var lines = [ScreenText("  WHAT HAPPENED", .bold)]
        guard !model.stories.isEmpty else {
            return lines + [
                ScreenText("  nothing yet: press one of the keys below, and watch", .dim)
            ]
        }
        for story in model.stories where lines.count < room { lines += told(story) }
        return lines
    }

    private func told(_ story: FaultStory) -> [ScreenText] {
        let time = String(TimeText.iso(story.startedUs).dropFirst(11).prefix(8))
        let indent = 14
        let texts = WordWrap.lines(story.whole, width: columns - indent - 2)
        let (mark, tint): (String, Tint) =
            switch story.state {
            case .happening: ("▸", .warningBold)
            case .over: ("…", .warning)
            case .exact: ("✓", .goodBold)
            case .wrong: ("✗", .badBold)
            case .refused: ("–", .dim)
            }
        return texts.enumerated().map { index, text in
            var line = ScreenText(index == 0 ? "  \(time)  " : "            ", .dim)
            if index == 0 { line.append(mark, tint) }
            line.pad(to: indent)
            line.append(text, story.state == .wrong ? .bad : .plain)
            return line
        }
    }

    private func help(_ room: Int) -> [ScreenText] {
        var lines = [ScreenText("  WHAT THE KEYS DO", .bold)]
        for fault in LiveFault.allCases {
            let texts = WordWrap.lines(fault.explanation(model.sizes), width: columns - 8)
            for (index, text) in texts.enumerated() {
                var line = ScreenText("  ")
                line.append(index == 0 ? String(fault.key) : " ", .key)
                line.pad(to: 5)
                line.append(text)
                lines.append(line)
            }
        }
        lines.append(ScreenText("  After each one all published numbers are verified again.", .dim))
        return Array(lines.prefix(room))
    }

    private var menu: ScreenText {
        var line = ScreenText("  ")
        if model.isEnding {
            let text =
                switch model.phase {
                case "drain": "draining: every order must get to the page"
                case "stop": "stopping the services, one after the other"
                case "export": "reading the topic once more, for the verification"
                case "verify": "verifying all numbers against the whole log"
                default: "ending the load"
                }
            line.append(text, .bold)
            line.append("  (Ctrl-C again stops at once)", .dim)
            return line
        }
        for fault in LiveFault.allCases {
            line.append(String(fault.key), .key)
            line.append(" \(fault.label)  ")
        }
        line.append("?", .key)
        line.append(model.showsHelp ? " back  " : " help  ")
        line.append("q", .key)
        line.append(" quit")
        return line
    }
}

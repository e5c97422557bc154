internal import ASEEDSystem

/// Where a live run shows itself.
enum LiveOutput {
    case screen(TerminalScreen)
    /// A line when something happened, and now and then how it goes.
    case lines(LiveLines)
    /// The same as JSON.
    case json(LiveJSON)

    func show(_ model: LiveModel) {
        switch self {
        case .screen(let screen):
            let size = screen.size
            screen.draw(LiveLayout(model: model, columns: size.columns, rows: size.rows).lines)
        case .lines(let lines): lines.show(model)
        case .json(let json): json.show(model)
        }
    }

    func proved(_ proof: LiveProof) {
        switch self {
        case .screen: break
        case .lines(let lines): lines.proved(proof)
        case .json(let json): json.proved(proof)
        }
    }

    func told(_ story: FaultStory) {
        switch self {
        case .screen: break
        case .lines(let lines): lines.told(story)
        case .json(let json): json.told(story)
        }
    }

    /// Gives the terminal back.
    func close() {
        if case .screen(let screen) = self { screen.close() }
    }
}

/// A live run as plain lines.
final class LiveLines {
    private static let intervalMs: Int64 = 5_000
    private var lastMs = -LiveLines.intervalMs
    private var lastPhase = ""
    private var url: String?
    private var notice: String?

    func show(_ model: LiveModel) {
        if url != model.url {
            url = model.url
            if let url { write("dashboard \(url)") }
        }
        if notice != model.notice {
            notice = model.notice
            if let notice { write(notice) }
        }
        if model.phase != lastPhase {
            lastPhase = model.phase
            write("phase \(model.phase)")
        }
        guard model.phase == LiveScenario.stage, model.elapsedMs - lastMs >= Self.intervalMs
        else { return }
        lastMs = model.elapsedMs
        let facts = model.facts
        var parts = [
            Figures.clock(ms: model.elapsedMs), Figures.orderRate(facts.processedRate),
            "\(Figures.grouped(facts.committed)) orders",
            "\(Figures.grouped(model.backlog)) waiting",
        ]
        if let latency = model.worstLatencyMs(seconds: 5) {
            parts.append("latency up to \(Figures.duration(ms: Int64(latency)))")
        }
        write(parts.joined(separator: "  "))
    }

    func proved(_ proof: LiveProof) {
        switch proof.state {
        case .proved:
            write(
                "proved: \(proof.text); it took \(Figures.duration(ms: proof.wallMs))")
        case .differs: write("WRONG: \(proof.text)")
        case .unknown: write("not proved: \(proof.text)")
        }
    }

    func told(_ story: FaultStory) {
        let time = TimeText.iso(story.startedUs).dropFirst(11).prefix(8)
        write("\(time)  \(story.whole)")
    }

    private func write(_ text: String) { StandardStream.out.write(ScreenText(text).plain + "\n") }
}

/// A live run as JSON, a line each: `status` once a second, `proof`, `fault`.
final class LiveJSON {
    private static let intervalMs: Int64 = 1_000
    private var lastMs = -LiveJSON.intervalMs

    func show(_ model: LiveModel) {
        guard model.elapsedMs - lastMs >= Self.intervalMs else { return }
        lastMs = model.elapsedMs
        write("status") { json in
            json.member("elapsed_ms", model.elapsedMs)
            json.member("phase", model.phase)
            json.member("dashboard", model.url)
            json.member("orders", model.facts.committed)
            json.member("backlog_orders", model.backlog)
            json.member("rejected", model.facts.rejected)
            json.member("late_records", model.facts.late)
            json.member("batch_id", model.facts.batchID)
            json.member("processed_rate", model.facts.processedRate)
            Self.optional("offered_rate", model.offeredRate, &json)
            Self.optional("latency_max_ms", model.worstLatencyMs(seconds: 1), &json)
            Self.optional("watermark_lag_ms", model.watermarkLagMs, &json)
            json.name("services")
            json.array { json in
                for service in model.services {
                    json.object { json in
                        json.member("name", service.name)
                        json.member("state", "\(service.state)")
                        json.member("pid", Int64(service.pid))
                        json.member("cpu_percent", service.cpuPercent)
                        json.member("memory_bytes", service.memoryBytes)
                        json.member("starts", service.starts)
                    }
                }
            }
            json.member("notice", model.notice)
        }
    }

    func proved(_ proof: LiveProof) {
        write("proof") { json in
            json.member("state", proof.state.rawValue)
            json.member("checked_at", TimeText.iso(proof.checkedAt))
            json.member("orders", proof.orders)
            json.member("batch_id", proof.batchID)
            json.member("text", proof.text)
            json.member("cpu_ms", proof.cpuMs)
            json.member("wall_ms", proof.wallMs)
            json.member("untold", proof.untold)
        }
    }

    func told(_ story: FaultStory) {
        write("fault") { json in
            json.member("fault", story.fault.rawValue)
            json.member("time", TimeText.iso(story.startedUs))
            json.member("state", "\(story.state)")
            json.member("text", story.whole)
        }
    }

    private static func optional(_ name: String, _ value: Double?, _ json: inout JSONWriter) {
        json.name(name)
        if let value { json.number(value) } else { json.null() }
    }

    private func write(_ type: String, _ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object { json in
            json.member("type", type)
            body(&json)
        }
        StandardStream.out.write(json.bytes + [UInt8(ascii: "\n")])
    }
}

internal import ASEEDSystem

/// The scenario of a live run: one long stage at a steady rate.
struct LiveScenario {
    /// The stage's name.
    static let stage = "live"

    var rate: Double
    var durationMs: Int64
    var seed: Int64
    /// `file` or `kafka`.
    var log: String

    /// Short windows and a short delay, so that an audience sees windows close; a short trigger, so
    /// that it sees effects at once.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("name", "live")
            json.member("title", "Live")
            json.member("description", "A demonstration: faults are done by hand while it goes on.")
            json.member("seed", seed)
            json.member("timeout", DurationText.text(milliseconds: timeoutMs))
            json.name("log")
            json.object { $0.member("kind", log) }
            json.name("engine")
            json.object { json in
                json.member("trigger", "200ms")
                json.member("watermark_delay", "10s")
                json.name("windows")
                json.array { json in json.object { $0.member("size", "10s") } }
            }
            json.name("services")
            json.object { json in
                json.name("monitor")
                json.bool(true)
            }
            json.name("load")
            json.object { json in
                json.member("name", Self.stage)
                json.member("executor", "constant-arrival-rate")
                json.member("rate", number: NumberText.text(rate))
                json.member("duration", DurationText.text(milliseconds: durationMs))
                json.member("pacing", isRandom ? "poisson" : "uniform")
            }
            json.name("data")
            json.object { json in
                json.name("out_of_order")
                json.object { json in
                    json.member("fraction", number: "0.02")
                    json.member("max_delay", "5s")
                }
            }
            json.name("phases")
            json.object { $0.member("drain", "60s") }
            json.name("thresholds")
            json.object { json in
                for name in [
                    "mismatched_results", "lost_orders", "doubled_orders", "unaccounted_orders",
                ] {
                    json.name(name)
                    json.array { $0.string("value == 0") }
                }
            }
        }
        return json.bytes
    }

    /// Customers come at random; a long schedule of them takes too long to be drawn beforehand.
    private var isRandom: Bool { rate * Double(durationMs) / 1_000 <= 20_000_000 }

    /// Starting, draining and verifying come on top.
    private var timeoutMs: Int64 { min(86_400_000, durationMs + 1_800_000) }

    /// The scenario, checked as every other one.
    func scenario() throws -> Scenario {
        do throws(ScenarioProblems) {
            if let cell = try ScenarioFile.parse(json, file: "lab live").first {
                return cell.scenario
            }
        } catch {
            throw CommandFailure(.usage, "lab live: \(error)")
        }
        throw CommandFailure(.internalBug, "lab live: its scenario has no cell")
    }
}

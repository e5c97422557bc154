internal import ASEEDSystem

/// What one verification of a running system found.
struct LiveProof: Equatable, Sendable {
    enum State: String, CaseIterable, Sendable {
        /// Every published number equals the reference.
        case proved
        /// One does not.
        case differs
        /// It could not be judged.
        case unknown
    }

    var state: State
    /// When the results were taken, UTC microseconds; and by the monotonic clock.
    var checkedAt: Int64
    var takenNs: Int64
    /// Records whose effect every published result holds, and the newest batch that all of them
    /// cover.
    var orders: Int64 = 0
    var batchID: Int64?
    /// One sentence.
    var text: String
    /// What it cost.
    var cpuMs: Int64 = 0
    var wallMs: Int64 = 0
    /// Why the dashboard was not told; nil when it was.
    var untold: String?

    /// The body of `POST /api/verification`.
    func message(runID: String) -> JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.member("run_id", runID)
            json.member("state", state.rawValue)
            json.member("checked_at", TimeText.iso(checkedAt))
            json.member("orders", orders)
            json.member("batch_id", batchID)
            json.member("text", text)
        }
        return json
    }

    /// `{"proof":{…}}`, as a child process prints it.
    var line: JSONWriter {
        var json = JSONWriter()
        json.object { json in
            json.name("proof")
            json.object { json in
                json.member("state", state.rawValue)
                json.member("checked_at", TimeText.iso(checkedAt))
                json.member("taken_ns", takenNs)
                json.member("orders", orders)
                json.member("batch_id", batchID)
                json.member("text", text)
                json.member("cpu_ms", cpuMs)
                json.member("wall_ms", wallMs)
                json.member("untold", untold)
            }
        }
        return json
    }

    init(state: State, checkedAt: Int64, takenNs: Int64, text: String) {
        self.state = state
        self.checkedAt = checkedAt
        self.takenNs = takenNs
        self.text = text
    }

    /// Reads such a line; nil when it is none.
    init?(line: String) {
        guard let proof = (try? JSONParser.parse(line))?["proof"],
            let state = proof["state"]?.string.flatMap(State.init),
            let checkedAt = proof["checked_at"]?.string.flatMap(TimeText.since1970),
            let takenNs = proof["taken_ns"]?.integer, let text = proof["text"]?.string
        else { return nil }
        self.init(state: state, checkedAt: checkedAt, takenNs: takenNs, text: text)
        orders = proof["orders"]?.integer ?? 0
        batchID = proof["batch_id"]?.integer
        cpuMs = proof["cpu_ms"]?.integer ?? 0
        wallMs = proof["wall_ms"]?.integer ?? 0
        untold = proof["untold"]?.string
    }
}

/// What the lab last proved about the published numbers.
struct VerificationNote: Sendable {
    /// The whole object as JSON.
    private(set) var body: [UInt8]
    /// `proved`, `differs`, `unknown`, or `none` when nothing was ever posted.
    private(set) var state: String
    /// The run whose numbers were verified.
    private var runID: String?

    init() {
        var json = JSONWriter()
        json.object { json in
            json.name("run_id")
            json.null()
            json.member("state", "none")
            for name in ["checked_at", "orders", "batch_id"] {
                json.name(name)
                json.null()
            }
            json.member("text", "nothing was verified yet")
        }
        body = json.bytes
        state = "none"
    }

    /// Takes checked JSON.
    init(_ json: JSONValue) {
        var writer = JSONWriter()
        writer.value(json)
        body = writer.bytes
        state = json["state"]?.string ?? "unknown"
        runID = json["run_id"]?.string
    }

    /// What is proved of a run: nothing when the note is about another one.
    func state(of run: String?) -> String { runID == run ? state : "none" }
}

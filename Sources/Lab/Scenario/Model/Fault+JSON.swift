internal import ASEEDSystem

extension Fault {
    /// As a scenario writes it, every default filled in.
    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("action", action.rawValue)
            json.member("target", target.rawValue)
            switch schedule {
            case .at(let ms): json.member("at", DurationText.text(milliseconds: ms))
            case .every(let ms, let jitterMs, let count):
                json.member("every", DurationText.text(milliseconds: ms))
                json.member("jitter", DurationText.text(milliseconds: jitterMs))
                if let count { json.member("count", count) }
            }
            if let phase { json.member("phase", phase) }
            switch action {
            case .pause: json.member("duration", DurationText.text(milliseconds: durationMs))
            case .kill, .terminate:
                json.member("restart_after", DurationText.text(milliseconds: restartAfterMs))
            case .restart: break
            }
        }
    }
}

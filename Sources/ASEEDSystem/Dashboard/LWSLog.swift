internal import CWebSockets
internal import Synchronization

/// libwebsockets logs process-wide; its errors and warnings go to the latest server's log.
///
/// Clients cause many of them, so only a few lines a second are passed on.
enum LWSLog {
    fileprivate struct Sink {
        var log: (@Sendable (String) -> Void)?
        var bucket = TokenBucket(perSecond: 5, nowNs: 0)
        var suppressed = 0
    }

    fileprivate static let sink = Mutex(Sink())

    /// Takes the library's log over.
    static func route(to log: @escaping @Sendable (String) -> Void) {
        sink.withLock { $0.log = log }
        lws_set_log_level(LLL_ERR | LLL_WARN, emitLine)
    }
}

@c(aseed_lws_log_line)
private func emitLine(_ level: Int32, _ line: UnsafePointer<CChar>?) {
    guard let line else { return }
    let (log, suppressed) = LWSLog.sink.withLock { sink in
        guard sink.bucket.take(nowNs: SystemClock.monotonicNs()) else {
            sink.suppressed += 1
            return (nil as (@Sendable (String) -> Void)?, 0)
        }
        defer { sink.suppressed = 0 }
        return (sink.log, sink.suppressed)
    }
    guard let log else { return }
    let more = suppressed > 0 ? " (and \(suppressed) lines before that are left out)" : ""
    log("libwebsockets: \(Substring(String(cString: line)).trimmingASCIISpace())\(more)")
}

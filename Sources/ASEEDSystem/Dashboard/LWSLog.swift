internal import CWebSockets
internal import Synchronization

/// libwebsockets logs process-wide; its errors and warnings go to the latest server's log.
enum LWSLog {
    fileprivate static let sink = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Takes the library's log over.
    static func route(to log: @escaping @Sendable (String) -> Void) {
        sink.withLock { $0 = log }
        lws_set_log_level(LLL_ERR | LLL_WARN, emitLine)
    }
}

@c(aseed_lws_log_line)
private func emitLine(_ level: Int32, _ line: UnsafePointer<CChar>?) {
    guard let line else { return }
    let text = Substring(String(cString: line)).trimmingASCIISpace()
    let log = LWSLog.sink.withLock { $0 }
    log?("libwebsockets: \(text)")
}

internal import CCurl
internal import Synchronization

/// An HTTP client on one libcurl handle: keep-alive, deadlines, bounded answers, no proxies, no
/// redirects. It belongs to one thread at a time.
public final class HTTPClient {
    /// What bounds an exchange.
    public struct Configuration: Sendable {
        /// How long a connection may take.
        public var connectTimeoutMs = 2_000
        /// How long the whole exchange may take.
        public var timeoutMs = 10_000
        /// The largest body that is read.
        public var maxResponseBytes = 64 << 20
        /// Ends an exchange from another thread.
        public var cancellation: HTTPCancellation?

        /// The default bounds.
        public init() {}
    }

    /// What bounds each exchange.
    public var configuration: Configuration
    /// How many connections were opened; with keep-alive fewer than requests.
    public private(set) var connectionsOpened = 0
    private let handle: UnsafeMutableRawPointer

    private static let globalReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Makes a client; no connection is opened yet.
    public init(configuration: Configuration = Configuration()) throws(HTTPError) {
        guard Self.globalReady, let handle = curl_easy_init() else {
            throw .invalidRequest(url: "", reason: "libcurl can't be initialised")
        }
        self.configuration = configuration
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and reads the whole answer, whatever its status.
    public func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        if configuration.cancellation?.isCancelled == true { throw .cancelled(url: request.url) }
        let exchange = Exchange(configuration: configuration)
        var lines: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(lines) }
        for header in request.headers + Self.suppressed(request) {
            guard !header.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw .invalidRequest(
                    url: request.url, reason: "header \(header.name) has a control character")
            }
            let line = header.value.isEmpty ? "\(header.name):" : "\(header.name): \(header.value)"
            guard let longer = curl_slist_append(lines, line) else {
                throw .invalidRequest(url: request.url, reason: "out of memory")
            }
            lines = longer
        }
        let code = perform(request, exchange, lines)
        var opened = 0
        ccurl_get_long(handle, CURLINFO_NUM_CONNECTS, &opened)
        connectionsOpened += opened
        guard code == CURLE_OK else { throw error(code, request.url, exchange) }
        var status = 0
        ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return HTTPResponse(status: status, headers: exchange.headers, body: exchange.body)
    }

    /// Headers that libcurl would add on its own and that only cost a round trip.
    private static func suppressed(_ request: HTTPRequest) -> [HTTPHeader] {
        request.method == "GET" || request.method == "HEAD" ? [] : [HTTPHeader("Expect", "")]
    }

    private func perform(
        _ request: HTTPRequest, _ exchange: Exchange, _ lines: UnsafeMutablePointer<curl_slist>?
    ) -> CURLcode {
        curl_easy_reset(handle)  // keeps the open connections
        ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        ccurl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_string(handle, CURLOPT_PROXY, "")
        ccurl_set_string(handle, CURLOPT_URL, request.url)
        ccurl_set_string(handle, CURLOPT_USERAGENT, "aseed-lab")
        ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeoutMs)
        ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, configuration.timeoutMs)
        ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
        ccurl_set_write(handle, CURLOPT_WRITEFUNCTION, takeBody)
        ccurl_set_write(handle, CURLOPT_HEADERFUNCTION, takeHeader)
        ccurl_set_progress(handle, checkCancelled)
        ccurl_set_long(handle, CURLOPT_NOPROGRESS, configuration.cancellation == nil ? 1 : 0)
        switch request.method {
        case "GET": ccurl_set_long(handle, CURLOPT_HTTPGET, 1)
        case "HEAD": ccurl_set_long(handle, CURLOPT_NOBODY, 1)
        default: ccurl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
        }
        return withExtendedLifetime(exchange) {
            let context = Unmanaged.passUnretained(exchange).toOpaque()
            ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
            ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
            ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
            return exchange.withErrorBuffer { buffer in
                ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, buffer)
                defer { ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil) }
                if request.method == "GET" || request.method == "HEAD" {
                    return curl_easy_perform(handle)
                }
                var body = request.body ?? []
                return body.withUnsafeMutableBytes { bytes in
                    ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
                    // An empty array has no address; libcurl would read from a callback then.
                    if let base = bytes.baseAddress {
                        ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, base)
                    } else {
                        ccurl_set_string(handle, CURLOPT_COPYPOSTFIELDS, "")
                    }
                    return curl_easy_perform(handle)
                }
            }
        }
    }

    private func error(_ code: CURLcode, _ url: String, _ exchange: Exchange) -> HTTPError {
        let reason =
            exchange.reason.isEmpty ? String(cString: curl_easy_strerror(code)) : exchange.reason
        return switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut(url: url, afterMs: configuration.timeoutMs)
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST:
            .unreachable(url: url, reason: reason)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            .invalidRequest(url: url, reason: reason)
        case CURLE_ABORTED_BY_CALLBACK: .cancelled(url: url)
        case CURLE_WRITE_ERROR where exchange.tooLarge:
            .responseTooLarge(url: url, limitBytes: configuration.maxResponseBytes)
        default: .interrupted(url: url, reason: reason)
        }
    }
}

/// Ends exchanges of a client from any thread; it stays cancelled.
public final class HTTPCancellation: Sendable {
    private let cancelled = Atomic(false)

    /// Not cancelled yet.
    public init() {}

    /// Whether `cancel` was called.
    public var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Ends the running exchange within a second, and refuses later ones.
    public func cancel() { cancelled.store(true, ordering: .releasing) }
}

/// What one exchange has collected so far.
private final class Exchange {
    var headers: [HTTPHeader] = []
    var body: [UInt8] = []
    var tooLarge = false
    var reason = ""
    let configuration: HTTPClient.Configuration

    init(configuration: HTTPClient.Configuration) { self.configuration = configuration }

    func withErrorBuffer(_ body: (UnsafeMutableRawPointer) -> CURLcode) -> CURLcode {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CURL_ERROR_SIZE)) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress else { return CURLE_OUT_OF_MEMORY }
            let code = body(UnsafeMutableRawPointer(base))
            reason = String(cString: base)
            return code
        }
    }

    func appendBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= configuration.maxResponseBytes else {
            tooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    func appendHeader(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") { headers.removeAll() }  // a 100 Continue came before
        guard headers.count < 256, let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...]
        headers.append(HTTPHeader(String(line[..<colon]), value.trimmingASCIISpace()))
    }
}

extension Substring {
    /// Without spaces, tabs and line ends at both ends.
    func trimmingASCIISpace() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        var rest = drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}

@c(aseed_http_take_body)
private func takeBody(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.appendBody(UnsafeRawBufferPointer(start: data, count: size * count))
        ? size * count : 0
}

@c(aseed_http_take_header)
private func takeHeader(
    _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    exchange.appendHeader(UnsafeRawBufferPointer(start: data, count: size * count))
    return size * count
}

@c(aseed_http_check_cancelled)
private func checkCancelled(
    _ context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t,
    _: curl_off_t
) -> Int32 {
    guard let context else { return 0 }
    let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    return exchange.configuration.cancellation?.isCancelled == true ? 1 : 0
}

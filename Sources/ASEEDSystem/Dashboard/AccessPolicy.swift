/// Who may ask for what: host and origin allow-lists, the token, content type and length
/// (DESIGN.md section 6).
struct AccessPolicy: Sendable {
    /// Host names that requests may name, lower case, without port.
    let hosts: Set<String>
    /// The bearer token's bytes.
    let token: [UInt8]
    /// Whether reads are open: only when nothing but this machine can connect.
    let readsAreOpen: Bool
    /// Whether the original's clients, which have no token, may write.
    var originalWritesAreOpen = false

    /// Why a request is refused.
    struct Refusal: Equatable, Sendable {
        let status: Int
        let reason: String
    }

    /// Checks the names under which a request says it comes. A wrong `Host` means a DNS name that
    /// was pointed here, a wrong `Origin` another site's page.
    func checkNames(_ head: HTTPRequestHead) -> Refusal? {
        guard let host = head.host, !host.isEmpty else {
            return Refusal(status: 400, reason: "the request has no Host header")
        }
        guard let name = Self.hostName(host), hosts.contains(name) else {
            return Refusal(
                status: 403,
                reason: "host \"\(host)\" is not served here; name it with --allow-host")
        }
        guard let origin = head.origin else { return nil }
        let ours = ["http://", "https://"].contains {
            origin.lowercased() == $0 + host.lowercased()
        }
        guard ours else {
            return Refusal(status: 403, reason: "origin \"\(origin)\" is another site")
        }
        return nil
    }

    /// Whether the request carries the token.
    func isAuthorized(_ head: HTTPRequestHead) -> Bool {
        guard let authorization = head.authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return Self.equalInConstantTime(Array(parts[1].utf8), token)
    }

    /// Whether two secrets are equal; the time depends on the lengths alone.
    static func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = left.count ^ right.count
        for index in 0..<max(left.count, right.count) {
            let a = index < left.count ? left[index] : 0
            let b = index < right.count ? right[index] : 0
            difference |= Int(a ^ b)
        }
        return difference == 0
    }

    /// Whether a content type is JSON in UTF-8.
    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        let parts = contentType.lowercased().split(separator: ";").map {
            $0.trimmingASCIISpace()
        }
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy {
            !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\""
        }
    }

    /// `localhost:5005`, `[::1]:5005` and `127.0.0.1` without their port; nil when malformed.
    static func hostName(_ host: String) -> String? {
        var name = Substring(host.lowercased())
        if name.hasPrefix("[") {
            guard let close = name.firstIndex(of: "]") else { return nil }
            let rest = name[name.index(after: close)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            return String(name[...close])
        }
        if let colon = name.firstIndex(of: ":") {
            guard isPort(name[colon...]) else { return nil }
            name = name[..<colon]
        }
        return String(name)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && text.count > 1
            && text.dropFirst().utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// A `Content-Length`: digits only, or nil.
    static func length(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 18,
            text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        return Int(text)
    }
}

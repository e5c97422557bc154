/// The framing of Engine.IO 4 and Socket.IO 5, as far as a server needs it that only sends.
enum EngineIO {
    /// Between the packets of one polling payload.
    static let separator: UInt8 = 0x1e
    /// The largest payload that a client gets by polling, unless one packet is larger.
    static let maxPayloadBytes = 1_000_000

    static let ping = Array("2".utf8)
    static let probeAnswer = Array("3probe".utf8)
    static let noop = Array("6".utf8)

    /// The first packet of a session.
    static func open(sid: String, canUpgrade: Bool, limits: DashboardLimits) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("sid", sid)
            json.name("upgrades")
            json.array { json in if canUpgrade { json.string("websocket") } }
            json.member("pingInterval", limits.pingIntervalMs)
            json.member("pingTimeout", limits.pongTimeoutMs)
            json.member("maxPayload", limits.clientMessageBytes)
        }
        return Array("0".utf8) + json.bytes
    }

    /// Why a request is refused, in Engine.IO's form.
    enum Refusal: Int {
        case unknownTransport = 0
        case unknownSession = 1
        case badRequest = 3
        case forbidden = 4
        case unsupportedVersion = 5

        var text: String {
            switch self {
            case .unknownTransport: "Transport unknown"
            case .unknownSession: "Session ID unknown"
            case .badRequest: "Bad request"
            case .forbidden: "Forbidden"
            case .unsupportedVersion: "Unsupported protocol version"
            }
        }

        func reply(status: Int = 400) -> HTTPReply {
            var json = JSONWriter()
            json.object { json in
                json.member("code", rawValue)
                json.member("message", text)
            }
            return HTTPReply(status: status, body: json.bytes)
        }
    }

    /// An answer with packets.
    static func reply(_ text: [UInt8]) -> HTTPReply {
        var reply = HTTPReply(status: 200, body: text)
        reply.contentType = "text/plain; charset=UTF-8"
        return reply
    }

    /// An event of Socket.IO.
    static func event(_ name: String, _ json: [UInt8]) -> [UInt8] {
        var packet = Array("42[\"\(name)\",".utf8)
        packet.append(contentsOf: json)
        packet.append(UInt8(ascii: "]"))
        return packet
    }

    /// What a client's packet asks for.
    enum ClientPacket: Equatable {
        case close
        case probe
        case pong
        case upgrade
        case noop
        /// Connects to a namespace; empty for the main one.
        case connect(namespace: String)
        case disconnect
        /// An event, with the id that an acknowledgement is expected for.
        case event(acknowledgement: String?)
        case invalid
    }

    static func parse(_ packet: some Collection<UInt8>) -> ClientPacket {
        switch packet.first {
        case UInt8(ascii: "1"): return .close
        case UInt8(ascii: "2"): return packet.elementsEqual("2probe".utf8) ? .probe : .invalid
        case UInt8(ascii: "3"): return .pong
        case UInt8(ascii: "4"): return message(Array(packet.dropFirst()))
        case UInt8(ascii: "5"): return .upgrade
        case UInt8(ascii: "6"): return .noop
        default: return .invalid
        }
    }

    /// The Socket.IO packet in a message: type, namespace, id of an acknowledgement, data.
    private static func message(_ packet: [UInt8]) -> ClientPacket {
        guard let type = packet.first else { return .invalid }
        var rest = packet.dropFirst()
        var namespace = ""
        if rest.first == UInt8(ascii: "/") {
            let name = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "?") }
            namespace = String(decoding: name, as: UTF8.self)
            rest = rest.drop { $0 != UInt8(ascii: ",") }.dropFirst()
        }
        switch type {
        case UInt8(ascii: "0"): return .connect(namespace: namespace == "/" ? "" : namespace)
        case UInt8(ascii: "1"): return .disconnect
        case UInt8(ascii: "2"):
            let id = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            return .event(
                acknowledgement: id.isEmpty ? nil : String(decoding: id, as: UTF8.self))
        case UInt8(ascii: "3"): return .noop
        default: return .invalid
        }
    }
}

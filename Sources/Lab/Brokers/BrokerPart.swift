internal import ASEEDSystem
internal import Glibc

/// One process of a managed broker.
struct BrokerPart: Equatable, Sendable {
    /// What says that it can be used.
    enum Readiness: Equatable, Sendable {
        /// It answers Kafka's greeting.
        case kafka(port: UInt16)
        /// It answers 200 to GET.
        case http(url: String)
        /// It takes connections.
        case connection(port: UInt16)
        /// It has ended, with code 0.
        case ended
    }

    /// Its name as a service: log files, samples, events.
    var name: String
    /// The word for it in messages.
    var label: String
    var program: String
    var words: [String]
    /// Variables that it gets on top of the lab's own; nil takes one away.
    var environment: [String: String?] = [:]
    var readiness: Readiness
    /// What the next part needs, made by POST; only when that was taken, this part is ready.
    var thenPost: String?
    /// The signal that ends it.
    var stopSignal: Int32 = SIGTERM

    /// What `ps` shows for it.
    var title: String { program.split(separator: "/").last.map(String.init) ?? program }

    /// Whether it can be used now.
    func isReady(_ process: ServiceProcess) -> Bool {
        switch readiness {
        case .kafka(let port): KafkaGreeting.isAnswered(port: port)
        case .http(let url): Self.status("GET", url) == 200 && hasPosted()
        case .connection(let port): Self.connects(port)
        case .ended: process.exit?.ending == .code(0)
        }
    }

    /// 409 is the answer when it was made before.
    private func hasPosted() -> Bool {
        guard let thenPost else { return true }
        guard let status = Self.status("POST", thenPost) else { return false }
        return status < 300 || status == 409
    }

    private static func connects(_ port: UInt16) -> Bool {
        guard let descriptor = LoopbackPort.connect(port, timeoutMs: 1_000) else { return false }
        close(descriptor)
        return true
    }

    /// The status of an answer; nil when there was none, which is the usual case until it is ready.
    static func status(_ method: String, _ url: String) -> Int? {
        do {
            var configuration = HTTPClient.Configuration()
            configuration.timeoutMs = 2_000
            // Without a type: a store takes an empty form for a form.
            let request = HTTPRequest(method, url, headers: [HTTPHeader("Content-Type", "")])
            return try HTTPClient(configuration: configuration).send(request).status
        } catch {
            return nil
        }
    }
}

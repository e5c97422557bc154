/// What the server counts about itself. Belongs to the server's thread.
///
/// Bounded: methods, paths and statuses come from fixed sets.
final class ServerMetrics {
    struct Request: Hashable {
        let method: String
        let path: String
        let status: Int
    }

    struct Message: Hashable {
        let query: String
        let result: String
    }

    private(set) var requests: [Request: Int64] = [:]
    private(set) var durations: [String: Histogram] = [:]
    /// From a POST's arrival to the writing of its message to a client, by how the client listens.
    private(set) var pushes: [String: Histogram] = [:]
    private(set) var messages: [Message: Int64] = [:]

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    /// Counts an answer.
    func answered(method: String, path: String, status: Int, ns: Int64) {
        let path = RouteTable.label(path)
        let request = Request(
            method: Self.methods.contains(method) ? method : "other", path: path, status: status)
        requests[request, default: 0] += 1
        durations[path, default: Histogram()].add(ns: ns)
    }

    /// Counts a message that was written to a client.
    func pushed(to kind: Subscriber.Kind, arrivedNs: Int64?) {
        guard let arrivedNs else { return }
        pushes[kind.label, default: Histogram()].add(ns: SystemClock.monotonicNs() - arrivedNs)
    }

    /// Counts what became of a message with results.
    func took(_ query: QueryName, _ result: String) {
        messages[Message(query: query.rawValue, result: result), default: 0] += 1
    }
}

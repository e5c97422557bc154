internal import Glibc

/// Asks a port whether it speaks Kafka: one ApiVersions request, which every broker answers
/// whatever else it demands of clients (KIP-35).
enum KafkaGreeting {
    private static let apiVersions: UInt8 = 18
    private static let correlation: UInt8 = 7

    /// Whether an answer to this very request came within the time.
    static func isAnswered(port: UInt16, timeoutMs: Int64 = 1_000) -> Bool {
        guard let descriptor = LoopbackPort.connect(port, timeoutMs: timeoutMs) else {
            return false
        }
        defer { close(descriptor) }
        let client = Array("lab".utf8)
        // Key, version 0, correlation id, client id; all numbers big-endian.
        let body: [UInt8] =
            [0, apiVersions, 0, 0, 0, 0, 0, correlation, 0, UInt8(client.count)] + client
        let request: [UInt8] = [0, 0, 0, UInt8(body.count)] + body
        guard
            send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { return false }
        // Size, correlation id, error code.
        var answer = [UInt8](repeating: 0, count: 10)
        guard recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count
        else { return false }
        return answer[4...] == [0, 0, 0, correlation, 0, 0]
    }
}

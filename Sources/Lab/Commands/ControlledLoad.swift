internal import ASEEDSystem
internal import Glibc
internal import LoadGen

/// A load that `lab run` or `lab live` controls: commands come as lines on standard input, and wake
/// the load when they come.
final class ControlledLoad: LoadClock, LoadControl {
    private let signal: TerminationSignal
    private var isOpen = true
    private var rest: [UInt8] = []
    private var lines: [String] = []

    /// More than this without a line feed is no command.
    private static let maxLineBytes = 1_024

    init() throws(SystemError) { signal = try TerminationSignal() }

    func nowNs() -> Int64 { SystemClock.monotonicNs() }

    /// Looks for a signal; one system call.
    var isStopped: Bool { signal.isRaised }

    /// Waits until a time, a signal, or a command.
    func wait(untilNs: Int64) {
        guard isOpen, lines.isEmpty else {
            _ = signal.wait(untilNs: untilNs)
            return
        }
        if signal.wait(untilNs: untilNs, input: STDIN_FILENO) == .input { fill() }
    }

    /// Waits for a line `start`.
    ///
    /// - Returns: false when the input was closed, a signal came, or a line said `stop`.
    func waitForStart() throws -> Bool {
        while true {
            while !lines.isEmpty {
                let line = lines.removeFirst()
                if line == "start" { return true }
                if line == "stop" { return false }
                guard line.hasPrefix("inject") else {
                    throw CommandFailure(
                        .usage,
                        "lab loadgen: a line \"start\" is expected on stdin, not \"\(line)\"")
                }
                Self.tell(line, refusal: "no stage runs yet")
            }
            guard isOpen, signal.wait(untilNs: .max, input: STDIN_FILENO) == .input else {
                return false
            }
            fill()
        }
    }

    func takeCommands() -> [LoadCommand] {
        if isOpen, signal.wait(untilNs: 0, input: STDIN_FILENO) == .input { fill() }
        guard !lines.isEmpty else { return [] }
        defer { lines = [] }
        return lines.compactMap { line in
            do throws(PlanError) {
                return try LoadCommand(line: line)
            } catch {
                Self.tell(line, refusal: "\(error)")
                return nil
            }
        }
    }

    func answer(_ injection: Injection, refusal: String?) {
        Self.tell(injection.kind, refusal: refusal, orders: injection.orders)
    }

    private func fill() {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0, errno == EINTR { return }
        guard count > 0 else {
            isOpen = false
            return
        }
        rest += buffer[..<count]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest.removeSubrange(...end)
        }
        if rest.count > Self.maxLineBytes {
            lines.append(String(decoding: rest, as: UTF8.self))
            rest = []
        }
    }

    /// `{"injection":{"kind":"late","orders":100,"refusal":null}}`
    private static func tell(_ kind: String, refusal: String?, orders: Int64 = 0) {
        var json = JSONWriter()
        json.object { json in
            json.name("injection")
            json.object { json in
                json.member("kind", kind)
                json.member("orders", orders)
                json.member("refusal", refusal)
            }
        }
        StandardStream.out.write(json.bytes + [UInt8(ascii: "\n")])
    }
}

internal import ASEEDSystem
internal import LoadGen

/// What `lab simulator` shows: one line that changes on a terminal, else a line now and then; in
/// its log when that is a file.
final class SimulatorView {
    private let startNs: Int64
    private let isTerminal = StandardStream.out.isTerminal
    private let log: Log
    private var lastNs: Int64
    private var lastOrders: Int64 = 0

    /// Lines are this far apart where they can't be overwritten.
    private static let plainIntervalNs: Int64 = 10_000_000_000

    init(_ nowNs: Int64, log: Log) {
        self.log = log
        startNs = nowNs
        lastNs = nowNs
    }

    /// Whether what is told goes to the log instead of standard output.
    private var isLogged: Bool { log.path != nil && !isTerminal }

    func begin(path: String, plan: LoadPlan) {
        guard log.path != nil else { return }
        log.info(
            "service.started",
            "writes into \(path), \(plan.partitions) partitions, from ORD-\(plan.firstSequence) on",
            ["seed": .integer(plan.seed)])
    }

    func show(_ progress: LoadProgress, nowNs: Int64, delayMaxNs: Int64) {
        guard isTerminal || nowNs - lastNs >= Self.plainIntervalNs else { return }
        let seconds = Double(nowNs - lastNs) / 1e9
        let rate = Int64(Double(progress.acknowledged - lastOrders) / max(seconds, 1e-9))
        lastNs = nowNs
        lastOrders = progress.acknowledged
        let line =
            "\(Self.grouped(progress.acknowledged)) orders · \(Self.grouped(rate))/s · "
            + "\(Self.megabytes(progress.bytes)) · latest send "
            + "\(Self.decimal(Double(delayMaxNs) / 1e6)) ms behind schedule"
        if isLogged {
            log.info("progress", line)
        } else {
            StandardStream.out.write(isTerminal ? "\r\u{1b}[K\(line)" : "\(line)\n")
        }
    }

    func finish(_ summary: LoadSummary, path: String, plan: LoadPlan) {
        let wallNs = summary.stages.reduce(0) { $0 + $1.wallNs }
        let orders = summary.progress.acknowledged
        let rate = Int64(Double(orders) / max(Double(wallNs) / 1e9, 1e-9))
        var text = isTerminal ? "\r\u{1b}[K" : ""
        text += "wrote \(Self.grouped(orders)) orders, \(Self.megabytes(summary.progress.bytes)), "
        text += "into \(plan.partitions) partitions of \(path) in "
        text +=
            "\(Self.decimal(Double(wallNs) / 1e9)) s (\(Self.grouped(rate))/s, seed \(plan.seed))\n"
        if summary.progress.failed + summary.progress.unknown > 0 {
            text += "not taken: \(Self.grouped(summary.progress.failed)), outcome unknown: "
            text += "\(Self.grouped(summary.progress.unknown))\n"
        }
        if isLogged {
            log.info("service.stopped", String(text.prefix { !$0.isNewline }))
        } else {
            StandardStream.out.write(text)
        }
    }

    private static func grouped(_ value: Int64) -> String {
        let digits = Array(String(value))
        return String(
            digits.enumerated().flatMap { index, digit in
                index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
            })
    }

    private static func megabytes(_ bytes: Int64) -> String {
        "\(decimal(Double(bytes) / 1e6)) MB"
    }

    private static func decimal(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        return "\(grouped(tenths / 10)).\(tenths % 10)"
    }
}

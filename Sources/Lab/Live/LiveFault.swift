internal import ASEEDSystem

/// What a person can do to the running system, with one key each.
enum LiveFault: String, CaseIterable, Sendable {
    case killEngine = "kill-engine"
    case pauseDashboard = "pause-dashboard"
    case burst
    case late
    case poison

    /// The key.
    var key: Character {
        switch self {
        case .killEngine: "k"
        case .pauseDashboard: "d"
        case .burst: "b"
        case .late: "l"
        case .poison: "p"
        }
    }

    /// The word after the key in the menu.
    var label: String {
        switch self {
        case .killEngine: "kill engine"
        case .pauseDashboard: "pause dashboard"
        case .burst: "burst"
        case .late: "late"
        case .poison: "poison"
        }
    }

    /// What it does and what the system must make of it.
    func explanation(_ sizes: LiveFaultSizes) -> String {
        switch self {
        case .killEngine:
            "kill -9 the engine in the middle of its work and start it again. Nothing may be lost "
                + "and nothing counted twice."
        case .pauseDashboard:
            "stop the dashboard for \(Figures.duration(ms: sizes.pauseMs)). Orders must go on being "
                + "processed, and the page must catch up."
        case .burst:
            "\(Figures.grouped(sizes.burstOrders)) orders within "
                + "\(Figures.duration(ms: sizes.burstMs)), beside the normal ones."
        case .late:
            "\(Figures.grouped(sizes.lateOrders)) orders that come after their windows were closed. "
                + "Each must be counted as late, and change no window."
        case .poison:
            "\(Figures.grouped(sizes.poisonOrders)) broken orders: bad JSON, wrong types, impossible "
                + "prices and times. Each must be rejected with its reason."
        }
    }

    init?(key: Character) {
        guard let found = Self.allCases.first(where: { $0.key == key }) else { return nil }
        self = found
    }
}

/// How large the faults of a live run are.
struct LiveFaultSizes: Equatable, Sendable {
    /// From the end of a killed engine to the start of the next one.
    var restartAfterMs: Int64 = 300
    var pauseMs: Int64 = 5_000
    var burstMs: Int64 = 2_000
    var burstOrders: Int64
    var lateOrders: Int64
    var poisonOrders: Int64

    /// Sizes that can be seen at a rate, and that the proof of all orders stays quick with.
    init(rate: Double) {
        let burstRate = min(max(20 * rate, 2_000), 200_000)
        burstOrders = Int64(burstRate) * burstMs / 1_000
        let some = min(max(Int64(rate / 4), 32), 2_000)
        lateOrders = some
        // As many of each kind.
        poisonOrders = (some + 15) / 16 * 16
    }
}

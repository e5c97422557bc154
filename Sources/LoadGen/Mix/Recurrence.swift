internal import ASEEDSystem
internal import Glibc

/// The orders that one kind of the mix picks, drawn from a stream of its own.
///
/// The distance to the next pick is drawn at once (geometric), so orders that are not picked cost
/// nothing, and each order is picked with the same probability whatever else is on.
struct Recurrence {
    /// The next pick, in orders from 0; `Int64.max` when there is none.
    private(set) var next: Int64
    /// For what the kind draws beside.
    var stream: RandomStream
    private let fraction: Double

    init(seed: UInt64, name: String, fraction: Double) {
        stream = RandomStream(seed: seed, name: "mix/\(name)")
        self.fraction = fraction
        next = -1
        advance()
    }

    /// Goes on to the pick after this one.
    mutating func advance() {
        guard fraction > 0 else {
            next = .max
            return
        }
        let gap = fraction < 1 ? 1 + (log(stream.unit()) / log1p(-fraction)).rounded(.down) : 1
        next = gap < 1e15 ? next + Int64(gap) : .max
    }
}

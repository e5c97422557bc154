/// Keeps one message that comes again and again from filling a log: of those that are alike, only
/// the first few of a span are written, and how many more there were is told later.
struct RepeatLimiter: Sendable {
    /// Messages that were not written.
    struct Withheld: Equatable, Sendable {
        var record: LogRecord
        var count: Int
    }

    private struct Entry: Sendable {
        var startNs: Int64
        var count: Int
        var withheld: Int
        var last: LogRecord
    }

    private struct Key: Hashable {
        var event: String
        var message: String?
    }

    /// Of the same event and message, so many a span are written; of the same event, so many.
    static let sameMessages = 5
    static let sameEvents = 50
    static let spanNs: Int64 = 10_000_000_000
    /// Kinds of messages that are told apart; beyond them the oldest is forgotten.
    static let maxKinds = 256

    private var entries: [Key: Entry] = [:]

    /// How many kinds are remembered.
    var kinds: Int { entries.count }

    /// Whether the record is to be written.
    mutating func admits(_ record: LogRecord, nowNs: Int64) -> Bool {
        let byMessage = Key(event: record.event, message: record.message)
        guard take(byMessage, limit: Self.sameMessages, record, nowNs) else { return false }
        return take(Key(event: record.event), limit: Self.sameEvents, record, nowNs)
    }

    private mutating func take(
        _ key: Key, limit: Int, _ record: LogRecord, _ nowNs: Int64
    ) -> Bool {
        var entry =
            entries[key] ?? Entry(startNs: nowNs, count: 0, withheld: 0, last: record)
        defer { entries[key] = entry }
        entry.last = record
        entry.count += 1
        guard entry.count > limit else { return true }
        entry.withheld += 1
        return false
    }

    /// What was withheld in spans that are over, or with `all` in any; each is told once.
    mutating func due(nowNs: Int64, all: Bool = false) -> [Withheld] {
        guard !entries.isEmpty else { return [] }
        var excess = entries.count - Self.maxKinds
        var found: [Withheld] = []
        for (key, entry) in entries.sorted(by: { $0.value.startNs < $1.value.startNs }) {
            guard all || excess > 0 || nowNs - entry.startNs >= Self.spanNs else { break }
            entries[key] = nil
            excess -= 1
            if entry.withheld > 0 {
                found.append(Withheld(record: entry.last, count: entry.withheld))
            }
        }
        return found
    }
}

/// Holds the dead letters against the records while the log is read, so that it is read once.
final class DeadLetterBytes {
    private static let keptBytes = 65_536
    private let letters: [DeadLetter]
    private var next = 0
    /// Numbers of the letters whose bytes are not the record's first 64 KiB (R21).
    private(set) var wrong: [Int] = []

    /// - Parameter letters: by partition and position, rising.
    init(_ letters: [DeadLetter]) { self.letters = letters }

    /// Compares the letter of a rejected record, if there is one.
    func note(_ record: LogRecord, in partition: Int) {
        while next < letters.count,
            (letters[next].partition, letters[next].position) < (partition, record.position)
        { next += 1 }
        guard next < letters.count, letters[next].partition == partition,
            letters[next].position == record.position
        else { return }
        if !letters[next].record.elementsEqual(record.bytes.prefix(Self.keptBytes)) {
            wrong.append(next)
        }
    }
}

/// Gives each distinct byte string a number: 0, 1, 2, … Equal means equal bytes (R26).
final class TextTable {
    private struct Entry {
        var hash: UInt64
        var start: Int
        var count: Int
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Numbers of entries by hash, −1 where free; a power of two, at most half full.
    private var slots: [Int32] = Array(repeating: -1, count: 1 << 10)

    /// How many strings there are.
    var count: Int { entries.count }

    /// The number of a string, and whether it was not there before.
    func number(of text: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
        let hash = hashOf(text)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if entries[number].hash == hash, isEqual(entries[number], text) {
                return (number, false)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let number = entries.count
        entries.append(Entry(hash: hash, start: bytes.count, count: text.count))
        bytes.append(contentsOf: text)
        slots[slot] = Int32(number)
        if entries.count * 2 > slots.count { grow() }
        return (number, true)
    }

    /// Lends a string.
    func withText<Result>(
        _ number: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let entry = entries[number]
        return try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.start + entry.count]))
        }
    }

    private func isEqual(_ entry: Entry, _ text: UnsafeRawBufferPointer) -> Bool {
        guard entry.count == text.count else { return false }
        return bytes.withUnsafeBytes {
            UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.start + entry.count])
                .elementsEqual(text)
        }
    }

    private func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for (number, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }
}

/// A 64-bit hash of bytes: eight at a step, multiplied to 128 bits and folded.
func hashOf(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 ^ UInt64(bytes.count)
    var at = 0
    while at + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        hash = mix(hash ^ word, 0xa076_1d64_78bd_642f)
        at += 8
    }
    var tail: UInt64 = 0
    while at < bytes.count {
        tail = tail << 8 | UInt64(bytes[at])
        at += 1
    }
    return mix(hash ^ tail, 0xe703_7ed1_a0b4_28db)
}

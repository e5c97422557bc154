/// Memory for bytes that stay where they are until the arena goes.
final class ByteArena {
    private static let chunkBytes = 1 << 18
    private var chunks: [UnsafeMutablePointer<UInt8>] = []
    private var used = ByteArena.chunkBytes

    init() {}
    deinit { for chunk in chunks { chunk.deallocate() } }

    /// Room for `count` bytes with 16 readable bytes after them, zeroed.
    func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let needed = count + 16
        if needed > Self.chunkBytes {
            let own = UnsafeMutablePointer<UInt8>.allocate(capacity: needed)
            own.initialize(repeating: 0, count: needed)
            chunks.insert(own, at: 0)
            return own
        }
        if used + needed > Self.chunkBytes {
            let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.chunkBytes)
            chunk.initialize(repeating: 0, count: Self.chunkBytes)
            chunks.append(chunk)
            used = 0
        }
        defer { used += count }
        guard let chunk = chunks.last else { preconditionFailure("a chunk was just added") }
        return chunk + used
    }
}

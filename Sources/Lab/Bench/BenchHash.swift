internal import ASEEDSystem
internal import Glibc

/// FNV-1a, eight bytes at a step: enough to see that two results differ, nothing more.
struct BenchHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01b3
        // FNV's low bits see only the low bits of a word: fold the high ones down.
        value ^= value >> 29
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        while at + 8 <= bytes.count {
            add(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian)
            at += 8
        }
        var rest: UInt64 = 0
        for (index, byte) in bytes[at...].enumerated() { rest |= UInt64(byte) << (8 * index) }
        add(rest)
        add(UInt64(bytes.count))
    }

    static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash = BenchHash()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.value
    }

    /// The hash of files, one after the other.
    static func of(files: [String]) throws(SystemError) -> UInt64 {
        var hash = BenchHash()
        for path in files { try hash.add(file: path) }
        return hash.value
    }

    private mutating func add(file path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open \(path)", errno: errno) }
        defer { close(descriptor) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { block.deallocate() }
        while true {
            // Files end short reads only, so that the blocks, and with them the hash, are the same.
            let count = read(descriptor, block.baseAddress, block.count)
            if count == 0 { return }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("read \(path)", errno: errno)
            }
            add(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }
}

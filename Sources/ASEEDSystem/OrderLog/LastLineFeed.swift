internal import Glibc

extension FileDescriptor {
    /// The position after the last line feed before `size`: the end of the last whole record (R2).
    ///
    /// Reads backwards, so the cost is that of the torn tail, not of the file.
    func endOfLastLine(size: Int64) throws(LogError) -> Int64 {
        let chunk = 1 << 16
        return try withTemporaryBuffer(chunk) { buffer throws(LogError) in
            var end = size
            while end > 0 {
                // The last line feed is mostly the last byte: look at little first.
                let count = min(end, end == size ? 512 : Int64(chunk))
                let window = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(count)])
                let got = try read(window, at: end - count)
                if got < window.count {
                    // The file shrank meanwhile: a writer cut its torn tail.
                    end = end - count + Int64(got)
                    if got == 0 { continue }
                }
                let read = window[..<got]
                if let found = read.lastIndex(of: UInt8(ascii: "\n")) {
                    return end - Int64(got) + Int64(found) + 1
                }
                end -= Int64(got)
            }
            return 0
        }
    }

    private func withTemporaryBuffer<Result>(
        _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(LogError) -> Result
    ) throws(LogError) -> Result {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        defer { buffer.deallocate() }
        return try body(buffer)
    }
}

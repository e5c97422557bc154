internal import CZlib
internal import Glibc

/// Compresses whole files in gzip's format.
enum GzipFile {
    /// Puts a compressed copy beside a file and removes the file.
    ///
    /// A crash at any point leaves the file or the whole copy: the copy gets its name only when it
    /// is on the disk.
    static func replace(_ path: String) throws(SystemError) {
        let draft = path + ".gz.part"
        try write(path, to: draft)
        guard rename(draft, path + ".gz") == 0 else {
            throw SystemError("rename \(draft)", errno: errno)
        }
        guard unlink(path) == 0 else { throw SystemError("remove \(path)", errno: errno) }
    }

    private static func write(_ path: String, to draft: String) throws(SystemError) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw SystemError("open \(path)", errno: errno) }
        defer { close(source) }
        let target = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard target >= 0 else { throw SystemError("open \(draft)", errno: errno) }
        defer { close(target) }
        // The stream closes its own descriptor; the other one is kept to bring it to the disk.
        let owned = dup(target)
        guard owned >= 0 else { throw SystemError("open \(draft)", errno: errno) }
        guard let stream = gzdopen(owned, "wb6") else {
            close(owned)
            throw SystemError("compress \(path)", errno: ENOMEM)
        }
        do throws(SystemError) {
            try copy(source, path, stream, draft)
        } catch {
            gzclose(stream)
            throw error
        }
        guard gzclose(stream) == Z_OK, fsync(target) == 0 else {
            throw SystemError("write \(draft)", errno: errno)
        }
    }

    private static func copy(
        _ source: Int32, _ path: String, _ stream: gzFile, _ draft: String
    ) throws(SystemError) {
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let got = Glibc.read(source, &block, block.count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SystemError("read \(path)", errno: errno) }
            if got == 0 { return }
            guard gzwrite(stream, block, UInt32(got)) == got else {
                throw SystemError("write \(draft)", errno: errno == 0 ? EIO : errno)
            }
        }
    }
}

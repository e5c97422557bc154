internal import ASEEDSystem
internal import Glibc

/// Folders: made with their parents, sized, removed.
enum FileTree {
    /// Where files go that nobody asked to keep.
    static var temporaryFolder: String { Environment.value("TMPDIR") ?? "/tmp" }

    /// Makes a folder and what is missing above it.
    static func make(_ path: String) throws(SystemError) {
        if mkdir(path, 0o755) == 0 { return }
        let code = errno
        if code == EEXIST {
            var info = stat()
            guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                throw SystemError("make folder \(path)", errno: ENOTDIR)
            }
            return
        }
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw SystemError("make folder \(path)", errno: code)
        }
        try make(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw SystemError("make folder \(path)", errno: errno)
        }
    }

    /// Makes a new folder where nobody keeps anything.
    static func makeTemporary(_ name: String) throws(SystemError) -> String {
        var pattern = Array("\(temporaryFolder)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&pattern) != nil else {
            throw SystemError("make a folder in \(temporaryFolder)", errno: errno)
        }
        return String(
            decoding: pattern.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The names in a folder, sorted; empty when there is none.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes of all files under a path.
    static func bytes(under path: String) -> Int64 {
        var info = stat()
        guard lstat(path, &info) == 0 else { return 0 }
        guard info.st_mode & S_IFMT == S_IFDIR else { return Int64(info.st_size) }
        return names(in: path).reduce(0) { $0 + bytes(under: "\(path)/\($1)") }
    }

    /// Removes a file or a folder with everything in it; follows no link.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    static func remove(_ path: String) -> Bool {
        var info = stat()
        guard lstat(path, &info) == 0 else { return true }
        guard info.st_mode & S_IFMT == S_IFDIR else { return unlink(path) == 0 }
        for name in names(in: path) { remove("\(path)/\(name)") }
        return rmdir(path) == 0
    }

    /// Whether something is at the path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Free bytes of the file system that holds the path, for this user.
    static func freeBytes(at path: String) throws(SystemError) -> Int64 {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { throw SystemError("statvfs \(path)", errno: errno) }
        return Int64(info.f_bavail) * Int64(info.f_frsize)
    }
}

internal import Glibc

/// The dashboard's folder: its state file, and a lock so that only one process uses it.
final class DataFolder {
    /// `DIR/dashboard.sqlite`
    let databasePath: String
    private let lock: Int32

    /// Makes the folder when it is missing and locks it.
    init(path: String) throws(DashboardError) {
        try Self.makeFolders(path)
        let lockPath = path + "/dashboard.lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .storage("\(SystemError("open \(lockPath)", errno: errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .storage("\(SystemError("lock \(lockPath)", errno: code))")
            }
            let holder = ProcFile.read(lockPath).flatMap { Int32($0.prefix { $0.isNumber }) }
            throw .dataInUse(path: path, holder: holder.map { ProcFile.describe(pid: $0) })
        }
        ftruncate(descriptor, 0)
        StandardStream(descriptor: descriptor).write("\(getpid())\n")
        lock = descriptor
        databasePath = path + "/dashboard.sqlite"
    }

    deinit { close(lock) }

    /// Makes a folder and those above it, for this user only.
    static func makeFolders(_ path: String) throws(DashboardError) {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/" + part
            guard mkdir(built, 0o700) != 0, errno != EEXIST else { continue }
            throw .storage("\(SystemError("make folder \(built)", errno: errno))")
        }
    }
}

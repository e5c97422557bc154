internal import ASEEDSystem
internal import Glibc

/// A folder for logs, checkpoints and what else a benchmark writes; removed at the end.
struct BenchFolder: Sendable {
    let path: String

    /// Makes a new folder inside of another one.
    init(inside parent: String) throws {
        do throws(SystemError) {
            try FileTree.make(parent)
            path = "\(parent)/aseed-bench-\(getpid())-\(SystemClock.monotonicNs())"
            try FileTree.make(path)
        } catch {
            throw CommandFailure(
                .inputOutput, "lab bench: \(error); name another folder with --folder DIR")
        }
    }

    /// The path of something in it.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes something in it, if it is there.
    func remove(_ name: String) throws {
        guard FileTree.remove(path(name)) else {
            throw SystemError("remove \(path(name))", errno: errno)
        }
    }

    /// Removes all of it; what can't be removed is told, not thrown.
    func removeAll() {
        if !FileTree.remove(path) {
            StandardStream.error.write("lab bench: \(path) is left; remove it by hand\n")
        }
    }
}

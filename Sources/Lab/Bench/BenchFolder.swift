internal import ASEEDSystem
internal import Foundation

/// A folder for logs, checkpoints and what else a benchmark writes; removed at the end.
struct BenchFolder: Sendable {
    let path: String

    /// Makes a new folder inside of another one.
    init(inside parent: String) throws {
        path = parent + "/aseed-bench-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .inputOutput,
                "lab bench: can't make a folder for logs in \(parent): \(error); "
                    + "name another one with --folder DIR")
        }
    }

    /// The path of something in it.
    func path(_ name: String) -> String { path + "/" + name }

    /// Removes something in it, if it is there.
    func remove(_ name: String) throws {
        let path = path(name)
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    /// Removes all of it; what can't be removed is told, not thrown.
    func removeAll() {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            StandardStream.error.write("lab bench: \(path) is left: \(error)\n")
        }
    }

    /// Room on its disk, bytes.
    func freeBytes() throws -> Int64 {
        let values = try FileManager.default.attributesOfFileSystem(forPath: path)
        return (values[.systemFreeSize] as? NSNumber)?.int64Value ?? .max
    }
}

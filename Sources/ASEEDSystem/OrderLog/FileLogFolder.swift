internal import Glibc

/// What lies in the folder of a file log.
enum FileLogFolder {
    static let manifestName = "log.json"

    static func partitionName(_ partition: Int) -> String { "partition-\(partition).jsonl" }
    static func lockName(_ partition: Int) -> String { "partition-\(partition).lock" }

    /// The partitions whose files are there: 0 ..< the answer.
    ///
    /// - Throws: `LogError.notALog` when numbers are missing or a name is misspelt, so that no
    ///   data is silently left out.
    static func partitionsPresent(in path: String) throws(LogError) -> Int {
        var numbers: Set<Int> = []
        for name in try names(in: path) {
            guard name.hasPrefix("partition-"), name.hasSuffix(".jsonl") else { continue }
            let digits = name.dropFirst("partition-".count).dropLast(".jsonl".count)
            guard let number = Int(digits), number >= 0, partitionName(number) == name else {
                throw .notALog(
                    path: path,
                    reason: "\(name) is no partition's name; rename it to partition-0.jsonl, "
                        + "partition-1.jsonl, …")
            }
            numbers.insert(number)
        }
        if let gap = (0..<numbers.count).first(where: { !numbers.contains($0) }) {
            throw .notALog(
                path: path,
                reason: "\(partitionName(gap)) is missing though partitions of higher numbers are "
                    + "there; partitions count from 0 without gaps")
        }
        return numbers.count
    }

    private static func names(in path: String) throws(LogError) -> [String] {
        guard let folder = opendir(path) else {
            throw .system(SystemError("open folder \(path)", errno: errno))
        }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                    tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
            errno = 0
        }
        guard errno == 0 else { throw .system(SystemError("read folder \(path)", errno: errno)) }
        return names
    }

    /// Makes the folder, and those above it.
    static func make(_ path: String) throws(LogError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
            if mkdir(made, 0o755) != 0, errno != EEXIST {
                throw .system(SystemError("make folder \(made)", errno: errno))
            }
        }
    }

    /// Brings the folder's names to the disk.
    static func synchronize(_ path: String) throws(LogError) {
        let folder = try FileDescriptor(path, O_RDONLY | O_DIRECTORY)
        guard fsync(folder.raw) == 0 else { throw folder.failure("fsync") }
    }

    /// The path without links and relative parts.
    static func absolute(_ path: String) throws(LogError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw .system(SystemError("open \(path)", errno: errno))
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

internal import ASEEDSystem
internal import Glibc

/// Finds scenario files.
enum ScenarioFinder {
    /// The files that operands name: a file is itself, a folder its `*.json` files by name, without
    /// its sub-folders and JSON Schemas (`*.schema.json`).
    ///
    /// - Throws: `CommandFailure` with code 64 when a path is not there or a folder has none.
    static func files(_ operands: [String]) throws(CommandFailure) -> [String] {
        var files: [String] = []
        for operand in operands {
            var status = stat()
            guard stat(operand, &status) == 0 else {
                let error = SystemError(operand, errno: errno)
                throw CommandFailure(.usage, "no scenario there: \(error); `lab list` shows them")
            }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                files.append(operand)
                continue
            }
            let found = try scenarios(inFolder: operand)
            guard !found.isEmpty else {
                throw CommandFailure(.usage, "\(operand): the folder has no scenario (*.json)")
            }
            files.append(contentsOf: found)
        }
        return files
    }

    private static func scenarios(inFolder folder: String) throws(CommandFailure) -> [String] {
        guard let directory = opendir(folder) else {
            throw CommandFailure(.usage, "\(SystemError("open \(folder)", errno: errno))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".json"), !name.hasSuffix(".schema.json"), !name.hasPrefix(".")
            else { continue }
            names.append(name)
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { base + $0 }
    }
}

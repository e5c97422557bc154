internal import ASEEDSystem
internal import Glibc
internal import SQLite

/// What this program is and what it runs with.
struct BuildInfo: Sendable {
    /// The project's version.
    static let version = "0.1.0"

    var commit: String?
    var mode: String
    var compiler: String
    var platform: String
    var sqlite: String
    var curl: String
    var webSockets: String

    /// Reads everything.
    static func current() -> BuildInfo {
        BuildInfo(
            commit: programPath().flatMap(SourceCommit.find), mode: buildMode,
            compiler: compilerVersion, platform: platformText(), sqlite: sqliteVersion(),
            curl: LibraryVersions.curl, webSockets: LibraryVersions.webSockets)
    }

    /// `release` or `debug`.
    static var buildMode: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    private static var compilerVersion: String {
        #if compiler(>=6.5)
            "Swift 6.5 or newer"
        #elseif compiler(>=6.4)
            "Swift 6.4"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }

    private static func sqliteVersion() -> String {
        do {
            let database = try Database(path: ":memory:")
            return try database.text("SELECT sqlite_version()") ?? "unknown"
        } catch {
            return "not usable: \(error)"
        }
    }

    /// Kernel, its release and the processor: `Linux 6.1.0 x86_64`.
    private static func platformText() -> String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return [
            fixedText(name.sysname), fixedText(name.release), fixedText(name.machine),
        ].joined(separator: " ")
    }

    private static func fixedText(_ field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func programPath() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return count > 0
            ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}

/// The commit that is checked out where the program was built.
enum SourceCommit {
    /// Looks in the folders above a program for a git checkout; nil when there is none.
    static func find(above program: String) -> String? {
        var folder = program
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if let directory = gitDirectory(folder) { return head(directory) }
        }
        return nil
    }

    // A work tree of its own has a file `.git` that names the folder.
    private static func gitDirectory(_ folder: String) -> String? {
        if text(folder + "/.git/HEAD") != nil { return folder + "/.git" }
        guard let link = text(folder + "/.git"), link.hasPrefix("gitdir: ") else { return nil }
        let path = String(link.dropFirst(8))
        return path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func head(_ directory: String) -> String? {
        guard let head = text(directory + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else { return isCommit(head) ? head : nil }
        let name = String(head.dropFirst(5))
        let common = text(directory + "/commondir").map {
            $0.hasPrefix("/") ? $0 : directory + "/" + $0
        }
        for base in [directory, common].compactMap({ $0 }) {
            if let commit = text(base + "/" + name), isCommit(commit) { return commit }
            let packed = text(base + "/packed-refs") ?? ""
            for line in packed.split(separator: "\n") where line.hasSuffix(" " + name) {
                let commit = String(line.prefix { $0 != " " })
                if isCommit(commit) { return commit }
            }
        }
        return nil
    }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count >= 40 && text.allSatisfy(\.isHexDigit)
    }

    // A file that is not there is the usual case: most folders are no checkout.
    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileBytes.read(path, limit: 1_048_576) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.last?.isNewline == true ? String(text.dropLast()) : text
    }
}

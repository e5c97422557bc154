internal import ASEEDSystem
internal import Glibc

/// The folder with what `scripts/setup --with-kafka` fetched: librdkafka and brokers.
struct KafkaParts: Equatable, Sendable {
    let folder: String

    /// `LAB_DEPS`, else `.deps` of the project the program lies in; nil where there is none.
    static func find(
        environment: (String) -> String? = Environment.value, program: String = OwnProgram.path
    ) -> KafkaParts? {
        if let folder = environment("LAB_DEPS"), !folder.isEmpty {
            return KafkaParts(folder: folder)
        }
        var folder = program
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            if FileTree.exists("\(folder)/.deps") { return KafkaParts(folder: "\(folder)/.deps") }
        }
        return nil
    }

    /// The command that fetches them, as a person gives it.
    static var command: String {
        (Environment.value("LAB_SETUP") ?? "scripts/setup") + " --with-kafka"
    }

    static let library = "lib/librdkafka.so.1"

    /// The path of a part.
    func path(_ part: String) -> String { "\(folder)/\(part)" }

    /// Whether a part is there and may be run.
    func has(_ part: String) -> Bool { access(path(part), X_OK) == 0 }

    /// The path of a program.
    func program(_ part: String) throws(BrokerError) -> String {
        guard has(part) else {
            throw .missing(
                what: part.split(separator: "/").last.map(String.init) ?? part, path: path(part),
                advice: "fetch it with `\(Self.command)`")
        }
        return path(part)
    }
}

internal import ASEEDSystem

/// `lab version`: what runs here.
enum VersionCommand: Command {
    static let spec = CommandSpec(
        name: "version", summary: "Show the version, build and libraries in use.",
        options: [.init("format", "human|json", help: "for people (default) or for machines")],
        examples: [("lab version --format json", "to put beside a result")])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let info = BuildInfo.current()
        StandardStream.out.write(format == "json" ? json(info) : human(info))
        return .success
    }

    private static func human(_ info: BuildInfo) -> String {
        """
        lab \(BuildInfo.version) (\(info.commit.map { String($0.prefix(12)) } ?? "commit unknown"))
        build          \(info.mode), \(info.compiler)
        platform       \(info.platform)
        SQLite         \(info.sqlite)
        libcurl        \(info.curl)
        libwebsockets  \(info.webSockets)

        """
    }

    private static func json(_ info: BuildInfo) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("version", BuildInfo.version)
            json.member("commit", info.commit)
            json.member("build", info.mode)
            json.member("compiler", info.compiler)
            json.member("platform", info.platform)
            json.name("libraries")
            json.object { json in
                json.member("sqlite", info.sqlite)
                json.member("curl", info.curl)
                json.member("libwebsockets", info.webSockets)
            }
        }
        return json.text + "\n"
    }
}

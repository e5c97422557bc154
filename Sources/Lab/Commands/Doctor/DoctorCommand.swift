internal import ASEEDSystem

/// `lab doctor`: whether this machine is able, and what to do where it is not.
enum DoctorCommand: Command {
    static let spec = CommandSpec(
        name: "doctor", summary: "Check that this machine can make runs, and what spoils figures.",
        options: [
            .init("out", "DIR", help: "the results folder (default: results)"),
            .init("format", "human|json", help: "for people (default) or for machines"),
        ],
        examples: [
            ("lab doctor", "every check, with what to do; exit 69 when a run can't work")
        ])

    static func run(_ arguments: Arguments) throws -> ExitCode {
        let format = try arguments.choice("format", of: ["human", "json"]) ?? "human"
        let checks = check(folder: arguments.string("out") ?? "results")
        StandardStream.out.write(format == "json" ? json(checks) : human(checks))
        return checks.contains { $0.status == .fail } ? .unavailable : .success
    }

    static func check(folder: String) -> [DoctorCheck] {
        let (settings, mistakes) = Configuration.read()
        var checks = SoftwareChecks.all(.current()) + KafkaChecks.all()
        checks += [
            SystemChecks.cores(), SystemChecks.load(), SystemChecks.memory(),
            SystemChecks.disk(folder: folder), SystemChecks.results(folder: folder),
            SystemChecks.clock(), SystemChecks.openFiles(), NetworkChecks.loopback(),
        ]
        let port = settings.first { $0.setting.name == "DASHBOARD_PORT" }?.value
        if let number = port.flatMap({ UInt16($0) }), number > 0 {
            checks.append(NetworkChecks.dashboardPort(number))
        }
        checks.append(
            DoctorCheck(
                name: "settings", status: mistakes.isEmpty ? .ok : .fail,
                found: mistakes.isEmpty ? "no mistake" : mistakes.joined(separator: "; "),
                advice: mistakes.isEmpty ? "" : "correct or unset them; see `lab config`"))
        return checks
    }

    private static func human(_ checks: [DoctorCheck]) -> String {
        let style = TerminalStyle(for: .out)
        let width = checks.map(\.name.count).max() ?? 0
        var text = ""
        for check in checks {
            let colour: TerminalStyle.Colour =
                switch check.status {
                case .ok: .green
                case .warn: .yellow
                case .fail: .red
                }
            let status = style(check.status.rawValue.padded(to: 4), colour)
            text += "\(status)  \(check.name.padded(to: width))  \(check.found)\n"
            guard !check.advice.isEmpty else { continue }
            text += "      \("".padded(to: width))  → \(check.advice)\n"
        }
        return text
    }

    private static func json(_ checks: [DoctorCheck]) -> String {
        var json = JSONWriter()
        json.object { json in
            json.name("checks")
            json.array { json in
                for check in checks {
                    json.object { json in
                        json.member("name", check.name)
                        json.member("status", check.status.rawValue)
                        json.member("found", check.found)
                        json.member("advice", check.advice)
                    }
                }
            }
        }
        return json.text + "\n"
    }
}

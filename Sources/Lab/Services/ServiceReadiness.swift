internal import ASEEDSystem
internal import Glibc

/// Whether a service that was just started works.
struct ServiceReadiness {
    let service: String
    let process: ProcessIdentity
    let paths: ServicePaths
    /// Where its output begins in the file.
    let outputStart: Int64
    let startedAtUs: Int64

    /// What it is ready with: where it listens.
    struct Ready: Equatable { var port: Int? }

    /// nil as long as it is not.
    func check() -> Ready? {
        switch service {
        case ServiceNames.dashboard: return dashboard()
        case ServiceNames.kafka:
            return said("broker")?["port"]?.integer.map { Ready(port: Int($0)) }
        case ServiceNames.monitor:
            guard beats(), let text = SmallFile.text(paths.home.status),
                let time = (try? JSONParser.parse(text))?["timestamp"]?.string,
                let checkedUs = TimeText.micros(time), checkedUs >= startedAtUs
            else { return nil }
            return Ready()
        default: return beats() ? Ready() : nil
        }
    }

    private func beats() -> Bool {
        Heartbeat.read(paths.home.heartbeat(of: service))?.process == process
    }

    /// It says its port, and who answers there is who said it.
    private func dashboard() -> Ready? {
        guard let json = said("dashboard"), let url = json["url"]?.string,
            let port = json["port"]?.integer, let instance = json["instance_id"]?.string
        else { return nil }
        let answer = try? DashboardIdentity.read(baseURL: url, timeoutMs: 1_000)
        return answer?.instanceID == instance ? Ready(port: Int(port)) : nil
    }

    /// The line by which a service says that it is ready.
    private func said(_ name: String) -> JSONValue? {
        output().split(separator: "\n").lazy.compactMap { try? JSONParser.parse(String($0)) }
            .first { $0["ready"]?.string == name && $0["pid"]?.integer == Int64(process.pid) }
    }

    private func output() -> String {
        let descriptor = open(paths.outputFile(of: service), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let got = pread(descriptor, &buffer, buffer.count, off_t(outputStart))
        return got > 0 ? String(decoding: buffer[..<got], as: UTF8.self) : ""
    }
}

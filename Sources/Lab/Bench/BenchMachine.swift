internal import ASEEDSystem
internal import Glibc

/// Where and by what was measured.
struct BenchMachine: Sendable {
    var build: BuildInfo
    var processor: String
    var cores: Int
    /// Load averages over 1, 5 and 15 minutes at the start.
    var load: [Double]
    var memoryBytes: Int64?

    static func current() -> BenchMachine {
        var averages = [0.0, 0.0, 0.0]
        let known = getloadavg(&averages, 3)
        return BenchMachine(
            build: .current(), processor: processorName() ?? "unknown processor",
            cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            load: Array(averages.prefix(max(0, Int(known)))),
            memoryBytes: text("/proc/meminfo").flatMap {
                SystemChecks.kilobytes("MemTotal:", in: $0).map { $0 * 1_024 }
            })
    }

    private static func processorName() -> String? {
        let lines = text("/proc/cpuinfo")?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":", maxSplits: 1).last }
            .map { String($0.drop { $0 == " " }) }
    }

    // The description is a help for readers: what can't be read is left out.
    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileBytes.read(path, limit: 4 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Two lines for people.
    var summary: String {
        let commit = build.commit.map { String($0.prefix(12)) } ?? "commit unknown"
        let loads = load.map { Figures.decimals($0, 2) }.joined(separator: " ")
        let memory = memoryBytes.map { ", \(Figures.bytes($0))" } ?? ""
        return """
            machine  \(processor), \(cores) cores\(memory), load \(loads)
            build    lab \(BuildInfo.version) (\(commit)), \(build.mode), \(build.compiler), \
            \(build.platform)
            """
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("processor", processor)
            json.member("cores", cores)
            json.name("load")
            json.array { json in for value in load { json.number(value) } }
            json.member("memory_bytes", memoryBytes)
            json.member("platform", build.platform)
            json.member("version", BuildInfo.version)
            json.member("commit", build.commit)
            json.member("build", build.mode)
            json.member("compiler", build.compiler)
        }
    }
}

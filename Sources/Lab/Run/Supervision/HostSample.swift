internal import ASEEDSystem
internal import Glibc

/// The machine's CPU time so far, from `/proc/stat`, in ticks.
struct HostSample: Equatable, Sendable {
    var total: Int64 = 0
    var idle: Int64 = 0
    /// Time a hypervisor gave to other machines.
    var steal: Int64 = 0

    static func read() -> HostSample {
        guard let line = SmallFile.text("/proc/stat")?.split(separator: "\n").first else {
            return HostSample()
        }
        // user nice system idle iowait irq softirq steal; guest time is part of user.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).map { Int64($0) ?? 0 }
        guard ticks.count == 8 else { return HostSample() }
        return HostSample(
            total: ticks.reduce(0, +), idle: ticks[3] + ticks[4], steal: ticks[7])
    }

    /// Per cent of the time since `earlier` that was stolen.
    func stealPercent(since earlier: HostSample) -> Double {
        let span = total - earlier.total
        return span > 0 ? 100 * Double(steal - earlier.steal) / Double(span) : 0
    }

    /// Per cent of the time since `earlier` in which some CPU worked.
    func busyPercent(since earlier: HostSample) -> Double {
        let span = total - earlier.total
        return span > 0 ? 100 - 100 * Double(idle - earlier.idle) / Double(span) : 0
    }
}

/// What a figure has to be read with: the machine that gave it.
struct Machine: Equatable, Sendable {
    var cpuModel: String
    var cores: Int
    var memoryBytes: Int64
    var kernel: String
    var architecture: String
    /// Load averages over 1, 5 and 15 minutes when the run began.
    var load: [Double]

    /// Reads this machine.
    static func read() -> Machine {
        let cpu = (SmallFile.text("/proc/cpuinfo") ?? "").split(separator: "\n")
            .first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }?
            .split(separator: ":", maxSplits: 1).last
        var name = utsname()
        uname(&name)
        let load = (SmallFile.text("/proc/loadavg") ?? "").split(separator: " ").prefix(3)
        return Machine(
            cpuModel: cpu.map { $0.drop(while: { $0 == " " }) }.map(String.init) ?? "unknown",
            cores: usableCores(),
            memoryBytes: (SmallFile.fields("/proc/meminfo")["MemTotal"] ?? 0) * 1024,
            kernel: "\(text(&name.sysname)) \(text(&name.release))",
            architecture: text(&name.machine), load: load.map { Double($0) ?? 0 })
    }

    /// Cores this process may use; a container's limit by affinity counts.
    private static func usableCores() -> Int {
        let mask = SmallFile.text("/proc/self/status")?.split(separator: "\n")
            .first { $0.hasPrefix("Cpus_allowed:") }?.split(separator: "\t").last
        let bits = mask.map { $0.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount } }
        return max(1, bits ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    private static func text<Chars>(_ chars: inout Chars) -> String {
        withUnsafeBytes(of: &chars) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

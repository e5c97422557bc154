internal import ASEEDSystem
internal import Glibc

/// Checks of the machine: processors, memory, disk, clock, files.
enum SystemChecks {
    /// Processors that this process may use, within the control group's quota.
    static func cores() -> DoctorCheck {
        do throws(SystemError) {
            let status = try contents("/proc/self/status")
            guard let allowed = coresAllowed(status) else {
                return DoctorCheck(
                    name: "cores", status: .warn, found: "/proc/self/status names no processors",
                    advice: "see that there are 2")
            }
            return judgeCores(min(allowed, groupCores() ?? .max))
        } catch {
            return unreadable("cores", error)
        }
    }

    /// How many processors `Cpus_allowed_list: 0-1,3` of /proc/self/status names.
    static func coresAllowed(_ status: String) -> Int? {
        for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
            var count = 0
            for range in line.dropFirst(18).split(separator: ",") {
                let ends = range.split(separator: "-").map { part in
                    Int(String(part.filter { $0.isNumber }))
                }
                guard let first = ends.first ?? nil, let last = ends.last ?? nil, last >= first
                else { return nil }
                count += last - first + 1
            }
            return count > 0 ? count : nil
        }
        return nil
    }

    // The quota of cpu.max in whole processors; nil without one.
    private static func groupCores() -> Int? {
        guard let text = try? contents("/sys/fs/cgroup/cpu.max") else { return nil }
        let parts = text.split { $0 == " " || $0 == "\n" }.map { Int($0) }
        guard parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 else {
            return nil
        }
        return max(1, quota / period)
    }

    static func judgeCores(_ count: Int) -> DoctorCheck {
        let found = count == 1 ? "1 core" : "\(count) cores"
        guard count < 2 else { return DoctorCheck(name: "cores", status: .ok, found: found) }
        return DoctorCheck(
            name: "cores", status: .warn, found: found,
            advice: "generator, engine and dashboard share it: lower rates, read CPU figures only")
    }

    /// Memory that is free to use, within the control group's limit.
    static func memory() -> DoctorCheck {
        do throws(SystemError) {
            let text = try contents("/proc/meminfo")
            guard let free = kilobytes("MemAvailable:", in: text) else {
                return DoctorCheck(
                    name: "memory", status: .warn, found: "/proc/meminfo has no MemAvailable",
                    advice: "see that 1 GiB is free")
            }
            return judgeMemory(availableBytes: min(free * 1_024, groupHeadroom() ?? .max))
        } catch {
            return unreadable("memory", error)
        }
    }

    static func judgeMemory(availableBytes: Int64) -> DoctorCheck {
        judge(
            "memory", bytes: availableBytes, good: 1_073_741_824, least: 268_435_456,
            found: "\(ByteText.text(availableBytes)) available",
            advice: "end other programs, or lower products and partitions of the scenario")
    }

    // What is left below memory.max; nil without a limit. Groups of version 1 are not looked at.
    private static func groupHeadroom() -> Int64? {
        guard let limit = try? contents("/sys/fs/cgroup/memory.max"),
            let used = try? contents("/sys/fs/cgroup/memory.current"),
            let most = Int64(limit.prefix { $0 != "\n" }),
            let now = Int64(used.prefix { $0 != "\n" })
        else { return nil }
        return max(0, most - now)
    }

    static func kilobytes(_ key: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            return line.dropFirst(key.count).split(separator: " ").first.flatMap { Int64($0) }
        }
        return nil
    }

    /// Room on the disk of the results folder.
    static func disk(folder: String) -> DoctorCheck {
        let existing = nearestExisting(folder)
        var status = statvfs()
        guard statvfs(existing, &status) == 0 else {
            return unreadable("disk", SystemError("statvfs \(existing)", errno: errno))
        }
        let free = Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
        return judge(
            "disk", bytes: free, good: 5_368_709_120, least: 536_870_912,
            found: "\(ByteText.text(free)) free for \(folder)",
            advice:
                "a million orders take about 190 MB while a run lasts; make room, or use --scale")
    }

    /// Whether the results folder can be written, tried with a file.
    static func results(folder: String) -> DoctorCheck {
        let existing = nearestExisting(folder)
        let probe = existing + "/.lab-doctor-\(getpid())"
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            return DoctorCheck(
                name: "results", status: .fail,
                found: "\(SystemError("create a file in \(existing)", errno: errno))",
                advice: "give this user the right to write there, or choose a folder with --out")
        }
        close(descriptor)
        unlink(probe)
        let note = existing == folder ? "" : " (it will be made)"
        return DoctorCheck(name: "results", status: .ok, found: "\(folder) is writable\(note)")
    }

    /// The folder itself, or the nearest one above that exists.
    static func nearestExisting(_ folder: String) -> String {
        var path = folder
        while access(path, F_OK) != 0 {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            if slash == path.startIndex { return "/" }
            path = String(path[..<slash])
        }
        return path
    }

    /// The kernel's clock source, and what reading it costs.
    static func clock() -> DoctorCheck {
        let rounds: Int64 = 20_000
        let start = SystemClock.monotonicNs()
        for _ in 0..<rounds { _ = SystemClock.monotonicNs() }
        let cost = (SystemClock.monotonicNs() - start) / rounds
        let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        let source = (try? contents(path)).map { String($0.prefix { $0 != "\n" }) }
        return judgeClock(source: source, readNs: cost)
    }

    static func judgeClock(source: String?, readNs: Int64) -> DoctorCheck {
        let found = "\(source ?? "source not readable"), \(readNs) ns a reading"
        guard readNs > 1_000 else { return DoctorCheck(name: "clock", status: .ok, found: found) }
        return DoctorCheck(
            name: "clock", status: .warn, found: found,
            advice: "readings are slow and disturb latencies; a tsc or kvm-clock source is better")
    }

    /// Files that one process may have open.
    static func openFiles() -> DoctorCheck {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return unreadable("open files", SystemError("getrlimit", errno: errno))
        }
        let found = "\(limit.rlim_cur) a process"
        guard limit.rlim_cur < 1_024 else {
            return DoctorCheck(name: "open files", status: .ok, found: found)
        }
        return DoctorCheck(
            name: "open files", status: .warn, found: found, advice: "run `ulimit -n 1024` first")
    }

    /// How busy the machine is already.
    static func load() -> DoctorCheck {
        var averages = [0.0, 0.0, 0.0]
        guard getloadavg(&averages, 3) >= 1 else {
            return unreadable("load", SystemError("getloadavg", errno: errno))
        }
        return judgeLoad(averages[0], cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    static func judgeLoad(_ load: Double, cores: Int) -> DoctorCheck {
        let found = "\((load * 100).rounded() / 100) over the last minute"
        guard load > Double(cores) / 2 else {
            return DoctorCheck(name: "load", status: .ok, found: found)
        }
        return DoctorCheck(
            name: "load", status: .warn, found: found,
            advice: "other programs are busy: times will vary, CPU seconds less")
    }

    private static func judge(
        _ name: String, bytes: Int64, good: Int64, least: Int64, found: String, advice: String
    ) -> DoctorCheck {
        if bytes >= good { return DoctorCheck(name: name, status: .ok, found: found) }
        return DoctorCheck(
            name: name, status: bytes >= least ? .warn : .fail, found: found, advice: advice)
    }

    private static func unreadable(_ name: String, _ error: SystemError) -> DoctorCheck {
        DoctorCheck(
            name: name, status: .warn, found: "\(error)", advice: "it could not be checked")
    }

    private static func contents(_ path: String) throws(SystemError) -> String {
        String(decoding: try FileBytes.read(path, limit: 1_048_576), as: UTF8.self)
    }
}

/// Bytes as people read them.
enum ByteText {
    /// `512 B`, `1.5 MiB`, `12.3 GiB`.
    static func text(_ bytes: Int64) -> String {
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = ""
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where value >= 1_024 {
            value /= 1_024
            unit = next
        }
        return "\((value * 10).rounded() / 10) \(unit)"
    }
}

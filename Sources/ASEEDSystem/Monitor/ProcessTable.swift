internal import Glibc

/// All processes at one moment.
struct ProcessTable: Sendable {
    /// What a process and everything below it use.
    struct Usage: Equatable, Sendable {
        /// CPU time of those alive and of those that were waited for.
        var cpuNs: Int64
        var residentBytes: Int64
        var processes: Int
    }

    private var stats: [Int32: ProcessStat] = [:]
    private var children: [Int32: [Int32]] = [:]

    /// Reads /proc.
    static func read() -> ProcessTable {
        var table = ProcessTable()
        guard let folder = opendir("/proc") else { return table }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let pid = Int32(name), let stat = ProcessStat(pid: pid) { table.add(stat) }
        }
        return table
    }

    init() {}

    /// A table of these processes.
    init(_ stats: [ProcessStat]) { for stat in stats { add(stat) } }

    private mutating func add(_ stat: ProcessStat) {
        stats[stat.pid] = stat
        children[stat.parent, default: []].append(stat.pid)
    }

    subscript(pid: Int32) -> ProcessStat? { stats[pid] }

    /// What a process and its children, and theirs, use; nil when it is not there.
    func usage(of pid: Int32) -> Usage? {
        guard stats[pid] != nil else { return nil }
        var usage = Usage(cpuNs: 0, residentBytes: 0, processes: 0)
        let tickNs = 1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
        var left = [pid]
        var seen: Set<Int32> = []
        while let next = left.popLast() {
            // /proc is not read at one instant: a pid that was taken again could close a circle.
            guard seen.insert(next).inserted, let stat = stats[next] else { continue }
            usage.cpuNs += (stat.ownTicks + stat.childTicks) * tickNs
            usage.residentBytes += stat.residentPages * page
            usage.processes += 1
            left += children[next] ?? []
        }
        return usage
    }
}

/// The CPU share of processes between one look and the next.
struct CPUMeter: Sendable {
    private var last: [ProcessIdentity: (cpuNs: Int64, atNs: Int64)] = [:]

    /// The share since the look before; nil at the first. 100 is one whole CPU.
    mutating func percent(
        of process: ProcessIdentity, cpuNs: Int64, nowNs: Int64
    ) -> Double? {
        defer { last[process] = (cpuNs, nowNs) }
        guard let before = last[process], nowNs > before.atNs else { return nil }
        // Less than before: a child's time was lost because nobody waited for it.
        let share = Double(max(0, cpuNs - before.cpuNs)) / Double(nowNs - before.atNs)
        return (share * 1_000).rounded() / 10
    }

    /// Forgets all but these.
    mutating func keep(_ processes: Set<ProcessIdentity>) {
        last = last.filter { processes.contains($0.key) }
    }
}

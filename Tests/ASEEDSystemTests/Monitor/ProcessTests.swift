import Glibc
import Testing

@testable import ASEEDSystem

@Suite struct ProcessTests {
    private static func stat(
        pid: Int32, parent: Int32, own: Int64, children: Int64 = 0, pages: Int64 = 10
    ) throws -> ProcessStat {
        try #require(
            ProcessStat(
                "\(pid) (a (strange) name) S \(parent) 1 1 0 -1 4194560 1 0 0 0 \(own) 0 \(children) "
                    + "0 20 0 1 0 777 1000000 \(pages) 18446744073709551615 0 0\n"))
    }

    @Test func readsNamesWithParentheses() throws {
        let stat = try Self.stat(pid: 12, parent: 3, own: 40, children: 2)
        #expect(stat.pid == 12 && stat.parent == 3 && stat.startTicks == 777)
        #expect(stat.ownTicks == 40 && stat.childTicks == 2 && stat.residentPages == 10)
        #expect(!stat.isStopped && !stat.isEnded)
    }

    @Test(arguments: ["", "12", "12 (x", "12 (x) S 3", "x (y) S 1 2 3"])
    func refusesWhatIsNoLineOfStat(text: String) { #expect(ProcessStat(text) == nil) }

    @Test func countsChildrenAndTheirs() throws {
        let table = ProcessTable([
            try Self.stat(pid: 10, parent: 1, own: 100, children: 30, pages: 5),
            try Self.stat(pid: 11, parent: 10, own: 20, pages: 7),
            try Self.stat(pid: 12, parent: 11, own: 3, pages: 1),
            try Self.stat(pid: 13, parent: 1, own: 1_000, pages: 99),
        ])
        let usage = try #require(table.usage(of: 10))
        let tickNs = 1_000_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
        #expect(usage.processes == 3)
        #expect(usage.cpuNs == 153 * tickNs)
        #expect(usage.residentBytes == 13 * Int64(sysconf(Int32(_SC_PAGESIZE))))
        #expect(table.usage(of: 99) == nil)
    }

    @Test func sharesAreOfTheTimeBetween() {
        var meter = CPUMeter()
        func share(_ cpuNs: Int64, at second: Int64, startTicks: UInt64 = 1) -> Double? {
            meter.percent(
                of: ProcessIdentity(pid: 5, startTicks: startTicks), cpuNs: cpuNs,
                nowNs: second * 1_000_000_000)
        }
        #expect(share(100, at: 0) == nil)
        #expect(share(500_000_100, at: 1) == 50)
        #expect(share(2_500_000_100, at: 2) == 200)
        // A child that nobody waited for took its time with it.
        #expect(share(0, at: 3) == 0)
        // A later process with the same pid is another one.
        #expect(share(7, at: 4, startTicks: 2) == nil)
    }

    @Test func seesItselfInProc() throws {
        let table = ProcessTable.read()
        let usage = try #require(table.usage(of: getpid()))
        #expect(usage.residentBytes > 1 << 20)
        #expect(ProcessIdentity.current.isAlive)
        #expect(
            !ProcessIdentity(
                pid: getpid(), startTicks: ProcessIdentity.current.startTicks + 1
            ).isAlive)
    }

    @Test func aZombieIsNotAlive() throws {
        var pid = pid_t()
        var arguments = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&pid, "/bin/true", nil, nil, &arguments, nil) == 0)
        var info = siginfo_t()
        #expect(waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0)
        #expect(ProcessIdentity(running: pid) == nil)
        #expect(ProcessIdentity(existing: pid) != nil)
        waitpid(pid, nil, 0)
        #expect(ProcessIdentity(existing: pid) == nil)
    }
}

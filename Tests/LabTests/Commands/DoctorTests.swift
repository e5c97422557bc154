import Testing

@testable import Lab

@Suite struct DoctorTests {
    @Test(arguments: [
        ("3.40.1", DoctorCheck.Status.ok), ("3.35.0", .ok), ("3.9.9", .fail), ("4.1", .ok),
        ("unknown", .fail), ("3.40.1-debian", .ok),
    ])
    func comparesVersionsByNumber(version: String, status: DoctorCheck.Status) {
        let check = SoftwareChecks.library("sqlite", version, [3, 35, 0], "libsqlite3-0")
        #expect(check.status == status)
        #expect(check.advice.isEmpty == (status == .ok))
    }

    @Test func judgesTheMachine() {
        #expect(SystemChecks.judgeCores(2).status == .ok)
        #expect(SystemChecks.judgeCores(1).status == .warn)
        #expect(SystemChecks.judgeMemory(availableBytes: 2 << 30).status == .ok)
        #expect(SystemChecks.judgeMemory(availableBytes: 512 << 20).status == .warn)
        #expect(SystemChecks.judgeMemory(availableBytes: 1 << 20).status == .fail)
        #expect(SystemChecks.judgeClock(source: "tsc", readNs: 25).status == .ok)
        #expect(SystemChecks.judgeClock(source: "hpet", readNs: 2_500).status == .warn)
        #expect(SystemChecks.judgeLoad(0.9, cores: 2).status == .ok)
        #expect(SystemChecks.judgeLoad(1.5, cores: 2).status == .warn)
    }

    @Test(arguments: [
        ("Name:\tlab\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed_list:\t0,2-4,7\n", 5),
        ("Cpus_allowed_list:\t\n", nil), ("", nil), ("Cpus_allowed_list:\t4-2\n", nil),
    ])
    func countsAllowedProcessors(status: String, expected: Int?) {
        #expect(SystemChecks.coresAllowed(status) == expected)
    }

    @Test func readsMemoryInformation() {
        let text = "MemTotal:  100 kB\nMemAvailable:   2048 kB\n"
        #expect(SystemChecks.kilobytes("MemAvailable:", in: text) == 2_048)
        #expect(SystemChecks.kilobytes("Nothing:", in: text) == nil)
    }

    @Test func aFolderThatCanNotBeWrittenFails() {
        let check = SystemChecks.results(folder: "/proc/results")
        #expect(check.status == .fail)
        #expect(check.found.contains("/proc"))
        #expect(SystemChecks.nearestExisting("/proc/no/such") == "/proc")
        #expect(SystemChecks.nearestExisting("no-such/folder") == ".")
    }

    @Test func everyProblemSaysWhatToDo() {
        for check in DoctorCommand.check(folder: "results") where check.status != .ok {
            #expect(!check.advice.isEmpty, "\(check.name)")
        }
    }

    @Test func knowsItsLibraries() {
        let info = BuildInfo.current()
        for version in [info.sqlite, info.curl, info.webSockets] {
            #expect(SoftwareChecks.numbers(version) != nil, "\(version)")
        }
        #expect(info.platform.hasPrefix("Linux "))
    }
}

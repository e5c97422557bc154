import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// Starting, controlling and ending processes that are not ours to trust.
@Suite(.timeLimit(.minutes(15))) struct ServiceProcessTests {
    private static func seconds(_ count: Int64) -> Int64 {
        SystemClock.monotonicNs() + count * 1_000_000_000
    }

    /// Runs a shell script as a service and gathers its lines until it ends.
    private func run(
        _ script: String, controlled: Bool = false, during: (ServiceProcess) -> Void = { _ in }
    ) throws -> (service: ServiceProcess, lines: [String]) {
        let folder = try TemporaryFolder()
        let events = Mailbox<ServiceEvent>()
        let service = try ServiceProcess(
            ServiceLaunch(
                name: "script", program: "/bin/sh", words: ["-c", script],
                logFolder: folder.path, controlled: controlled, direct: true), events: events)
        during(service)
        var lines: [String] = []
        let deadline = Self.seconds(20)
        while SystemClock.monotonicNs() < deadline {
            for event in events.takeAll(deadlineNs: deadline) {
                switch event {
                case .line(_, let text): lines.append(text)
                case .ended: return (service, lines)
                }
            }
        }
        Issue.record("the service did not end")
        service.killGroup()
        return (service, lines)
    }

    @Test func deliversEveryLineBeforeTheEnd() throws {
        let (service, lines) = try run("echo one; echo two; printf three; exit 7")
        #expect(lines == ["one", "two", "three"])
        #expect(service.exit?.ending == .code(7))
        #expect(!service.isRunning)
    }

    @Test func readsItsControlLines() throws {
        let (_, lines) = try run("read word; echo got $word", controlled: true) {
            #expect($0.send(line: "start"))
        }
        #expect(lines == ["got start"])
    }

    @Test func closedInputIsAnEndOfFile() throws {
        let (service, lines) = try run("cat; echo done", controlled: true) {
            #expect($0.send(line: "first"))
            $0.closeInput()
        }
        #expect(lines == ["first", "done"])
        #expect(!service.send(line: "late"))
    }

    @Test func tellsWhichSignalEndedIt() throws {
        let (service, _) = try run("kill -9 $$")
        #expect(service.exit?.ending == .signal(SIGKILL))
        #expect(service.exit?.text.hasPrefix("signal 9") == true)
    }

    @Test func killsWhatAServiceLeftBehind() throws {
        // The child of the child shares its group and would live for an hour.
        let (_, lines) = try run("sleep 3600 & echo $!")
        let orphan = try #require(lines.first.flatMap { pid_t($0) })
        let deadline = Self.seconds(10)
        while kill(orphan, 0) == 0, !Self.isZombie(orphan), SystemClock.monotonicNs() < deadline {
            sched_yield()
        }
        #expect(kill(orphan, 0) != 0 || Self.isZombie(orphan))
    }

    @Test func countsTheUseOfTheDead() throws {
        let (service, _) = try run(
            "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; head -c 300000 /dev/zero >/dev/null")
        let usage = service.sample()
        #expect(usage.cpuNs >= 10_000_000)
        #expect(usage.rssPeakBytes >= 500_000)
        #expect(usage.writeBytes >= 300_000)
        #expect(usage.rssBytes == 0)
    }

    @Test func stopsWithSIGTERMAndThenSIGKILL() throws {
        let folder = try TemporaryFolder()
        let group = ServiceGroup()
        let polite = try group.start(
            ServiceLaunch(
                name: "polite", program: "/bin/sh", words: ["-c", "echo up; exec sleep 3600"],
                logFolder: folder.path, direct: true))
        let stubborn = try group.start(
            ServiceLaunch(
                name: "stubborn", program: "/bin/sh",
                words: ["-c", "trap '' TERM; echo up; while :; do sleep 3600; done"],
                logFolder: folder.path, direct: true))
        var up = 0
        let deadline = Self.seconds(20)
        while up < 2, SystemClock.monotonicNs() < deadline {
            up += group.events.takeAll(deadlineNs: deadline).count
        }
        #expect(group.stopAll(graceMs: 300) == ["stubborn"])
        #expect(polite.exit?.ending == .signal(SIGTERM))
        #expect(stubborn.exit?.ending == .signal(SIGKILL))
    }

    @Test func keepsTheLastLogLines() throws {
        let folder = try TemporaryFolder()
        let group = ServiceGroup()
        let service = try group.start(
            ServiceLaunch(
                name: "noisy", program: "/bin/sh",
                words: ["-c", "for i in 1 2 3 4; do echo line $i >&2; done; exit 1"],
                logFolder: folder.path, direct: true))
        let deadline = Self.seconds(20)
        while service.isRunning, SystemClock.monotonicNs() < deadline {
            _ = group.events.takeAll(deadlineNs: deadline)
        }
        #expect(service.lastLogLines(2) == ["line 3", "line 4"])
    }

    @Test func saysWhatCouldNotBeStarted() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SystemError("start /no/such/program", errno: ENOENT)) {
            try ServiceGroup().start(
                ServiceLaunch(
                    name: "none", program: "/no/such/program", words: [], logFolder: folder.path,
                    direct: true))
        }
    }

    @Test func diesWithItsParent() throws {
        // A session of its own, so that only the kernel ties it to the shell that is killed.
        let lab = try #require(LabBinary.path)
        let (_, lines) = try run(
            """
            setsid \(lab) child --parent $$ -- /bin/sleep sleep 3600 & child=$!
            while [ "$(cat /proc/$child/comm)" != sleep ]; do :; done
            echo $child; exec 1>&-; kill -9 $$
            """)
        let orphan = try #require(lines.first.flatMap { pid_t($0) })
        let deadline = Self.seconds(10)
        while kill(orphan, 0) == 0, !Self.isZombie(orphan), SystemClock.monotonicNs() < deadline {
            sched_yield()
        }
        #expect(kill(orphan, 0) != 0 || Self.isZombie(orphan))
    }

    private static func isZombie(_ pid: pid_t) -> Bool {
        guard let stat = SmallFile.text("/proc/\(pid)/stat"), let close = stat.lastIndex(of: ")")
        else { return false }
        return stat[stat.index(after: close)...].split(separator: " ").first == "Z"
    }
}

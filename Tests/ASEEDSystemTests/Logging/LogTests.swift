import Glibc
import Testing

@testable import ASEEDSystem

/// A log in a folder of its own, with a clock that the test sets.
final class LogFixture {
    let folder: TemporaryFolder
    let nowUs: ConditionLock<Int64>
    var path: String { folder.file("engine.log") }

    /// 2024-01-15T14:30:00Z
    static let startUs: Int64 = 1_705_329_000_000_000

    init() throws {
        folder = try TemporaryFolder()
        nowUs = ConditionLock(Self.startUs)
    }

    func open(level: LogLevel = .debug, maxBytes: Int64 = 64 << 20, keep: Int = 30) throws -> Log {
        var rotation = LogRotation()
        rotation.maxBytes = maxBytes
        rotation.keep = keep
        let nowUs = nowUs
        return try Log(
            service: "data_analyzer", level: level, path: path, rotation: rotation,
            wallUs: { nowUs.read { $0 } })
    }

    func advance(us: Int64) { nowUs.update { $0 += us } }

    var lines: [String] {
        get throws {
            String(decoding: try folder.read("engine.log"), as: UTF8.self)
                .split(separator: "\n").map(String.init)
        }
    }

    /// The names of the older parts, the oldest first.
    var parts: [String] {
        guard let listing = opendir(folder.path) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("engine-") { names.append(name) }
        }
        return names.sorted()
    }

    /// What `zcat` makes of a file.
    func zcat(_ name: String) throws -> String {
        let stream = try #require(popen("zcat '\(folder.file(name))'", "r"))
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = fread(&block, 1, block.count, stream)
            if got == 0 { break }
            bytes += block[..<got]
        }
        #expect(pclose(stream) == 0)
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct LogTests {
    @Test func writesJSONLines() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        log.warn("publish.failed", "it says \"no\"\n", ["status": 409, "share": .number(0.5)])
        #expect(
            try fixture.lines == [
                #"{"time":"2024-01-15T14:30:00.000000Z","level":"WARN","service":"data_analyzer","#
                    + #""event":"publish.failed","message":"it says \"no\"\n","status":409,"#
                    + #""share":0.5}"#
            ])
    }

    @Test(arguments: LogLevel.allCases)
    func leavesOutWhatIsLess(level: LogLevel) throws {
        let fixture = try LogFixture()
        let log = try fixture.open(level: level)
        log.debug("a", "a")
        log.info("b", "b")
        log.warn("c", "c")
        log.error("d", "d")
        #expect(try fixture.lines.count == 4 - level.rawValue)
    }

    @Test func saysHowOftenAMessageCame() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        for _ in 0..<1_000 { log.warn("publish.failed", "no answer") }
        #expect(try fixture.lines.count == RepeatLimiter.sameMessages)
        log.flush()
        let last = try JSONParser.parse(try #require(try fixture.lines.last))
        #expect(try fixture.lines.count == RepeatLimiter.sameMessages + 1)
        #expect(last["repeated"]?.integer == Int64(1_000 - RepeatLimiter.sameMessages))
    }

    @Test func isWrittenByOneProcessOnly() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        let error = #expect(throws: LogFileError.self) { try fixture.open() }
        #expect("\(try #require(error))".contains("process \(getpid()) "))
        withExtendedLifetime(log) {}
    }

    @Test func goesOnInANewFileWhenSomebodyRemovedIt() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        log.info("a", "first")
        unlink(fixture.path)
        fixture.advance(us: 2_000_000)
        log.info("a", "second")
        #expect(try fixture.lines.count == 1)
    }

    @Test(arguments: [
        (
            #"{"time":"2024-01-15T14:30:00.123456Z","level":"WARN","service":"dashboard","event":"e","message":"disk is full","path":"/d","n":3}"#,
            "2024-01-15 14:30:00.123 WARN   dashboard  disk is full  (path=/d n=3)"
        ),
        ("Fatal error: \u{1b}[2Jwhat", "Fatal error: \u{fffd}[2Jwhat"),
        ("{\"ready\":\"engine\"}", "{\"ready\":\"engine\"}"),
    ])
    func isReadable(line: String, shown: String) { #expect(LogText.readable(line) == shown) }

    @Test func limitsEventsThatSayOtherThingsEachTime() {
        var limiter = RepeatLimiter()
        var admitted = 0
        for index in 0..<1_000 where limiter.admits(record("\(index)"), nowNs: 0) { admitted += 1 }
        #expect(admitted == RepeatLimiter.sameEvents)
        let later = limiter.due(nowNs: RepeatLimiter.spanNs)
        #expect(later.reduce(0) { $0 + $1.count } == 1_000 - RepeatLimiter.sameEvents)
        let isAdmitted = limiter.admits(record("again"), nowNs: RepeatLimiter.spanNs)
        #expect(isAdmitted)
    }

    @Test func remembersABoundedNumberOfKinds() {
        var limiter = RepeatLimiter()
        for index in 0..<10_000 {
            _ = limiter.due(nowNs: 0)
            _ = limiter.admits(
                LogRecord(timeUs: 0, level: .info, service: "s", event: "\(index)", message: "m"),
                nowNs: 0)
        }
        #expect(limiter.kinds <= RepeatLimiter.maxKinds + 2)
    }

    private func record(_ message: String) -> LogRecord {
        LogRecord(timeUs: 0, level: .info, service: "s", event: "e", message: message)
    }
}

import Glibc
import Testing

@testable import ASEEDSystem

@Suite struct LogRotationTests {
    @Test func putsAFullFileAwayAndCompressesIt() throws {
        let fixture = try LogFixture()
        let log = try fixture.open(maxBytes: 4_000)
        for index in 0..<100 {
            fixture.advance(us: 1_000)
            log.info("event-\(index)", "line \(index)")
        }
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        let parts = fixture.parts
        #expect(parts.count > 2)
        #expect(parts.allSatisfy { $0.hasSuffix(".log.gz") })
        let whole = try parts.map { try fixture.zcat($0) }.joined().split(separator: "\n")
        let events = try (whole.map(String.init) + fixture.lines).map {
            try JSONParser.parse($0)["event"]?.string
        }
        #expect(events == (0..<100).map { "event-\($0)" })
    }

    @Test func putsYesterdaysFileAway() throws {
        let fixture = try LogFixture()
        let log = try fixture.open()
        log.info("a", "on Monday")
        // The day of UTC is over 9.5 hours later.
        fixture.advance(us: 34_200_000_000 - 1)
        log.info("b", "still on Monday")
        fixture.advance(us: 1)
        log.info("c", "on Tuesday")
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        #expect(fixture.parts == ["engine-20240115T235959999999Z.log.gz"])
        #expect(try fixture.lines.count == 1)
    }

    @Test func putsAFileOfAnEarlierRunAway() throws {
        let fixture = try LogFixture()
        try fixture.folder.write("{\"event\":\"old\"}\n", to: "engine.log")
        let log = try fixture.open()
        // The file was changed now, not in 2024.
        log.info("new", "new")
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        #expect(fixture.parts.count == 1)
        #expect(try fixture.lines.count == 1)
    }

    @Test func keepsSoManyParts() throws {
        let fixture = try LogFixture()
        let log = try fixture.open(maxBytes: 200, keep: 3)
        for index in 0..<50 {
            fixture.advance(us: 1_000)
            log.info("event-\(index)", "some words that fill a line")
        }
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        #expect(fixture.parts.count == 3)
        let newest = try #require(fixture.parts.last)
        #expect(try fixture.zcat(newest).contains("event-48"))
    }

    /// A crash may leave a part that is not compressed, half a copy, or both forms.
    @Test func finishesWhatACrashLeftBehind() throws {
        let fixture = try LogFixture()
        let plain = "engine-20240114T120000000000Z.log"
        let both = "engine-20240113T120000000000Z.log"
        let stranger = "engine-notes.log"
        try fixture.folder.write("not compressed yet\n", to: plain)
        try fixture.folder.write("half", to: plain + ".gz.part")
        try fixture.folder.write("both\n", to: both)
        try fixture.folder.write("the whole copy", to: both + ".gz")
        try fixture.folder.write("mine", to: stranger)
        let log = try fixture.open()
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        #expect(fixture.parts == [both + ".gz", plain + ".gz", stranger])
        #expect(try fixture.zcat(plain + ".gz") == "not compressed yet\n")
        #expect(try fixture.folder.read(both + ".gz") == Array("the whole copy".utf8))
    }

    @Test func compressesLargeFilesWhole() throws {
        let fixture = try LogFixture()
        let line = String(repeating: "0123456789abcdef", count: 64) + "\n"
        let name = "engine-20240114T120000000000Z.log"
        try fixture.folder.write(String(repeating: line, count: 3_000), to: name)
        let log = try fixture.open()
        #expect(log.settle(untilNs: deadline(inMs: 20_000)))
        #expect(try fixture.zcat(name + ".gz").utf8.count == line.utf8.count * 3_000)
    }

    @Test func takesLinesOfManyThreads() throws {
        let fixture = try LogFixture()
        let log = try fixture.open(maxBytes: 2_000)
        let threads = try (0..<4).map { thread in
            try NamedThread("writer") {
                for index in 0..<50 { log.info("e-\(thread)-\(index)", "m") }
            }
        }
        for thread in threads { thread.join() }
        #expect(log.settle(untilNs: deadline(inMs: 10_000)))
        let old = try fixture.parts.map { try fixture.zcat($0) }.joined().split(separator: "\n")
        let all = try (old.map(String.init) + fixture.lines).map {
            try #require(try JSONParser.parse($0)["event"]?.string)
        }
        #expect(all.count == 200)
        #expect(Set(all).count == 200)
    }
}

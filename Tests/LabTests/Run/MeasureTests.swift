import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// What the lab reads of the services' reports.
@Suite struct MeasureTests {
    private static let line = """
        {"id":"c","runId":"r","name":"aseed","timestamp":"2024-01-15T00:00:00.000000Z","batchId":7,\
        "epoch":2,"numInputRows":10,"inputRowsPerSecond":1.5,"processedRowsPerSecond":2,\
        "durationMs":{"triggerExecution":6.25,"walCommit":4.5},\
        "eventTime":{"max":"2024-01-15T00:08:21.324543Z","watermark":null},\
        "stateOperators":[{"operatorName":"a","numRowsDroppedByWatermark":3},\
        {"operatorName":"b","numRowsDroppedByWatermark":4}],\
        "sources":[{"startOffset":{"0":2,"1":6},"endOffset":{"0":5,"1":6},"latestOffset":{"0":8,"1":6}}],\
        "x":{"valid":9,"rejected":1,"late_records":2,"monotonic_start_ns":100,\
        "monotonic_commit_ns":200,"cpu_ns":50,"checkpoint_bytes":4096,"total_records":80}}
        """

    @Test func readsAProgressLine() throws {
        let batch = try #require(BatchProgress(JSONParser.parse(Self.line)))
        #expect(batch.batchID == 7)
        #expect(batch.epoch == 2)
        #expect(batch.triggerMs == 6.25)
        #expect(batch.commitMs == 4.5)
        #expect(batch.watermark == nil)
        #expect(batch.eventTimeMax == 1_705_277_301_324_543)
        #expect(batch.lateDropped == 7)
        #expect(batch.starts == [0: 2, 1: 6])
        #expect(batch.ends == [0: 5, 1: 6])
        #expect(batch.latest == [0: 8, 1: 6])
        #expect(batch.totalRecords == 80)
    }

    @Test(arguments: ["{}", "{\"batchId\":1}", "{\"batchId\":\"1\",\"numInputRows\":2}", "[]"])
    func refusesALineWithoutItsFields(text: String) throws {
        #expect(BatchProgress(try JSONParser.parse(text)) == nil)
    }

    @Test func readsTheGeneratorsMessages() throws {
        #expect(LoadMessage(line: "{\"ready\":\"loadgen\",\"pid\":3}") == .ready)
        #expect(LoadMessage(line: "{\"stage\":1,\"state\":\"done\"}") == .stageDone(1))
        #expect(LoadMessage(line: "hello") == nil)
        #expect(LoadMessage(line: "{\"ready\":\"engine\"}") == nil)
        let text = """
            {"progress":{"scheduled":5,"sent":4,"acknowledged":3,"bytes":600,"monotonic_ns":9,\
            "schedule_delay_max_ms":1.5}}
            """
        guard case .progress(let report)? = LoadMessage(line: text) else {
            Issue.record("no progress")
            return
        }
        #expect(report.acknowledged == 3)
        #expect(report.scheduleDelayMaxMs == 1.5)
    }

    @Test func followsOnlyWholeLines() throws {
        let folder = try TemporaryFolder()
        var tail = LineTail("\(folder.path)/progress.jsonl")
        #expect(try tail.takeLines().isEmpty)
        let file = try RawFile("\(folder.path)/progress.jsonl")
        file.append("one\ntw")
        #expect(try tail.takeLines() == [Array("one".utf8)])
        #expect(try tail.takeLines().isEmpty)
        file.append("o\nthree\n")
        #expect(try tail.takeLines() == [Array("two".utf8), Array("three".utf8)])
    }

    @Test func readsThisProcess() throws {
        let own = try #require(ProcessSample.read(pid: getpid()))
        #expect(own.rssBytes > 1 << 20)
        #expect(own.rssPeakBytes >= own.rssBytes)
        #expect(own.threads >= 1)
        #expect(ProcessSample.read(pid: -1) == nil)
        let machine = Machine.read()
        #expect(machine.cores >= 1)
        #expect(machine.memoryBytes > 0)
        #expect(machine.kernel.hasPrefix("Linux "))
    }
}

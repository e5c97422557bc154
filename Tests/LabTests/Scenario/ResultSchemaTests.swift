import ASEEDSystem
import Testing

@testable import Lab

@Suite struct ResultSchemaTests {
    static func result(
        verdict: String = "pass", code: Int = 0, verification: String = "passed",
        reasons: String = "[]", extra: String = ""
    ) -> String {
        """
        {"format":"aseed-lab-result","version":1,"scenario":"smoke","run_id":"20260101T000000Z-ab",
         "axes":{"rate":"100"},"seed":1,"state":"finished","verdict":"\(verdict)","exit_code":\(code),
         "reasons":\(reasons),"repeat":"lab run scenarios/smoke.json --seed 1",
         "started_at":"2026-01-01T00:00:00.000000Z","duration_ms":5000,"drained":true,
         "data_kept":false,"lab":{"version":"0.1.0","commit":null,"build":"release"},
         "machine":{"cpu":"x","cores":2,"memory_bytes":1,"kernel":"Linux 6","architecture":"x86_64",
           "load_average":[0.5,0.4,0.3]},
         "log":{"kind":"kafka","broker":"managed","managed":"tansu","version":"tansu 0.6.0",
           "brokers":"127.0.0.1:9092","topic":"aseed-x","identity":null,"librdkafka":"2.16.0"},
         "estimate":{"orders":10,"log_bytes":1,"disk_bytes":1,"memory_bytes":1,"duration_ms":1},
         "verification":{"verdict":"\(verification)","checks":[{"check":"C1","title":"tiling",
           "outcome":"pass","detail":"3 partitions"}],"difference_count":0,"first_difference":null},
         "thresholds":[],"metrics":[{"metric":"throughput","tags":{},"kind":"counter",
           "unit":"orders","better":"higher","samples":1,"values":{"sum":10,"p(99.9)":3}}],
         "phases":[{"name":"steady","start_ms":0,"end_ms":10}],
         "services":[{"name":"engine","cpu_s":0.5,"rss_peak_bytes":1,"disk_read_bytes":0,
           "disk_write_bytes":0,"ending":null}],"load":null,
         "faults":[{"id":"a","action":"kill","target":"engine","done":[{"injected_ms":1,
           "ended_ms":2,"restarted_ms":3,"ready_ms":4,"first_progress_ms":5,"caught_up_ms":null,
           "replayed_orders":0}]},{"id":"b","action":"pause","target":"loadgen","done":[]}],
         "latency":{"orders":9,"uncovered":0,"messages":4,"unknown":null,
           "e2e_ms":\(times),"hops_ms":{"schedule":\(times),"log":\(times),"engine":\(times),
           "publish":\(times),"dashboard":null},"gaps":[{"from_ms":3,"until_ms":null}]}\(extra)}
        """
    }

    private static let times =
        #"{"min":1,"avg":2.5,"p50":2,"p90":3,"p99":null,"p99.9":null,"max":4}"#

    static func fits(_ text: String) throws -> Bool {
        try ProjectFiles.resultSchema().mistakes(in: try JSONParser.parse(text)).isEmpty
    }

    @Test func takesAWholeResult() throws {
        #expect(try Self.fits(Self.result()))
        #expect(
            try Self.fits(
                Self.result(
                    verdict: "wrong", code: 2, verification: "wrong", reasons: #"["differs"]"#)))
    }

    /// A verdict, its exit code, and the verification must agree.
    @Test func refusesContradictions() throws {
        #expect(try !Self.fits(Self.result(code: 1)))
        #expect(try !Self.fits(Self.result(verification: "incomplete")))
        #expect(try !Self.fits(Self.result(reasons: #"["but"]"#)))
        #expect(try !Self.fits(Self.result(verdict: "fail", code: 2, reasons: #"["x"]"#)))
        #expect(try !Self.fits(Self.result(verdict: "error", code: 64)))
        #expect(try !Self.fits(Self.result(extra: #","more":1"#)))
        let otherLog = Self.result().replacing(#""kind":"kafka""#, with: #""kind":"pulsar""#)
        #expect(try !Self.fits(otherLog))
    }
}

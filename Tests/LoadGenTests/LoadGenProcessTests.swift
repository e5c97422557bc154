import ASEEDSystem
import Foundation
import Testing

@testable import LoadGen

@Suite(.timeLimit(.minutes(15))) struct LoadGenProcessTests {
    func write(_ plan: LoadPlan, to folder: String) throws -> [String] {
        var json = JSONWriter()
        plan.write(to: &json)
        try Data(json.bytes).write(to: URL(fileURLWithPath: folder + "/plan.json"))
        return [
            "loadgen", "--plan", folder + "/plan.json", "--log", folder + "/log", "--history",
            folder + "/history",
        ]
    }

    private func partition(_ number: Int, _ folder: String) throws -> [UInt8] {
        try Array(
            Data(contentsOf: URL(fileURLWithPath: "\(folder)/log/partition-\(number).jsonl")))
    }

    /// Every acknowledged order of the history is a line of the log, and no line is without one.
    func expectHistoryMatches(_ folder: String) throws {
        var acknowledged = [0, 0, 0]
        var logs = try (0..<3).map { try partition($0, folder) }
        try HistoryReader(path: folder + "/history").forEach { entry in
            guard entry.outcome == .acknowledged else { return }
            acknowledged[entry.partition] += 1
            let end = Int(entry.position) + entry.length
            #expect(logs[entry.partition][end] == UInt8(ascii: "\n"))
        }
        for number in 0..<3 {
            #expect(logs[number].isEmpty || logs[number].last == UInt8(ascii: "\n"))
            #expect(logs[number].filter { $0 == UInt8(ascii: "\n") }.count == acknowledged[number])
            logs[number] = []
        }
    }

    @Test("controlled: ready, a start for each stage, done, summary; the log is the plan's")
    func controlled() throws {
        var plan = TestLoads.mixed(seed: 41)
        plan.stages[1] = .init(
            name: "steady",
            executor: .constantArrivalRate(rate: 1_000, durationMs: 300, pacing: .poisson))
        let folder = try TestLoads.folder()
        let lab = try LabProcess(write(plan, to: folder) + ["--controlled"])
        let ready = try lab.json()
        #expect(ready["ready"]?.string == "loadgen")
        #expect(ready["pid"]?.integer == Int64(lab.process.processIdentifier))
        var sent: Int64 = 0
        for stage in 0..<2 {
            try lab.send("start\n")
            // Progress comes about once a second, and once more before a stage's end.
            var line = try lab.json()
            while let progress = line["progress"] {
                let acknowledged = try #require(progress["acknowledged"]?.integer)
                #expect(acknowledged >= sent)
                sent = acknowledged
                line = try lab.json()
            }
            #expect(line["stage"]?.integer == Int64(stage) && line["state"]?.string == "done")
        }
        let summary = try lab.summary()
        #expect(lab.exit() == (0, ""))
        let records = TestLoads.records(plan)
        #expect(summary["acknowledged"]?.integer == Int64(records.count))
        #expect(sent == Int64(records.count), "the last progress is whole")
        #expect(summary["fates"]?["invalid"]?.integer ?? 0 > 0)
        for number in 0..<3 {
            let expected = records.filter { $0.partition == number }
                .flatMap { $0.text + [UInt8(ascii: "\n")] }
            #expect(try partition(number, folder) == expected)
        }
        try expectHistoryMatches(folder)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("SIGTERM stops cleanly, with a whole log and history")
    func terminates() throws {
        let plan = LoadPlan(
            seed: 1,
            stages: [
                .init(
                    name: "steady",
                    executor: .constantArrivalRate(
                        rate: 2_000, durationMs: 3_600_000, pacing: .uniform))
            ])
        let folder = try TestLoads.folder()
        let lab = try LabProcess(write(plan, to: folder))
        let progress = try lab.json()
        #expect(progress["progress"]?["acknowledged"]?.integer ?? 0 > 0)
        #expect(progress["progress"]?["schedule_delay_max_ms"]?.double != nil)
        kill(lab.process.processIdentifier, SIGTERM)
        let summary = try lab.summary()
        #expect(summary["stopped"]?.bool == true)
        #expect(lab.exit() == (0, ""))
        try expectHistoryMatches(folder)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("R71: a full disk is a clear error, whole lines stay, the rest is not acknowledged")
    func diskFull() throws {
        let plan = LoadPlan(
            seed: 1,
            stages: [.init(name: "b", executor: .backlog(orders: 20_000, eventRate: 1))])
        let folder = try TestLoads.folder()
        let log = try FileLog.create(at: folder + "/log", partitions: 3)
        let follower = try FileLogFollower(log)
        // 400 blocks of 512 bytes: no file may grow beyond 200 KiB.
        let lab = try LabProcess(write(plan, to: folder), shell: "ulimit -f 400")
        #expect(try follower.waitForGrowth(beyond: [150_000], timeoutMs: 60_000))
        // It waits for space; told to stop, it gives up.
        kill(lab.process.processIdentifier, SIGTERM)
        let summary = try lab.summary()
        let (code, errors) = lab.exit()
        #expect(code == 74)
        #expect(errors.contains("partition-0.jsonl") && errors.contains("errno 27"))
        #expect(summary["failed"]?.integer ?? 0 > 0)
        let lines = try partition(0, folder)
        #expect(lines.count > 150_000 && lines.count <= 204_800)
        #expect(Int64(lines.count) == summary["bytes"]?.integer)
        try expectHistoryMatches(folder)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("wrong uses end with their code and say what to do")
    func wrongUses() throws {
        let folder = try TestLoads.folder()
        let plan = LoadPlan(
            seed: 1, stages: [.init(name: "b", executor: .backlog(orders: 10, eventRate: 1))])
        let words = try write(plan, to: folder)
        func run(_ words: [String]) throws -> (code: Int32, errors: String) {
            try LabProcess(words).exit()
        }
        #expect(try run(["loadgen"]).code == 64)
        #expect(try run(["loadgen", "--plan", "/nowhere", "--log", folder]).code == 64)
        try Data("{\"seed\":1,\"stagse\":[]}".utf8).write(
            to: URL(fileURLWithPath: folder + "/bad.json"))
        let bad = try run(["loadgen", "--plan", folder + "/bad.json", "--log", folder + "/log"])
        #expect(bad.code == 78 && bad.errors.contains("did you mean \"stages\""))
        #expect(try run(words).code == 0)
        let again = try run(words)
        #expect(again.code == 69 && again.errors.contains("holds orders already"))
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("R6: the simulator continues a log with new order ids; two at once are refused")
    func simulatorContinues() throws {
        let folder = try TestLoads.folder()
        let words = ["simulator", "--log", folder + "/log", "--rate", "max", "--orders", "500"]
        #expect(try LabProcess(words).exit() == (0, ""))
        #expect(try LabProcess(words + ["--invalid", "0.5"]).exit() == (0, ""))
        #expect(try LabProcess(words).exit() == (0, ""))
        var ids: Set<String> = []
        var orders = 0
        for number in 0..<3 {
            for line in try partition(number, folder).split(separator: UInt8(ascii: "\n")) {
                guard NaiveValidator.reason(Array(line), futureBoundUs: .max) == nil else {
                    continue
                }
                orders += 1
                ids.insert(try #require(JSONParser.parse(Array(line))["order_id"]?.string))
            }
        }
        #expect(ids.count == orders)
        #expect(orders > 1_200 && orders < 1_300)

        let log = try FileLog(opening: folder + "/log")
        let writer = try log.writer(of: 1, fsync: .never)
        let refused = try LabProcess(words).exit()
        #expect(refused.code == 69 && refused.errors.contains("process \(getpid())"))
        withExtendedLifetime(writer) {}
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("Ctrl-C ends an endless simulator with success, one with an end with 130")
    func interrupts() throws {
        let folder = try TestLoads.folder()
        let log = try FileLog.create(at: folder + "/log", partitions: 3)
        let follower = try FileLogFollower(log)
        for (more, code) in [([], 0), (["--orders", "1000000"], 130)] as [([String], Int32)] {
            let words = ["simulator", "--log", folder + "/log", "--rate", "500", "--seed", "9"]
            let ends = try (0..<3).map(log.endPosition(of:))
            let lab = try LabProcess(words + more)
            #expect(try follower.waitForGrowth(beyond: ends, timeoutMs: 60_000))
            // The handler is set before the log is opened.
            kill(lab.process.processIdentifier, SIGINT)
            #expect(lab.line()?.hasPrefix("wrote ") == true)
            #expect(lab.exit().code == code)
        }
        try FileManager.default.removeItem(atPath: folder)
    }
}

extension LoadGenProcessTests {
    @Test("controlled: injections and stop come in while a stage runs, without waiting for it")
    func injects() throws {
        let plan = LoadPlan(
            seed: 9,
            stages: [
                .init(
                    name: "slow",
                    executor: .constantArrivalRate(
                        rate: 0.5, durationMs: 3_600_000, pacing: .uniform))
            ])
        let folder = try TestLoads.folder()
        let lab = try LabProcess(write(plan, to: folder) + ["--controlled"])
        #expect(try lab.json()["ready"]?.string == "loadgen")
        try lab.send("inject late 5\n")
        #expect(try lab.json()["injection"]?["refusal"]?.string == "no stage runs yet")
        try lab.send("start\ninject burst 500 100000\n")
        let burst = try lab.json()["injection"]
        #expect(burst?["kind"]?.string == "burst" && burst?["orders"]?.integer == 500)
        #expect(burst?["refusal"]?.string == nil)
        try lab.send("inject invalid x\n")
        #expect(try lab.json()["injection"]?["refusal"]?.string?.contains("a number") == true)
        var acknowledged: Int64 = 0
        while acknowledged < 501 {
            acknowledged = try #require(try lab.json()["progress"]?["acknowledged"]?.integer)
        }
        try lab.send("stop\n")
        var line = try lab.json()
        while line["progress"] != nil { line = try lab.json() }
        #expect(line["state"]?.string == "done")
        let summary = try lab.summary()
        #expect(summary["stopped"]?.bool == false)
        #expect(lab.exit() == (0, ""))
        try expectHistoryMatches(folder)
        try FileManager.default.removeItem(atPath: folder)
    }
}

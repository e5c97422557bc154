import ASEEDSystem
import Testing

@testable import Lab

@Suite struct ScenarioFileTests {
    static let minimal = """
        {"seed": 1, "load": {"executor": "backlog", "orders": 1000}}
        """

    @Test func theProjectHasItsScenarios() {
        for name in ["smoke", "throughput", "late-data"] {
            #expect(ProjectFiles.scenarios.contains("scenarios/\(name).json"))
        }
    }

    @Test(arguments: ProjectFiles.scenarios)
    func everyScenarioIsValidAndDescribed(path: String) throws {
        let cells = try ScenarioFile.read(path: "\(ProjectFiles.root)/\(path)")
        #expect(!cells.isEmpty)
        for cell in cells {
            let scenario = cell.scenario
            #expect(path == "scenarios/\(scenario.name).json")
            #expect(scenario.title != scenario.name)
            #expect(scenario.description.count > 40)
            #expect(!scenario.tags.isEmpty)
            let metrics = Set(scenario.thresholds.map(\.metric.name))
            #expect(
                metrics.isSuperset(of: ["mismatched_results", "lost_orders", "doubled_orders"]))
        }
    }

    @Test(arguments: ProjectFiles.scenarios)
    func everyScenarioConformsToTheSchema(path: String) throws {
        let schema = try ProjectFiles.scenarioSchema()
        #expect(try schema.mistakes(in: try ProjectFiles.json(path)) == [])
        for cell in try ScenarioFile.read(path: "\(ProjectFiles.root)/\(path)") {
            let resolved = try JSONParser.parse(cell.scenario.resolvedJSON())
            #expect(try schema.mistakes(in: resolved) == [])
        }
    }

    @Test(arguments: ProjectFiles.scenarios)
    func everyScenarioRunsSmall(path: String) throws {
        let cells = try ScenarioFile.read(
            path: "\(ProjectFiles.root)/\(path)", overrides: .init(scale: 0.01))
        let full = try ScenarioFile.read(path: "\(ProjectFiles.root)/\(path)")
        for (small, large) in zip(cells, full) {
            #expect(small.scenario.load.orders <= large.scenario.load.orders / 50)
            #expect(small.scenario.load.durationMs <= large.scenario.load.durationMs / 50)
            #expect(small.scenario.load.eventTimeMax < large.scenario.load.eventTimeMax)
        }
    }

    @Test(arguments: ProjectFiles.scenarios)
    func aResolvedScenarioReadsBackTheSame(path: String) throws {
        for cell in try ScenarioFile.read(path: "\(ProjectFiles.root)/\(path)") {
            let text = String(decoding: cell.scenario.resolvedJSON(), as: UTF8.self)
            #expect(try scenario(text) == cell.scenario)
        }
    }

    @Test func fillsInTheDefaults() throws {
        let read = try scenario(Self.minimal)
        #expect(read.name == "test")
        #expect(read.title == "test")
        #expect(read.repetitions == 1)
        #expect(read.timeoutMs == 600_000)
        #expect(read.log == LogSettings(kind: .file, partitions: 3, fsync: .never))
        #expect(read.engine.trigger == .interval(ms: 5_000))
        #expect(read.engine.watermarkDelayMs == 600_000)
        #expect(read.engine.windows == [.init(sizeMs: 60_000, slideMs: 60_000)])
        #expect(read.engine.policy == .record)
        #expect(read.load.stages.map(\.name) == ["backlog"])
        #expect(read.load.distribution == .zipf(exponent: 1.1))
        #expect(read.data == DataMix())
        #expect(read.verify.checks == ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"])
        #expect(read.thresholds.isEmpty)
    }

    /// R46: the future bound is a constant that no planned order passes.
    @Test func derivesTheFutureBoundFromThePlan() throws {
        let read = try scenario(
            """
            {"seed": 1, "load": [
              {"executor": "backlog", "orders": 7200, "event_rate": 2},
              {"executor": "constant-arrival-rate", "rate": 10, "duration": "10s"}]}
            """)
        let hour: Int64 = 3_600_000_000
        let start = LoadSettings.defaultEventTimeStart
        #expect(read.load.eventTimeEnd == start + hour + 10_000_000)
        #expect(read.load.eventTimeMax == start + 2 * hour + 10_000_000)
    }

    @Test func theShapeOfADayLeavesRoomForItsSlowHours() throws {
        let read = try scenario(
            """
            {"seed": 1, "load":
              {"executor": "backlog", "orders": 7200, "event_rate": 2, "day_shape": true}}
            """)
        let day: Int64 = 86_400_000_000
        #expect(read.load.eventTimeEnd == LoadSettings.defaultEventTimeStart + day)
    }

    @Test func eventTimeRunsAtItsOwnSpeed() throws {
        let read = try scenario(
            """
            {"seed": 1, "load": {"executor": "constant-arrival-rate", "rate": 10,
              "duration": "10s", "event_time_speed": 360}}
            """)
        #expect(read.load.eventTimeEnd == LoadSettings.defaultEventTimeStart + 3_600_000_000)
    }

    @Test func scaleMultipliesOrdersAndDurationsOnly() throws {
        let text = """
            {"seed": 1, "phases": {"warmup": "4s"}, "load": [
              {"executor": "backlog", "orders": 1000, "event_rate": 2},
              {"executor": "constant-arrival-rate", "rate": 100, "duration": "10s"}]}
            """
        let read = try scenario(text, .init(scale: 0.25))
        #expect(read.load.stages.map(\.orders) == [250, 250])
        #expect(read.load.durationMs == 2_500)
        #expect(read.phases.warmupMs == 1_000)
        #expect(read.engine.trigger == .interval(ms: 5_000))
        #expect(try scenario(text, .init(scale: 1e-9)).load.stages[0].orders == 1)
    }

    @Test func theSeedCanBeReplaced() throws {
        #expect(try scenario(Self.minimal, .init(seed: 99)).seed == 99)
    }

    @Test func aMissingFileSaysSo() throws {
        let error = #expect(throws: ScenarioProblems.self) {
            try ScenarioFile.read(path: "/nowhere/x.json")
        }
        #expect(
            error?.description.hasPrefix("/nowhere/x.json: the scenario can't be read: ") == true)
    }

    @Test func theFinderTakesFilesAndFolders() throws {
        let folder = "\(ProjectFiles.root)/scenarios"
        let found = try ScenarioFinder.files([folder + "/", "\(folder)/smoke.json"])
        #expect(found.contains("\(folder)/throughput.json"))
        #expect(!found.contains { $0.hasSuffix(".schema.json") })
        #expect(found.last == "\(folder)/smoke.json")
        #expect(throws: CommandFailure.self) { try ScenarioFinder.files(["/nowhere"]) }
        #expect(throws: CommandFailure.self) {
            try ScenarioFinder.files(["\(ProjectFiles.root)/Sources"])
        }
    }
}

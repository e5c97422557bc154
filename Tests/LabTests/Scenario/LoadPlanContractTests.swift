import ASEEDSystem
import LoadGen
import Testing

@testable import Lab

/// The generator takes the plans that scenarios make, and means the same by them.
@Suite struct LoadPlanContractTests {
    static func check(_ scenario: Scenario) throws {
        let plan = try LoadPlan(json: try JSONParser.parse(scenario.loadPlanJSON()))
        #expect(plan.seed == scenario.seed)
        #expect(plan.orders == scenario.load.orders)
        #expect(plan.stages.map(\.name) == scenario.load.stages.map(\.name))
        #expect(plan.eventTimeMaxUs == scenario.load.eventTimeMax)
        // R46: no planned order is beyond the bound.
        #expect(plan.eventTimeEndUs <= scenario.load.eventTimeEnd)
        #expect(plan.mix.invalid.fraction == scenario.data.invalid?.fraction ?? 0)
    }

    @Test(arguments: ProjectFiles.scenarios, [0.01, 1, 3])
    func takesEveryScenario(path: String, scale: Double) throws {
        let cells = try ScenarioFile.read(
            path: "\(ProjectFiles.root)/\(path)", overrides: .init(scale: scale))
        for cell in cells { try Self.check(cell.scenario) }
    }

    @Test func takesEveryExampleOfTheDocument() throws {
        for example in try DocumentTests.blocks("json") {
            for cell in try cells(example) { try Self.check(cell.scenario) }
        }
    }

    /// Random values at and inside the reader's limits.
    @Test(arguments: [UInt64(31), 32])
    func takesWhateverTheReaderTakes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func pick(_ range: ClosedRange<Int64>) -> Int64 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: range.lowerBound
            case 1: range.upperBound
            default: Int64.random(in: range, using: &random)
            }
        }
        var accepted = 0
        for round in 0..<400 {
            let products = pick(Limits.products)
            let text = """
                {"seed":\(pick(Limits.seed)),"log":{"partitions":\(pick(Limits.partitions))},
                 "load":[{"executor":"backlog","orders":\(pick(1...1_000_000)),
                   "event_rate":\(pick(1...10_000)),"products":\(products),
                   "categories":\(min(products, pick(Limits.categories))),
                   "customers":\(pick(Limits.customers)),"day_shape":\(Bool.random(using: &random)),
                   "event_time_speed":\(pick(1...100))},
                  {"executor":"constant-arrival-rate","rate":\(pick(1...100_000)),
                   "duration":"\(pick(1...3_600_000))ms"}]}
                """
            do throws(ScenarioProblems) {
                let read = try ScenarioFile.parse(
                    Array(text.utf8), file: "x.json", nowUs: testNowUs)
                accepted += 1
                for cell in read { checkRecording(cell.scenario, "seed \(seed), round \(round)") }
            } catch {
                let isClock = error.description.contains("before this machine's clock")
                #expect(isClock, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(accepted > 300)
    }

    private func checkRecording(_ scenario: Scenario, _ place: String) {
        do {
            try Self.check(scenario)
        } catch {
            Issue.record("\(place): \(error)")
        }
    }
}

import ASEEDSystem
import Testing

@testable import LoadGen

@Suite struct ArrivalScheduleTests {
    private func dues(_ plan: LoadPlan) throws -> [ArrivalSchedule.Due] {
        var schedule = try #require(
            ArrivalSchedule(plan: plan, stage: 0, startUs: plan.eventTimeStartUs))
        var dues: [ArrivalSchedule.Due] = []
        while let due = schedule.next {
            dues.append(due)
            schedule.take()
        }
        return dues
    }

    private func plan(_ executor: LoadPlan.Stage.Executor) -> LoadPlan {
        var plan = LoadPlan(seed: 42, stages: [.init(name: "s", executor: executor)])
        plan.eventTimeSpeed = 3
        return plan
    }

    @Test("uniform: order k is due k periods after the start, without drift")
    func uniform() throws {
        let plan = plan(.constantArrivalRate(rate: 3_000, durationMs: 10_000, pacing: .uniform))
        let dues = try dues(plan)
        #expect(dues.count == 30_000)
        #expect(dues[0].offsetNs == 0)
        for (index, due) in dues.enumerated() {
            #expect(abs(Double(due.offsetNs) - Double(index) * 1e9 / 3_000) <= 1)
            #expect(
                due.eventTimeUs - plan.eventTimeStartUs == Int64(Double(index) * 1_000_000 / 1_000))
        }
    }

    @Test("poisson: as many orders as the rate says, gaps as of independent customers")
    func poisson() throws {
        let plan = plan(.constantArrivalRate(rate: 5_000, durationMs: 10_000, pacing: .poisson))
        let dues = try dues(plan)
        #expect(dues.count == 50_000)
        #expect(dues.allSatisfy { $0.offsetNs >= 0 && $0.offsetNs < 10_000_000_000 })
        let gaps = zip(dues.dropFirst(), dues).map { Double($0.offsetNs - $1.offsetNs) }
        #expect(gaps.allSatisfy { $0 >= 0 })
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        #expect(abs(mean / 200_000 - 1) < 0.01)
        // An exponential distribution's deviation is its mean.
        #expect(abs(variance.squareRoot() / mean - 1) < 0.03)
        #expect(dues == (try self.dues(plan)))
    }

    @Test("event time goes with the schedule, slower in busy hours when the day has a shape")
    func eventTime() throws {
        var plan = plan(.constantArrivalRate(rate: 10, durationMs: 1_000_000, pacing: .uniform))
        plan.eventTimeSpeed = 86.4
        plan.dayShape = true
        let dues = try dues(plan)
        let noon = dues.filter { (12..<13).contains($0.eventTimeUs / 3_600_000_000 % 24) }.count
        let night = dues.filter { (3..<4).contains($0.eventTimeUs / 3_600_000_000 % 24) }.count
        #expect(noon > 6 * night)
        let last = try #require(dues.last)
        #expect(abs(Double(last.eventTimeUs - plan.eventTimeStartUs) / 86_400e6 - 1) < 0.02)
    }

    @Test("shaped: the rate follows the hours, event time goes with the schedule")
    func shaped() throws {
        var plan = plan(.shapedArrivalRate(rate: 10, durationMs: 1_000_000))
        plan.eventTimeSpeed = 86.4
        let dues = try dues(plan)
        #expect(abs(Double(dues.count) / 10_000 - 1) < 0.02)
        #expect(
            dues.allSatisfy {
                abs(Double($0.eventTimeUs - plan.eventTimeStartUs) - Double($0.offsetNs) * 0.0864)
                    < 2
            })
    }

    @Test("nothing is due in an empty stage")
    func empty() throws {
        #expect(
            try dues(plan(.constantArrivalRate(rate: 10, durationMs: 0, pacing: .uniform))).isEmpty)
        #expect(
            try dues(plan(.constantArrivalRate(rate: 10, durationMs: 0, pacing: .poisson))).isEmpty)
    }

    @Test("picks of the mix come with their fraction", arguments: [0.001, 0.3, 1])
    func recurrence(_ fraction: Double) {
        var picks = Recurrence(seed: 1, name: "test", fraction: fraction)
        var count = 0
        while picks.next < 1_000_000 {
            count += 1
            picks.advance()
        }
        let deviation = (1_000_000 * fraction * (1 - fraction)).squareRoot()
        #expect(abs(Double(count) - 1_000_000 * fraction) <= 4 * deviation)
    }

    @Test("a fraction of 0 never picks")
    func neverPicks() {
        #expect(Recurrence(seed: 1, name: "test", fraction: 0).next == .max)
    }
}

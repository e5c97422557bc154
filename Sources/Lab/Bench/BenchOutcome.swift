/// A benchmark's samples, ready to be read.
struct BenchOutcome {
    let benchmark: Benchmark
    let lineup: BenchLineup
    /// By contender, in the order of the runs.
    let samples: [[BenchSample]]

    /// What became of a bound.
    enum Verdict: String, Sendable {
        case met
        case missed
        /// With too few orders, starting up is what is measured.
        case notJudged = "not_judged"
    }

    /// The spread of a figure over the runs of a contender; nil where it has none.
    func spread(_ figure: BenchFigure, of index: Int) -> BenchSpread? {
        BenchSpread(samples[index].compactMap { $0.value(figure) })
    }

    /// The figures that a contender has, in the order of the report.
    func figures(of index: Int) -> [BenchFigure] {
        BenchFigure.allCases.filter { figure in
            samples[index].contains { $0.value(figure) != nil }
        }
    }

    /// The ratios of a comparison, run by run.
    func ratios(_ comparison: BenchComparison) -> BenchSpread? {
        func find(_ name: String) -> [BenchSample] {
            lineup.contenders.firstIndex { $0.name == name }.map { samples[$0] } ?? []
        }
        let pairs = zip(find(comparison.numerator), find(comparison.denominator))
        return BenchSpread(
            pairs.compactMap { above, below in
                guard let above = above.value(comparison.figure),
                    let below = below.value(comparison.figure), below > 0
                else { return nil }
                return above / below
            })
    }

    /// Bounds are judged by the median.
    func judge(_ bound: BenchBound, _ spread: BenchSpread, of index: Int?) -> Verdict {
        let orders = (index.map { samples[$0] } ?? samples.first ?? []).first?.orders ?? 0
        guard orders >= benchmark.leastOrdersJudged else { return .notJudged }
        return bound.isMet(by: spread.median) ? .met : .missed
    }
}

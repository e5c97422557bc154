internal import ASEEDSystem

/// What `lab bench` prints for people: a table a benchmark.
struct BenchTable {
    let outcome: BenchOutcome

    var text: String {
        var text = "\n\(outcome.benchmark.name): \(outcome.benchmark.summary)\n"
        if let setting = outcome.lineup.setting { text += "  \(setting)\n" }
        for (index, contender) in outcome.lineup.contenders.enumerated() {
            guard let first = outcome.samples[index].first else { continue }
            text += "  \(contender.name): \(Figures.grouped(first.orders)) orders, "
            text += "result \(BenchText.hash(first.hash))\n"
            for figure in outcome.figures(of: index) {
                text += row(figure, contender, index)
            }
        }
        for comparison in outcome.lineup.comparisons {
            guard let ratios = outcome.ratios(comparison) else { continue }
            text += line(comparison.name, ratios) { Figures.decimals($0, 2) + " x" }
            if let bound = comparison.bound {
                let limit = Figures.decimals(bound.limit, 2) + " x"
                text += note(bound, limit, outcome.judge(bound, ratios, of: nil))
            }
            text += "\n"
        }
        return text
    }

    private func row(_ figure: BenchFigure, _ contender: BenchContender, _ index: Int) -> String {
        guard let spread = outcome.spread(figure, of: index) else { return "" }
        var text = "  " + line(figure.label, spread, figure.text)
        for (bounded, bound) in contender.bounds where bounded == figure {
            text += note(bound, figure.text(bound.limit), outcome.judge(bound, spread, of: index))
        }
        return text + "\n"
    }

    private func line(
        _ label: String, _ spread: BenchSpread, _ format: (Double) -> String
    ) -> String {
        let values = [("min", spread.min), ("median", spread.median), ("max", spread.max)]
        return "  \(BenchText.left(label, 13))"
            + values.map { "  \($0.0) \(BenchText.right(format($0.1), 10))" }.joined()
    }

    private func note(_ bound: BenchBound, _ limit: String, _ verdict: BenchOutcome.Verdict)
        -> String
    {
        let side = bound.side == .atLeast ? "at least" : "at most"
        return switch verdict {
        case .met: "  \(side) \(limit): met"
        case .missed: "  \(side) \(limit): MISSED"
        case .notJudged: "  \(side) \(limit): not judged with so few orders"
        }
    }
}

/// What `lab bench --format json` prints.
struct BenchDocument {
    let machine: BenchMachine
    let seed: Int64
    let runs: Int
    let outcomes: [BenchOutcome]

    var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("format", "aseed-bench")
            json.member("version", 1)
            json.name("machine")
            machine.write(to: &json)
            json.member("seed", seed)
            json.member("runs", runs)
            json.name("benchmarks")
            json.array { json in for outcome in outcomes { Self.write(outcome, to: &json) } }
        }
        return json.text + "\n"
    }

    private static func write(_ outcome: BenchOutcome, to json: inout JSONWriter) {
        json.object { json in
            json.member("name", outcome.benchmark.name)
            json.member("summary", outcome.benchmark.summary)
            if let setting = outcome.lineup.setting { json.member("setting", setting) }
            json.name("contenders")
            json.array { json in
                for index in outcome.lineup.contenders.indices {
                    writeContender(outcome, index, to: &json)
                }
            }
            json.name("comparisons")
            json.array { json in
                for comparison in outcome.lineup.comparisons {
                    write(comparison, outcome, to: &json)
                }
            }
        }
    }

    private static func writeContender(
        _ outcome: BenchOutcome, _ index: Int, to json: inout JSONWriter
    ) {
        let contender = outcome.lineup.contenders[index]
        let samples = outcome.samples[index]
        json.object { json in
            json.member("name", contender.name)
            json.member("orders", samples.first?.orders)
            json.member("hash", samples.first.map { BenchText.hash($0.hash) })
            json.name("figures")
            json.object { json in
                for figure in outcome.figures(of: index) {
                    guard let spread = outcome.spread(figure, of: index) else { continue }
                    json.name(figure.rawValue)
                    let bound = contender.bounds.first { $0.figure == figure }?.bound
                    write(
                        spread, samples.map { $0.value(figure) }, bound,
                        bound.map { outcome.judge($0, spread, of: index) }, to: &json)
                }
            }
        }
    }

    private static func write(
        _ comparison: BenchComparison, _ outcome: BenchOutcome, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("name", comparison.name)
            json.member("figure", comparison.figure.rawValue)
            json.member("numerator", comparison.numerator)
            json.member("denominator", comparison.denominator)
            json.name("ratio")
            guard let ratios = outcome.ratios(comparison) else { return json.null() }
            write(
                ratios, [], comparison.bound,
                comparison.bound.map { outcome.judge($0, ratios, of: nil) }, to: &json)
        }
    }

    private static func write(
        _ spread: BenchSpread, _ values: [Double?], _ bound: BenchBound?,
        _ verdict: BenchOutcome.Verdict?, to json: inout JSONWriter
    ) {
        json.object { json in
            json.member("min", spread.min)
            json.member("median", spread.median)
            json.member("max", spread.max)
            if !values.isEmpty {
                json.name("runs")
                json.array { json in
                    for value in values { if let value { json.number(value) } else { json.null() } }
                }
            }
            if let bound {
                json.member(bound.side.rawValue, bound.limit)
                json.member("verdict", verdict?.rawValue)
            }
        }
    }
}

internal import ASEEDSystem

/// A condition that is no threshold: what is wrong, and where in the condition's text.
struct ThresholdSyntaxError: Error, Equatable, Sendable {
    var message: String
    /// Byte in the text, from 0.
    var index: Int
}

/// What a threshold may name, beside the metrics.
struct ThresholdContext: Equatable, Sendable {
    /// Stage names, and warmup, measure, drain.
    var phases: [String]
    /// Ids of the scenario's faults.
    var faults: [String] = []
}

/// Reads `aggregation operator limit [during PHASE|FAULT | over DURATION | each fault]` and checks it
/// against the metric.
struct ThresholdParser {
    private let text: String
    private let bytes: [UInt8]
    private var at = 0
    private let definition: MetricDefinition
    private let context: ThresholdContext

    private init(_ text: String, _ definition: MetricDefinition, _ context: ThresholdContext) {
        self.text = text
        bytes = Array(text.utf8)
        self.definition = definition
        self.context = context
    }

    /// Reads a condition on `metric`.
    static func parse(
        _ text: String, metric: MetricSelector, definition: MetricDefinition,
        context: ThresholdContext
    ) throws(ThresholdSyntaxError) -> Threshold {
        var parser = ThresholdParser(text, definition, context)
        let aggregation = try parser.aggregation()
        let comparison = try parser.comparison()
        let limit = try parser.limit(aggregation)
        let scope = try parser.scope()
        return Threshold(
            metric: metric, text: text, aggregation: aggregation, comparison: comparison,
            limit: limit, scope: scope)
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    }

    /// The bytes up to a space, an operator or the end, and where they start.
    private mutating func word() -> (text: String, start: Int) {
        skipSpace()
        let start = at
        while at < bytes.count, !Array(" \t<>=!".utf8).contains(bytes[at]) { at += 1 }
        return (String(decoding: bytes[start..<at], as: UTF8.self), start)
    }

    private mutating func aggregation() throws(ThresholdSyntaxError) -> Threshold.Aggregation {
        let (name, start) = word()
        let allowed = definition.kind.aggregations
        guard !name.isEmpty else {
            throw .init(
                message: "an aggregation is expected: \(allowed.joined(separator: ", "))",
                index: start)
        }
        guard let aggregation = try Self.aggregation(name, at: start) else {
            let near = Spelling.nearest(to: name, in: Threshold.Aggregation.words)
            throw .init(
                message: "no aggregation \"\(name)\"\(near.map { "; did you mean \($0)?" } ?? "")"
                    + "; those of \(definition.name) are \(allowed.joined(separator: ", "))",
                index: start)
        }
        guard allowed.contains(aggregation.word) else {
            throw .init(
                message: "\(definition.name) is a \(definition.kind.rawValue); \(name) is not "
                    + "defined for it, use one of \(allowed.joined(separator: ", "))", index: start)
        }
        return aggregation
    }

    private static func aggregation(
        _ name: String, at start: Int
    ) throws(ThresholdSyntaxError) -> Threshold.Aggregation? {
        if let simple = Threshold.Aggregation.simple[name] { return simple }
        guard name.hasPrefix("p("), name.hasSuffix(")") else { return nil }
        let inner = name.dropFirst(2).dropLast()
        guard !inner.isEmpty, inner.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2e }),
            let percent = Double(inner), percent > 0, percent < 100
        else {
            throw .init(
                message: "\"\(name)\" is no percentile; write p(N) with N above 0 and below 100, "
                    + "for example p(99)", index: start)
        }
        return .percentile(percent)
    }

    private mutating func comparison() throws(ThresholdSyntaxError) -> Threshold.Comparison {
        skipSpace()
        let start = at
        while at < bytes.count, Array("<>=!".utf8).contains(bytes[at]) { at += 1 }
        let symbol = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let comparison = Threshold.Comparison(rawValue: symbol) else {
            let mean = symbol == "=" ? "; did you mean ==?" : ""
            let found = symbol.isEmpty ? "" : ", not \"\(symbol)\""
            throw .init(
                message: "an operator is expected here (<, <=, >, >=, ==, !=)\(found)\(mean)",
                index: start)
        }
        return comparison
    }

    private mutating func limit(
        _ aggregation: Threshold.Aggregation
    ) throws(ThresholdSyntaxError) -> Threshold.Limit {
        let (word, start) = word()
        if word == "expected" {
            guard definition.hasExpected else {
                let names = MetricRegistry.all.filter(\.hasExpected).map(\.name)
                throw .init(
                    message: "no plan says what \(definition.name) should be; \"expected\" is "
                        + "defined for \(names.joined(separator: ", "))", index: start)
            }
            return .expected
        }
        let unit = aggregation.unit(of: definition)
        guard !word.isEmpty else {
            throw .init(
                message: "a limit is expected here, for example \(unit.examples)", index: start)
        }
        guard let number = unit.base.limit(word, perSecond: unit.perSecond) else {
            throw .init(
                message: "\"\(word)\" is no limit for \(aggregation.word) of \(definition.name), "
                    + "which is in \(unit.text); write \(unit.examples)", index: start)
        }
        return .number(number)
    }

    private mutating func scope() throws(ThresholdSyntaxError) -> Threshold.Scope {
        let (keyword, start) = word()
        let scope: Threshold.Scope
        switch keyword {
        case "":
            guard at >= bytes.count else { throw unexpected(at) }
            return .run
        case "during": scope = try during()
        case "over":
            guard context.phases.contains("measure") else {
                throw .init(
                    message: "\"over\" needs a measured phase, which a backlog alone does not have",
                    index: start)
            }
            scope = try over()
        case "each": scope = try eachFault(start)
        default:
            let near = Spelling.nearest(to: keyword, in: ["during", "over", "each"])
            throw .init(
                message: "\"during PHASE\", \"over DURATION\" or \"each fault\" may follow the "
                    + "limit, not \"\(keyword)\"\(near.map { "; did you mean \($0)?" } ?? "")",
                index: start)
        }
        skipSpace()
        guard at >= bytes.count else { throw unexpected(at) }
        if definition.onePerRun, scope != .eachFault {
            throw .init(
                message: "\(definition.name) has one value a run; leave out \"\(keyword) …\"",
                index: start)
        }
        return scope
    }

    private func unexpected(_ index: Int) -> ThresholdSyntaxError {
        let rest = String(decoding: bytes[index...], as: UTF8.self)
        return .init(message: "nothing may follow here, but there is \"\(rest)\"", index: index)
    }

    private mutating func during() throws(ThresholdSyntaxError) -> Threshold.Scope {
        let (name, start) = word()
        if context.phases.contains(name) { return .phase(name) }
        if context.faults.contains(name) { return .fault(name) }
        let known = context.phases + context.faults
        let near = Spelling.nearest(to: name, in: known)
        throw .init(
            message: name.isEmpty
                ? "a phase is expected after \"during\": \(known.joined(separator: ", "))"
                : "no phase \"\(name)\"\(near.map { "; did you mean \($0)?" } ?? "")"
                    + "; this scenario has \(known.joined(separator: ", "))", index: start)
    }

    private mutating func over() throws(ThresholdSyntaxError) -> Threshold.Scope {
        let (word, start) = word()
        guard let ms = DurationText.milliseconds(word), ms > 0 else {
            throw .init(
                message: "a duration like 500ms, 10s or 2m is expected after \"over\", not "
                    + "\"\(word)\"", index: start)
        }
        return .over(durationMs: ms)
    }

    private mutating func eachFault(_ start: Int) throws(ThresholdSyntaxError) -> Threshold.Scope {
        let (next, nextStart) = word()
        guard next == "fault" else {
            throw .init(message: "\"fault\" is expected after \"each\"", index: nextStart)
        }
        guard !context.faults.isEmpty else {
            throw .init(
                message: "this scenario has no faults; leave out \"each fault\"", index: start)
        }
        return .eachFault
    }
}

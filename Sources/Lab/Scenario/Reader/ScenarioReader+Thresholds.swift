internal import ASEEDSystem

extension ScenarioReader {
    func readThresholds(_ top: inout ObjectReader, _ context: ThresholdContext) -> [Threshold] {
        guard let value = top.member("thresholds") else { return [] }
        guard let members = value.members else {
            top.reportWrong("thresholds", value, "an object of metrics, each with its conditions")
            return []
        }
        var thresholds: [Threshold] = []
        for member in members where !member.name.hasPrefix("x-") {
            guard let (selector, definition) = readMetric(member) else { continue }
            guard let conditions = member.value.elements, !conditions.isEmpty else {
                top.reportWrong(
                    "thresholds.\(member.name)", member.value,
                    "an array of conditions like [\"\(example(definition))\"]")
                continue
            }
            for condition in conditions {
                let read = readCondition(condition, selector, definition, context)
                guard let read else { continue }
                thresholds.append(read)
            }
        }
        return thresholds
    }

    private func example(_ definition: MetricDefinition) -> String {
        switch definition.kind {
        case .counter: "count >= 1000"
        case .gauge: "value < 100"
        case .trend: "p(99) < 100"
        case .rate: "rate >= 0.99"
        }
    }

    /// `name` or `name{tag:value,tag:value}`.
    private func readMetric(
        _ member: JSONValue.Member
    ) -> (MetricSelector, MetricDefinition)? {
        let parts = member.name.split(
            separator: "{", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let definition = MetricRegistry.definition(name) else {
            let near = Spelling.nearest(to: name, in: MetricRegistry.names)
            problems.add(
                at: member.offset,
                "no metric \"\(name)\""
                    + (near.map { "; did you mean \"\($0)\"?" }
                        ?? "; known: \(MetricRegistry.names.joined(separator: ", "))"))
            return nil
        }
        if let missing = definition.missing {
            problems.add(at: member.offset, "no \(name) in this version; \(missing)")
            return nil
        }
        guard parts.count == 2 else { return (MetricSelector(name: name), definition) }
        guard let tags = readTags(String(parts[1]), definition, at: member.offset) else {
            return nil
        }
        return (MetricSelector(name: name, tags: tags), definition)
    }

    private func readTags(
        _ text: String, _ definition: MetricDefinition, at offset: Int
    ) -> [String: String]? {
        var tags: [String: String] = [:]
        let form = "\(definition.name){tag:value}"
        guard text.hasSuffix("}") else {
            problems.add(at: offset, "\"}\" is missing; write \(form)")
            return nil
        }
        for part in text.dropLast().split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", maxSplits: 1).map { word in
                String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard pair.count == 2, definition.tags.contains(pair[0]), tags[pair[0]] == nil else {
                let known =
                    definition.tags.isEmpty
                    ? "has no tags" : "has the tag \(definition.tags.joined(separator: ", "))"
                problems.add(
                    at: offset, "\"\(part)\" is no tag of \(definition.name), which \(known)")
                return nil
            }
            tags[pair[0]] = pair[1]
        }
        return tags
    }

    private func readCondition(
        _ value: JSONValue, _ selector: MetricSelector, _ definition: MetricDefinition,
        _ context: ThresholdContext
    ) -> Threshold? {
        if value.string != nil { return parse(value, selector, definition, context) }
        let path = "thresholds.\(selector.text)"
        guard var reader = ObjectReader(value, path: path, problems: problems) else { return nil }
        if reader.value["threshold"] == nil {
            reader.reportMissing("threshold", ": the condition, for example \(example(definition))")
        }
        let condition = reader.member("threshold")
        var threshold: Threshold?
        if let condition, condition.string != nil {
            threshold = parse(condition, selector, definition, context)
        } else if let condition {
            reader.reportWrong("threshold", condition, "a string")
        }
        let abort = reader.bool("abort_on_fail", default: false)
        let delay = reader.durationMs("delay_abort_eval", in: 0...Limits.stageMs.upperBound)
        let severity = reader.choice("severity", Threshold.Severity.self)
        if delay != nil, !abort {
            problems.add(
                at: reader.offsetOfName("delay_abort_eval"),
                "\(path).delay_abort_eval has no effect without \"abort_on_fail\": true")
        }
        reader.finish()
        threshold?.abortOnFail = abort
        threshold?.delayAbortEvalMs = delay ?? 0
        threshold?.severity = severity ?? .fail
        return threshold
    }

    private func parse(
        _ value: JSONValue, _ selector: MetricSelector, _ definition: MetricDefinition,
        _ context: ThresholdContext
    ) -> Threshold? {
        do throws(ThresholdSyntaxError) {
            return try ThresholdParser.parse(
                value.string ?? "", metric: selector, definition: definition, context: context)
        } catch {
            problems.add(
                in: value, at: error.index, "threshold on \(selector.text): \(error.message)")
            return nil
        }
    }
}

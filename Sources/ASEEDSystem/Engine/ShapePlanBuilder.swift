/// Makes the steps of a plan from one record that the validator accepted.
struct ShapePlanBuilder {
    private struct Value {
        var kind: PlanStep.Kind
        var start: Int
        var end: Int
        var step = PlanStep()
    }

    private let record: UnsafePointer<UInt8>
    private let count: Int
    private var values: [Value] = []
    private var steps: [PlanStep] = []

    /// The steps for a record and its line feed, or nil for a shape that is not worth a plan.
    ///
    /// - Parameters:
    ///   - record: a valid record, followed by its line feed.
    ///   - fields: the spans that the validator found.
    static func steps(
        _ record: UnsafePointer<UInt8>, count: Int, fields: InlineArray<7, FieldSpan>
    ) -> [PlanStep]? {
        var builder = ShapePlanBuilder(record: record, count: count)
        guard builder.findValues(fields), builder.assemble() else { return nil }
        return builder.steps
    }

    private init(record: UnsafePointer<UInt8>, count: Int) {
        self.record = record
        self.count = count
    }

    /// Walks the record's tokens: names stay literal, strings and numbers become values.
    private mutating func findValues(_ fields: InlineArray<7, FieldSpan>) -> Bool {
        var at = 0
        while at < count {
            let byte = record[at]
            if byte == UInt8(ascii: "\"") {
                let end = endOfString(at + 1)
                if !isName(after: end + 1) {
                    guard appendString(at + 1, end, fields) else { return false }
                }
                at = end + 1
            } else if byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
                var end = at + 1
                while end < count, isNumberByte(record[end]) { end += 1 }
                var kind = PlanStep.Kind.skippedNumber
                if at == fields[OrderField.price.rawValue].start { kind = .price }
                if at == fields[OrderField.quantity.rawValue].start { kind = .quantity }
                values.append(Value(kind: kind, start: at, end: end))
                at = end
            } else {
                at += 1
            }
        }
        return true
    }

    private mutating func appendString(
        _ start: Int, _ end: Int, _ fields: InlineArray<7, FieldSpan>
    ) -> Bool {
        for field in OrderField.allCases
        where field != .price && field != .quantity && fields[field.rawValue].start == start {
            switch field {
            case .orderID: values.append(Value(kind: .orderID, start: start, end: end))
            case .productID: values.append(Value(kind: .productID, start: start, end: end))
            case .productName: values.append(Value(kind: .productName, start: start, end: end))
            case .category: values.append(Value(kind: .category, start: start, end: end))
            default: return appendTimestamp(start, end)
            }
            return true
        }
        values.append(Value(kind: .skippedString, start: start, end: end))
        return true
    }

    /// A timestamp's date to fraction is the value; its zone is literal.
    private mutating func appendTimestamp(_ start: Int, _ end: Int) -> Bool {
        var valueEnd = start + 19
        guard valueEnd <= end else { return false }
        if valueEnd < end, record[valueEnd] == UInt8(ascii: ".") {
            valueEnd += 1
            while valueEnd < end, record[valueEnd] &- 0x30 < 10 { valueEnd += 1 }
        }
        let fraction = max(0, valueEnd - start - 20)
        guard let whole = TimestampRule.eventTime(record + start, count: end - start),
            let local = TimestampRule.eventTime(record + start, count: valueEnd - start)
        else { return false }
        var value = Value(kind: .timestamp, start: start, end: valueEnd)
        value.step.number = Int32(valueEnd - start)
        let kept = UInt64(min(fraction, 6) + 1) * 8
        value.step.word0 = (1 << kept) - 1
        value.step.word1 = UInt64(bitPattern: local - whole)
        values.append(value)
        return true
    }

    private mutating func assemble() -> Bool {
        if let first = segmentStart() { return assembleFused(first) }
        var literalStart = 0
        for value in values {
            guard append(literalStart, value.start, value.kind, value.step) else { return false }
            literalStart = value.end
        }
        return append(literalStart, count + 1, .endWithGroup)
    }

    /// The first of three neighbouring values that are the product's parts.
    private func segmentStart() -> Int? {
        values.indices.dropLast(2).first { first in
            values[first...(first + 2)].allSatisfy(Self.isProductPart)
        }
    }

    private static func isProductPart(_ value: Value) -> Bool {
        value.kind == .productID || value.kind == .productName || value.kind == .category
    }

    private mutating func assembleFused(_ first: Int) -> Bool {
        let parts = Array(values[first...(first + 2)])
        let rest = values[(first + 3)...]
        var literalStart = 0
        for value in values[..<first] {
            guard append(literalStart, value.start, value.kind, value.step) else { return false }
            literalStart = value.end
        }
        guard append(literalStart, parts[0].start, .segment) else { return false }
        let segmentStep = steps.count - 1
        // The literal before the next value belongs to the segment.
        let segmentEnd = rest.first?.start ?? count + 1
        let resumeAt = steps.count
        literalStart = segmentEnd
        for value in rest {
            guard append(literalStart, value.start, value.kind, value.step) else { return false }
            literalStart = value.end
        }
        guard append(literalStart, max(literalStart, count + 1), .end) else { return false }
        steps[segmentStep].number = Int32(steps.count)
        literalStart = parts[0].start
        for part in parts {
            guard append(literalStart, part.start, part.kind) else { return false }
            literalStart = part.end
        }
        guard append(literalStart, segmentEnd, .resume) else { return false }
        steps[steps.count - 1].number = Int32(resumeAt)
        return true
    }

    /// Adds a step of `kind` after the literal `start ..< end`, long ones in pieces.
    private mutating func append(
        _ start: Int, _ end: Int, _ kind: PlanStep.Kind, _ step: PlanStep = PlanStep()
    ) -> Bool {
        var start = start
        while end - start > PlanStep.literalCapacity {
            steps.append(filled(PlanStep(), start, start + PlanStep.literalCapacity))
            start += PlanStep.literalCapacity
        }
        var last = filled(step, start, end)
        last.kind = kind
        steps.append(last)
        return steps.count <= ShapePlan.maxSteps
    }

    private func filled(_ step: PlanStep, _ start: Int, _ end: Int) -> PlanStep {
        var step = step
        let length = end - start
        withUnsafeMutableBytes(of: &step.literal) { literal in
            for index in 0..<length {
                // Past the record's end stands its line feed.
                literal[index] = start + index == count ? 0x0a : record[start + index]
            }
        }
        step.literalCount = Int32(length)
        step.literalMask = length >= 32 ? .max : (1 << UInt32(length)) - 1
        return step
    }

    private func endOfString(_ start: Int) -> Int {
        var at = start
        while at < count, record[at] != UInt8(ascii: "\"") {
            at += record[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        return at
    }

    private func isName(after end: Int) -> Bool {
        var at = end
        while at < count, record[at] <= 0x20 { at += 1 }
        return at < count && record[at] == UInt8(ascii: ":")
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }
}

internal import ASEEDSystem

/// Writes orders of the simulator in another shape.
struct ShapeWriter {
    private let shape: OrderShape
    private var random: RandomStream
    private var cut = OrderCut()
    private let odd: OddRecords

    init(_ shape: OrderShape, seed: UInt64) {
        self.shape = shape
        random = RandomStream(seed: seed, name: "bench.\(shape.rawValue)")
        odd = OddRecords()
    }

    /// Appends a line in the new shape, without its line feed.
    ///
    /// - Returns: false when it is not a line of the simulator's form.
    mutating func append(_ line: UnsafeRawBufferPointer, to out: inout [UInt8]) -> Bool {
        guard cut.find(in: line) else { return false }
        switch shape {
        case .plain: out += line
        case .compact: members([0, 1, 2, 3, 4, 5, 6], of: line, Separators.compact, to: &out)
        case .reordered: members([3, 0, 4, 1, 2, 5, 6], of: line, to: &out)
        case .extraScalars: extra(line, nested: false, to: &out)
        case .extraNested: extra(line, nested: true, to: &out)
        case .uuid: uuid(line, to: &out)
        case .randomKeys: members(shuffled(), of: line, to: &out)
        case .odd:
            if random.below(100) == 0 {
                oddly(line, to: &out)
            } else {
                out += line
            }
        }
        return true
    }

    private struct Separators {
        let comma: [UInt8]
        let colon: [UInt8]
        static let spaced = Separators(comma: Array(", ".utf8), colon: Array("\": ".utf8))
        static let compact = Separators(comma: Array(",".utf8), colon: Array("\":".utf8))
    }

    private static let names = OrderCut.keys.map { Array($0.utf8) }

    private func members(
        _ order: InlineArray<7, Int>, of line: UnsafeRawBufferPointer,
        _ separators: Separators = .spaced, to out: inout [UInt8]
    ) {
        out.append(UInt8(ascii: "{"))
        for place in 0..<7 {
            let index = order[place]
            if place > 0 { out += separators.comma }
            out.append(UInt8(ascii: "\""))
            out += Self.names[index]
            out += separators.colon
            out += cut.value(index, of: line)
        }
        out.append(UInt8(ascii: "}"))
    }

    private mutating func shuffled() -> InlineArray<7, Int> {
        var order: InlineArray<7, Int> = [0, 1, 2, 3, 4, 5, 6]
        for last in stride(from: 6, to: 0, by: -1) {
            order.swapAt(last, Int(random.below(UInt64(last + 1))))
        }
        return order
    }

    private mutating func extra(
        _ line: UnsafeRawBufferPointer, nested: Bool, to out: inout [UInt8]
    ) {
        out += line.dropLast()
        let number = random.next()
        let cents = number % 1_000
        out += Array(
            ", \"customer_id\": \"CUST-\(number >> 40)\", \"discount\": \(cents / 100).\(cents % 100)"
                .utf8)
        out += Array(", \"warehouse\": \(number >> 20 & 0xff)".utf8)
        if nested {
            out += Array(
                ", \"gift\": false, \"note\": null, \"shipping\": {\"method\": \"express\", "
                    .utf8)
            out += Array(
                "\"address\": {\"zip\": \"\(10_000 + number % 90_000)\", \"floor\": \(cents % 9)}}"
                    .utf8)
        }
        out.append(UInt8(ascii: "}"))
    }

    private mutating func uuid(_ line: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        out += line[..<cut.starts[0]]
        out.append(UInt8(ascii: "\""))
        var bits = random.next()
        for place in 0..<36 {
            if place == 18 { bits = random.next() }
            if place == 8 || place == 13 || place == 18 || place == 23 {
                out.append(UInt8(ascii: "-"))
            } else {
                let digit = place == 14 ? 4 : UInt8(truncatingIfNeeded: bits & 15)
                out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
                bits >>= 4
            }
        }
        out.append(UInt8(ascii: "\""))
        out += line[cut.ends[0]...]
    }

    private mutating func oddly(_ line: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        var values = (0..<7).map { Array(cut.value($0, of: line)) }
        let order = odd.change(&values, &random) ? shuffled() : [0, 1, 2, 3, 4, 5, 6]
        let gap = odd.gap(&random)
        out += Array("{\(gap)".utf8)
        for place in 0..<7 {
            let index = order[place]
            out += Array("\(place > 0 ? ",\(gap)" : "")\"".utf8)
            out += Self.names[index]
            out += Array("\"\(gap): ".utf8)
            out += values[index]
        }
        out += odd.tail(&random)
        out += Array("}\(gap)".utf8)
    }
}

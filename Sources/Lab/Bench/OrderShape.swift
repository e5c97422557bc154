internal import ASEEDSystem

/// Other ways to write the same orders: the values stay, so an engine gives the same answer.
enum OrderShape: String, Sendable {
    /// As the simulator writes them.
    case plain
    /// `{"order_id":"ORD-000000001","product_id":…`
    case compact
    /// The keys sorted by name, as `json.dumps(sort_keys=True)` writes them.
    case reordered
    /// With further strings and numbers that nobody reads.
    case extraScalars = "extra-scalars"
    /// With further strings, numbers, a Boolean, a null and a nested object.
    case extraNested = "extra-nested"
    /// Order ids of 36 bytes.
    case uuid
    /// The keys in a new random order in every record.
    case randomKeys = "random-keys"
    /// One record in a hundred is valid but odd: escapes, exponents, zones, blanks, deep values.
    case odd
}

/// One order's values as JSON, cut from a line of the simulator.
struct OrderCut {
    static let keys = [
        "order_id", "product_id", "product_name", "category", "price", "quantity", "timestamp",
    ]

    /// `{"order_id": `, `, "product_id": `, …: what stands before each value.
    private static let leads = keys.enumerated().map { index, key in
        Array("\(index == 0 ? "{" : ", ")\"\(key)\": ".utf8)
    }

    private(set) var starts = InlineArray<7, Int>(repeating: 0)
    private(set) var ends = InlineArray<7, Int>(repeating: 0)

    /// Finds the values; false when the line is not of the simulator's form.
    mutating func find(in line: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        for index in 0..<7 {
            let lead = Self.leads[index]
            guard at + lead.count < line.count else { return false }
            for (offset, byte) in lead.enumerated() where line[at + offset] != byte {
                return false
            }
            at += lead.count
            starts[index] = at
            if line[at] == UInt8(ascii: "\"") {
                at += 1
                while at < line.count, line[at] != UInt8(ascii: "\"") {
                    at += line[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                at += 1
            } else {
                while at < line.count, line[at] != UInt8(ascii: ","), line[at] != UInt8(ascii: "}")
                { at += 1 }
            }
            ends[index] = at
        }
        return at == line.count - 1 && line[at] == UInt8(ascii: "}")
    }

    func value(_ index: Int, of line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[starts[index]..<ends[index]])
    }
}

/// What the dashboard holds: the body of `GET /api/published`.
struct PublishedResults {
    /// One accepted message.
    struct Acceptance {
        var query: String
        var mode: String
        var epoch: Int64
        var batchID: Int64
    }

    let text: [UInt8]
    let tree: JSONTree

    init(_ text: [UInt8]) throws(JSONTreeError) {
        self.text = text
        tree = try JSONTreeReader.read(text)
    }

    /// A value's bytes as they were published.
    func bytes(_ node: JSONTree) -> ArraySlice<UInt8> { text[node.range] }

    /// A value as a person reads it: strings without quotes.
    func plain(_ node: JSONTree) -> String {
        String(decoding: node.string.map { $0[...] } ?? bytes(node), as: UTF8.self)
    }

    /// The last accepted snapshot of a query.
    func snapshot(_ query: VerifierOptions.Query) -> JSONTree? {
        tree["queries"]?[query.rawValue].flatMap { $0.isNull ? nil : $0 }
    }

    /// The windows that the dashboard holds.
    var windows: JSONTree? { tree["windows"].flatMap { $0.isNull ? nil : $0 } }

    /// An integer; nil when the value is none or too large.
    func integer(_ node: JSONTree?) -> Int128? {
        guard let node, case .number = node.kind else { return nil }
        return Int128(String(decoding: bytes(node), as: UTF8.self))
    }

    func integer64(_ node: JSONTree?) -> Int64? { integer(node).flatMap { Int64(exactly: $0) } }

    /// A list of positions.
    func positions(_ node: JSONTree?) -> [Int64]? {
        node?.elements.flatMap { elements in
            let positions = elements.compactMap { integer64($0) }
            return positions.count == elements.count ? positions : nil
        }
    }

    /// The accepted messages in their order; nil when the list is missing or can't be read.
    var acceptances: [Acceptance]? {
        guard let elements = tree["acceptances"]?.elements else { return nil }
        let read = elements.compactMap { element -> Acceptance? in
            guard let query = element["query"]?.string, let mode = element["mode"]?.string,
                let epoch = integer64(element["epoch"]), let batch = integer64(element["batch_id"])
            else { return nil }
            return Acceptance(
                query: String(decoding: query, as: UTF8.self),
                mode: String(decoding: mode, as: UTF8.self), epoch: epoch, batchID: batch)
        }
        return read.count == elements.count ? read : nil
    }

    /// Whether a published value is exactly the reference's.
    func isEqual(_ node: JSONTree, _ value: ReferenceValue) -> Bool {
        switch (node.kind, value) {
        case (.null, .null): true
        case (.bool(let got), .flag(let expected)): got == expected
        case (.string(let got), .text(let expected)): got == expected
        case (.string(let got), .time(let expected)):
            got.withUnsafeBytes(readEventTime) == expected && got.last == UInt8(ascii: "Z")
        case (.number, .integer(let expected)): isEqual(node, expected, scale: 0)
        case (.number, .decimal(let expected, let scale)): isEqual(node, expected, scale: scale)
        default: false
        }
    }

    private func isEqual(_ node: JSONTree, _ units: Int128, scale: Int) -> Bool {
        let expected = Array(decimalText(units, scale: scale).utf8)
        return bytes(node).withUnsafeBytes { got in
            expected.withUnsafeBytes { ExactDecimal(got).isEqual(to: ExactDecimal($0)) }
        }
    }
}

extension PublishedResults {
    /// A published number in units of 10^−`scale`; nil when it is none, or not whole in them.
    func units(_ node: JSONTree?, scale: Int) -> Int128? {
        guard let node, case .number = node.kind else { return nil }
        return bytes(node).withUnsafeBytes { ExactDecimal($0).wholeUnits(scale: scale) }
    }
}

extension PublishedResults {
    /// The orders of all published windows, final and open; nil when a count can't be read.
    func contributedPairs(_ windows: JSONTree) -> Int64? {
        let rows = (windows["open"]?.elements ?? []) + (windows["final"]?.elements ?? [])
        let counts = rows.compactMap { integer64($0["order_count"]) }
        return counts.count == rows.count ? counts.reduce(0, &+) : nil
    }
}

/// Reads and checks the body of a POST.
enum MessageParser {
    static let maxRunIDBytes = 128
    static let maxPartitions = 10_000
    static let maxRecentOrders = 20

    /// Reads one message of a query.
    ///
    /// - Throws: `MessageError` with the path of the first field that is wrong.
    static func parse(_ body: [UInt8], query: QueryName) throws(MessageError) -> DashboardMessage {
        try message(try object(body), body, query: query)
    }

    /// Checks one message of a query.
    static func message(
        _ json: JSONValue, _ body: [UInt8], query: QueryName
    ) throws(MessageError) -> DashboardMessage {
        let envelope = try envelope(json, query)
        let content = try content(json, query, envelope.mode)
        var part: MessagePart?
        if case .open = content { part = try self.part(json) }
        return DashboardMessage(
            query: query, envelope: envelope, content: content, body: body, part: part)
    }

    private static func part(_ json: JSONValue) throws(MessageError) -> MessagePart? {
        guard json["part"] != nil || json["parts"] != nil else { return nil }
        let count = try integer(json, "parts", from: 1)
        guard count <= MessagePart.maxParts else {
            throw MessageError(path: "parts", reason: "must be at most \(MessagePart.maxParts)")
        }
        let number = try integer(json, "part", from: 1)
        guard number <= count else {
            throw MessageError(path: "part", reason: "must be at most parts, \(count)")
        }
        return MessagePart(number: Int(number), count: Int(count))
    }

    /// Reads an object with these fields.
    static func report(_ body: [UInt8], _ fields: [Field]) throws(MessageError) -> JSONValue {
        let json = try object(body)
        try FieldCheck.object(json, fields, at: "")
        return json
    }

    /// Reads a body that must be an object.
    static func object(_ body: [UInt8]) throws(MessageError) -> JSONValue {
        let json: JSONValue
        do {
            json = try JSONParser.parse(body)
        } catch {
            throw MessageError(path: "", reason: "no JSON: \(error)")
        }
        guard json.members != nil else {
            throw FieldCheck.wrongType("the body", "an object", json)
        }
        return json
    }

    private static func envelope(
        _ json: JSONValue, _ query: QueryName
    ) throws(MessageError) -> Envelope {
        let named = try required(json, "query")
        guard named.string == query.rawValue else {
            throw FieldCheck.wrongType("query", "\"\(query.rawValue)\" for this address", named)
        }
        try FieldCheck.object(json, MessageSchema.envelope(query), at: "")
        return Envelope(
            runID: json["run_id"]?.string ?? "", epoch: json["epoch"]?.wholeNumber ?? 1,
            batchID: json["batch_id"]?.wholeNumber ?? 0,
            mode: json["mode"]?.string.flatMap { OutputMode(rawValue: $0) } ?? .complete,
            watermark: json["watermark"]?.string,
            positions: json["positions"]?.elements?.compactMap(\.wholeNumber) ?? [],
            timestamp: json["timestamp"]?.string)
    }

    private static func required(
        _ json: JSONValue, _ name: String
    ) throws(MessageError) -> JSONValue {
        guard let value = json[name] else { throw MessageError(path: name, reason: "is missing") }
        return value
    }

    private static func integer(
        _ json: JSONValue, _ name: String, from least: Int64
    ) throws(MessageError) -> Int64 {
        let value = try required(json, name)
        try FieldCheck.check(value, .number64(from: least), at: name)
        return value.wholeNumber ?? least
    }
}

extension MessageParser {
    private static func content(
        _ json: JSONValue, _ query: QueryName, _ mode: OutputMode
    ) throws(MessageError) -> DashboardMessage.Content {
        try FieldCheck.object(json, MessageSchema.body(query), at: "")
        if query == .categoryWindows {
            let rows = try windowRows(json["windows"]?.elements ?? [], isFinal: mode == .append)
            return mode == .append
                ? .final(rows) : .open(rows, full: json["full"]?.bool ?? false)
        }
        return .complete(parts(json, query))
    }

    private static func windowRows(
        _ elements: [JSONValue], isFinal: Bool
    ) throws(MessageError) -> [WindowRow] {
        var rows: [WindowRow] = []
        var seen: [WindowKey: Int] = [:]
        rows.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let path = "windows[\(index)]"
            let row = windowRow(element)
            guard row.key.start < row.key.end else {
                throw MessageError(path: "\(path).window_end", reason: "must be after window_start")
            }
            guard element["final"]?.bool == isFinal else {
                let mode = isFinal ? "append" : "update"
                throw MessageError(
                    path: "\(path).final", reason: "must be \(isFinal) in mode \"\(mode)\"")
            }
            if let first = seen.updateValue(index, forKey: row.key) {
                throw MessageError(
                    path: path, reason: "is the same window and category as windows[\(first)]")
            }
            rows.append(row)
        }
        return rows
    }

    /// A row of checked JSON; also used for rows that come back from the store.
    static func windowRow(_ json: JSONValue) -> WindowRow {
        var writer = JSONWriter()
        // The views add the batch of the final row under this name.
        let members = (json.members ?? []).filter { $0.name != "batch_id" }
        writer.value(JSONValue(.object(members)))
        let key = WindowKey(
            start: json["window_start"]?.string ?? "", end: json["window_end"]?.string ?? "",
            category: Array((json["category"]?.string ?? "").utf8))
        let values = MessageSchema.windowResults.map { name in
            json[name]?.numberText.map { ExactNumber.canonical($0) } ?? ""
        }
        return WindowRow(key: key, json: writer.bytes, values: values)
    }

    /// The parts of a checked complete result.
    static func parts(_ json: JSONValue, _ query: QueryName) -> SnapshotParts {
        let name =
            switch query {
            case .topProducts: "products"
            case .categories: "categories"
            case .rawOrders: "orders"
            case .categoryWindows: "windows"
            }
        let limit = query == .rawOrders ? maxRecentOrders : Int.max
        let rows = (json[name]?.elements ?? []).prefix(limit)
        var writer = JSONWriter()
        writer.value(JSONValue(.array(Array(rows))))
        let metrics = json["metrics"]?.members ?? []
        let progress = json["progress"]
        return SnapshotParts(
            rows: writer.bytes, metrics: metrics, totals: totals(json["metrics"]),
            progress: progress?.isNull == true ? nil : progress)
    }

    /// The totals for rates; nil when there are none, or beyond what rates count.
    private static func totals(_ metrics: JSONValue?) -> OrderTotals? {
        guard let orders = metrics?["total_orders"]?.wholeNumber else { return nil }
        let revenue = metrics?["total_revenue"]?.numberText.flatMap(ExactNumber.tenThousandths)
        return OrderTotals(orders: orders, revenue: revenue ?? 0)
    }
}

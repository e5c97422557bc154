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
        let modes: [OutputMode] = query == .categoryWindows ? [.update, .append] : [.complete]
        let modeValue = try required(json, "mode")
        guard let mode = modes.first(where: { $0.rawValue == modeValue.string }) else {
            let names = modes.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw FieldCheck.wrongType("mode", names, modeValue)
        }
        return Envelope(
            runID: try runID(json), epoch: try integer(json, "epoch", from: 1),
            batchID: try integer(json, "batch_id", from: 0), mode: mode,
            watermark: try watermark(json), positions: try positions(json),
            timestamp: try timestamp(json))
    }

    private static func required(
        _ json: JSONValue, _ name: String
    ) throws(MessageError) -> JSONValue {
        guard let value = json[name] else { throw MessageError(path: name, reason: "is missing") }
        return value
    }

    private static func runID(_ json: JSONValue) throws(MessageError) -> String {
        let value = try required(json, "run_id")
        guard let text = value.string, !text.isEmpty, text.utf8.count <= maxRunIDBytes,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw FieldCheck.wrongType(
                "run_id", "1 to \(maxRunIDBytes) printable ASCII characters", value)
        }
        return text
    }

    private static func integer(
        _ json: JSONValue, _ name: String, from least: Int64
    ) throws(MessageError) -> Int64 {
        let value = try required(json, name)
        guard let number = value.integer, number >= least else {
            throw FieldCheck.wrongType(name, "a whole number from \(least) on", value)
        }
        return number
    }

    private static func watermark(_ json: JSONValue) throws(MessageError) -> String? {
        let value = try required(json, "watermark")
        if value.isNull { return nil }
        guard let text = value.string, UTCText.isCanonical(text) else {
            throw FieldCheck.wrongType(
                "watermark", "null or a time like 2024-01-15T14:30:00.123456Z", value)
        }
        return text
    }

    private static func positions(_ json: JSONValue) throws(MessageError) -> [Int64] {
        let value = try required(json, "positions")
        guard let elements = value.elements, elements.count <= maxPartitions else {
            throw FieldCheck.wrongType(
                "positions", "an array of at most \(maxPartitions) positions", value)
        }
        var positions: [Int64] = []
        for (partition, element) in elements.enumerated() {
            guard let position = element.integer, position >= 0 else {
                throw FieldCheck.wrongType(
                    "positions[\(partition)]", "a whole number from 0 on", element)
            }
            positions.append(position)
        }
        return positions
    }

    private static func timestamp(_ json: JSONValue) throws(MessageError) -> String? {
        guard let value = json["timestamp"], !value.isNull else { return nil }
        guard let text = value.string, text.utf8.count <= 64 else {
            throw FieldCheck.wrongType("timestamp", "a string of at most 64 bytes", value)
        }
        return text
    }
}

extension MessageParser {
    private static func content(
        _ json: JSONValue, _ query: QueryName, _ mode: OutputMode
    ) throws(MessageError) -> DashboardMessage.Content {
        switch query {
        case .topProducts:
            try FieldCheck.object(
                json,
                [
                    Field("products", .rows(MessageSchema.product)),
                    Field("groups", .count, required: false),
                ], at: "")
        case .categories:
            try FieldCheck.object(
                json, [Field("categories", .rows(MessageSchema.category))], at: "")
        case .rawOrders:
            try FieldCheck.object(
                json,
                [
                    Field("orders", .rows(MessageSchema.order)),
                    Field("progress", .object(MessageSchema.progress), required: false),
                ], at: "")
            try FieldCheck.object(
                try required(json, "metrics"), MessageSchema.metrics, at: "metrics")
        case .categoryWindows:
            try FieldCheck.object(
                json,
                [
                    Field("windows", .rows(MessageSchema.window)),
                    Field("full", .flag, required: false),
                ], at: "")
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
        guard let orders = metrics?["total_orders"]?.integer else { return nil }
        let revenue = metrics?["total_revenue"]?.numberText.flatMap(ExactNumber.tenThousandths)
        return OrderTotals(orders: orders, revenue: revenue ?? 0)
    }
}

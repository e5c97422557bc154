/// The bodies that the Python system's analyzer posts: `batch_id`, `timestamp` and rows, without a
/// run. Fields may be missing or unknown.
///
/// They become messages of the run `legacy`, so that everything that holds for an engine's messages
/// holds for them too. Products and categories are the newest; orders add up.
struct OriginalBody {
    static let runID = "legacy"
    private static let maxRecentOrders = MessageParser.maxRecentOrders

    /// Whether a body is of this kind.
    static func matches(_ json: JSONValue) -> Bool { json["run_id"]?.isNull ?? true }

    let query: QueryName
    let json: JSONValue

    /// The message that a body amounts to.
    ///
    /// - Parameter run: what is held of the run `legacy`.
    /// - Throws: `MessageError` with the path of the first field that is wrong.
    func message(
        after run: RunState?, epoch: Int64, now: Moment
    ) throws(MessageError) -> DashboardMessage {
        let held = run?.snapshots[query]
        var body = JSONWriter()
        do {
            try body.object { json in
                switch query {
                case .topProducts: try rows("products", Self.product, to: &json)
                case .categories: try rows("categories", Self.category, to: &json)
                case .rawOrders:
                    try orders(after: held, now: now, to: &json)
                case .categoryWindows:
                    throw MessageError(path: "run_id", reason: "is missing")
                }
                json.member("run_id", Self.runID)
                json.member("epoch", max(1, epoch))
                json.member("batch_id", (held?.version.batchID ?? -1) + 1)
                json.member("query", query.rawValue)
                json.member("mode", OutputMode.complete.rawValue)
                json.name("watermark")
                json.null()
                json.name("positions")
                json.array { _ in }
                json.member("timestamp", UTCText.text(wallNs: now.wallNs))
            }
        } catch let error as MessageError {
            throw error
        } catch {
            throw MessageError(path: "", reason: "\(error)")
        }
        return try MessageParser.parse(body.bytes, query: query)
    }

    private func elements(_ name: String) throws(MessageError) -> [JSONValue] {
        guard let value = json[name] else { throw MessageError(path: name, reason: "is missing") }
        guard let elements = value.elements else {
            throw FieldCheck.wrongType(name, "an array", value)
        }
        return elements
    }

    private func rows(
        _ name: String, _ fields: [(name: String, rule: OriginalField)], to json: inout JSONWriter
    ) throws(MessageError) {
        var rows: [JSONValue] = []
        for (index, element) in try elements(name).enumerated() {
            rows.append(try Self.row(element, fields, at: "\(name)[\(index)]"))
        }
        json.name(name)
        json.value(JSONValue(.array(rows)))
    }

    private static let product: [(name: String, rule: OriginalField)] = [
        ("product_id", .text), ("product_name", .text), ("category", .text),
        ("order_count", .count), ("total_quantity", .count), ("total_revenue", .amount),
        ("avg_price", .optionalAmount),
    ]

    private static let category: [(name: String, rule: OriginalField)] = [
        ("category", .text), ("total_orders", .count), ("total_revenue", .amount),
        ("order_count", .optionalCount), ("total_quantity", .optionalCount),
        ("avg_price", .optionalAmount), ("unique_products", .optionalCount),
    ]

    private static let order: [(name: String, rule: OriginalField)] = [
        ("order_id", .text), ("product_id", .text), ("product_name", .text), ("category", .text),
        ("price", .price), ("quantity", .quantity), ("timestamp", .text),
        ("total_value", .optionalAmount), ("price_category", .optionalText),
        ("hour", .optionalCount), ("day_of_week", .optionalCount), ("partition", .optionalCount),
        ("position", .optionalCount),
    ]

    /// A row with every field that ours must have, and whatever else it has.
    private static func row(
        _ element: JSONValue, _ fields: [(name: String, rule: OriginalField)], at path: String
    ) throws(MessageError) -> JSONValue {
        guard let given = element.members else {
            throw FieldCheck.wrongType(path, "an object", element)
        }
        var members: [JSONValue.Member] = []
        for (name, rule) in fields {
            let value = element[name].flatMap { $0.isNull ? nil : $0 }
            if let kind = try rule.value(value, at: "\(path).\(name)") {
                members.append(JSONValue.Member(name: name, value: JSONValue(kind)))
            }
        }
        members += given.filter { member in !fields.contains { $0.name == member.name } }
        return JSONValue(.object(members))
    }
}

extension OriginalBody {
    /// Adds the orders to what the run had.
    private func orders(
        after held: StoredSnapshot?, now: Moment, to json: inout JSONWriter
    ) throws(MessageError) {
        var totals = held?.parts.totals ?? OrderTotals()
        let heldQuantity = held?.parts.metrics.first { $0.name == "total_quantity" }
        var quantity = heldQuantity?.value.numberText.flatMap { Int128($0) } ?? 0
        var recent: [(timeUs: Int64, row: JSONValue)] = []
        for (index, element) in try elements("orders").enumerated() {
            let row = try Self.row(element, Self.order, at: "orders[\(index)]")
            let pieces = row["quantity"]?.integer ?? 1
            let price = row["price"]?.numberText.flatMap(ExactNumber.tenThousandths) ?? 0
            let (value, overflow) = price.multipliedReportingOverflow(by: Int128(pieces))
            let (revenue, tooMuch) = totals.revenue.addingReportingOverflow(value)
            guard !overflow, !tooMuch else {
                throw MessageError(path: "orders[\(index)].price", reason: "is beyond 128 bits")
            }
            totals.orders += 1
            totals.revenue = revenue
            quantity += Int128(pieces)
            recent.append((Self.time(row), row))
        }
        let known = held.flatMap { try? JSONParser.parse($0.parts.rows).elements } ?? []
        recent += known.map { (Self.time($0), $0) }
        // Stable: of orders with one time the later posted ones come first.
        let newest = recent.enumerated().sorted {
            ($1.element.timeUs, $0.offset) < ($0.element.timeUs, $1.offset)
        }.prefix(Self.maxRecentOrders).map(\.element.row)
        json.name("orders")
        json.value(JSONValue(.array(newest)))
        json.name("metrics")
        json.object { json in
            json.member("total_orders", totals.orders)
            json.member("total_revenue", number: Decimals.money(totals.revenue))
            json.member("total_quantity", quantity)
            let (_, overflow) = totals.revenue.multipliedReportingOverflow(by: 10_000)
            if !overflow {
                json.member(
                    "average_order_value",
                    number: Decimals.average(sum: totals.revenue, count: Int128(totals.orders)))
            }
        }
    }

    private static func time(_ row: JSONValue) -> Int64 {
        row["timestamp"]?.string.flatMap { TimeText.micros($0) } ?? .min
    }
}

/// How a field of the original is taken over.
enum OriginalField {
    case text, optionalText, count, optionalCount, amount, optionalAmount, price
    /// How many pieces; one when it does not say.
    case quantity

    /// The value to write, or nil to leave the field out.
    func value(
        _ value: JSONValue?, at path: String
    ) throws(MessageError) -> JSONValue.Kind? {
        switch self {
        case .text, .optionalText:
            guard let value else { return self == .text ? .string("") : nil }
            guard value.string != nil else {
                throw FieldCheck.wrongType(path, "a string", value)
            }
            return value.kind
        case .count, .optionalCount, .quantity:
            guard let value else {
                return self == .optionalCount ? nil : .number(self == .quantity ? "1" : "0")
            }
            try FieldCheck.check(value, kind, at: path)
            return value.numberText.flatMap(ExactNumber.whole).map { .number($0) }
        case .price:
            guard let value else { return .number("0.0000") }
            try FieldCheck.check(value, .price, at: path)
            return value.kind
        case .amount, .optionalAmount:
            guard let value else { return self == .amount ? .number("0.0000") : nil }
            try FieldCheck.check(value, .amount, at: path)
            return value.kind
        }
    }

    /// What the field holds, in the description of the API.
    var kind: FieldKind {
        switch self {
        case .text, .optionalText: .text
        case .count, .optionalCount: .count
        case .quantity: .number64(from: 0)
        case .price: .price
        case .amount, .optionalAmount: .amount
        }
    }
}

extension OriginalBody {
    /// The body as the description of the API names it.
    static func form(_ query: QueryName) -> RouteDocument.Form {
        let (name, rows, rules) =
            switch query {
            case .topProducts: ("OriginalTopProducts", "products", product)
            case .categories: ("OriginalCategories", "categories", category)
            case .rawOrders, .categoryWindows: ("OriginalRawOrders", "orders", order)
            }
        let fields = rules.map { Field($0.name, $0.rule.kind, required: false) }
        return RouteDocument.Form(
            name: name, text: "Results as the Python system posts them, without a run_id.",
            fields: [
                Field("batch_id", .number, required: false),
                Field("timestamp", .text, required: false), Field(rows, .rows(fields)),
            ])
    }
}

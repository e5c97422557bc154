/// The fields of each query's messages, SEED.md's first.
enum MessageSchema {
    /// What every message carries besides its results (R60).
    static func envelope(_ query: QueryName) -> [Field] {
        [
            Field("run_id", .identifier), Field("epoch", .number64(from: 1)),
            Field("batch_id", .number64(from: 0)), Field("query", .choice([query.rawValue])),
            Field(
                "mode", .choice(query == .categoryWindows ? ["update", "append"] : ["complete"])),
            Field("watermark", .time, nullable: true), Field("positions", .counted),
            Field("timestamp", .text, required: false),
        ]
    }

    /// The results of each query.
    static func body(_ query: QueryName) -> [Field] {
        switch query {
        case .topProducts:
            [Field("products", .rows(product)), Field("groups", .count, required: false)]
        case .categories: [Field("categories", .rows(category))]
        case .rawOrders:
            [
                Field("orders", .rows(order)), Field("metrics", .object(metrics)),
                Field("progress", .object(progress), required: false),
            ]
        case .categoryWindows:
            [
                Field("windows", .rows(window)), Field("full", .flag, required: false),
                Field("part", .number64(from: 1), required: false),
                Field("parts", .number64(from: 1), required: false),
            ]
        }
    }

    /// A message as the description of the API names it.
    static func form(_ query: QueryName) -> RouteDocument.Form {
        let name =
            switch query {
            case .topProducts: "TopProducts"
            case .categories: "Categories"
            case .rawOrders: "RawOrders"
            case .categoryWindows: "Windows"
            }
        return RouteDocument.Form(
            name: name, text: "Results of \(query.rawValue) from an engine.",
            fields: body(query) + envelope(query))
    }

    static let product = [
        Field("product_id", .text), Field("product_name", .text), Field("category", .text),
        Field("order_count", .count), Field("total_quantity", .count),
        Field("total_revenue", .amount), Field("avg_price", .amount, required: false),
    ]

    static let category = [
        Field("category", .text), Field("total_orders", .count), Field("total_revenue", .amount),
        Field("order_count", .count, required: false),
        Field("total_quantity", .count, required: false),
        Field("avg_price", .amount, required: false),
        Field("unique_products", .count, required: false),
    ]

    static let order = [
        Field("order_id", .text), Field("product_id", .text), Field("product_name", .text),
        Field("category", .text), Field("price", .amount), Field("quantity", .count),
        Field("timestamp", .text), Field("total_value", .amount, required: false),
        Field("price_category", .text, required: false), Field("hour", .count, required: false),
        Field("day_of_week", .count, required: false),
        Field("partition", .count, required: false), Field("position", .count, required: false),
    ]

    static let metrics = [
        Field("total_orders", .count), Field("total_revenue", .amount),
        Field("total_quantity", .count, required: false),
        Field("average_order_value", .amount, required: false),
        Field("avg_price", .amount, required: false),
        Field("processed_records", .count, required: false),
        Field("rejected_orders", .count, required: false),
        Field("rejected", .counts, required: false),
        Field("late_pairs", .count, required: false),
        Field("late_records", .count, required: false),
        Field("price_bands", .rows(profile("price_category", .text)), required: false),
        Field("hours", .rows(profile("hour", .count)), required: false),
        Field("weekdays", .rows(profile("day_of_week", .count)), required: false),
    ]

    static let window = [
        Field("window_start", .time), Field("window_end", .time), Field("category", .text),
        Field("order_count", .count), Field("total_quantity", .count),
        Field("total_revenue", .amount), Field("avg_price", .amount, required: false),
        Field("final", .flag),
    ]

    /// The results among a window's fields: what must be equal when a final window comes again.
    static let windowResults = ["order_count", "total_quantity", "total_revenue", "avg_price"]

    /// How far the engine is, by its own account.
    static let progress = [
        Field("batch_id", .count), Field("batch_duration_ms", .amount),
        Field("input_records", .count), Field("backlog", .count),
        Field("backlog_unit", .choice(["bytes", "records"])),
        Field("latest_event_time", .time, required: false),
    ]

    /// What the lab proved.
    static let verification = [
        Field("run_id", .text), Field("state", .choice(["proved", "differs", "unknown"])),
        Field("checked_at", .time), Field("orders", .count),
        Field("batch_id", .count, required: false), Field("text", .text),
    ]

    /// What the monitor reports.
    static let services = [
        Field("overall_status", .choice(["healthy", "partial", "down", "unknown"])),
        Field("services", .named(service)),
        Field("summary", .object(serviceSummary)),
        Field("health", .rows(healthCheck), required: false),
        Field("timestamp", .text, required: false),
    ]

    static let service = [
        Field(
            "status",
            .choice(["running", "stopped", "unresponsive", "not_configured", "unknown"])),
        Field("pid", .count, required: false), Field("cpu_percent", .amount, required: false),
        Field("memory_mb", .amount, required: false), Field("last_check", .text, required: false),
        Field("restarts", .count, required: false), Field("detail", .text, required: false),
    ]

    static let serviceSummary = [
        Field("total_services", .count), Field("running", .count), Field("stopped", .count),
        Field("not_configured", .count, required: false),
        Field("unknown", .count, required: false),
    ]

    static let healthCheck = [
        Field("check", .text), Field("status", .choice(["ok", "warn", "fail", "unknown"])),
        Field("detail", .text, required: false),
    ]

    private static func profile(_ key: String, _ kind: FieldKind) -> [Field] {
        [Field(key, kind), Field("order_count", .count), Field("total_revenue", .amount)]
    }
}

/// The fields of answers; `MessageSchema` has those of the rows in them.
enum AnswerSchema {
    typealias Form = RouteDocument.Form

    static let error = Form(
        name: "Error", text: "Why a request was refused.",
        fields: [
            Field("status", .choice(["error"])), Field("error", .text),
            Field("instance_id", .text),
        ])

    static let written = Form(
        name: "Written", text: "What became of a body.",
        fields: [
            Field("status", .choice(["success", "stale"])), Field("instance_id", .text),
            Field("epoch", .count, required: false), Field("batch_id", .count, required: false),
        ])

    static let refused = Form(
        name: "Refused", text: "A result that contradicts what is held.",
        fields: [
            Field("status", .choice(["fenced", "conflict", "incomplete"])),
            Field("instance_id", .text), Field("epoch", .count), Field("batch_id", .count),
            Field("error", .text),
        ])

    static let epoch = Form(
        name: "Epoch", text: "Which dashboard answers, and the highest epoch it has seen.",
        fields: [Field("instance_id", .text), Field("epoch", .count)])

    static let health = Form(
        name: "Health", text: "Whether the service works.",
        fields: [
            Field("status", .choice(["ok", "failing"])), Field("instance_id", .text),
            Field("epoch", .count), Field("uptime_seconds", .count),
            Field("websocket_clients", .count), Field("error", .text, required: false),
        ])

    static let status = Form(
        name: "Status", text: "One object for scripts.",
        fields: [
            Field("status", .choice(["ok", "failing"])), Field("run_id", .text, nullable: true),
            Field("epoch", .count), Field("batch_id", .count, nullable: true),
            Field("watermark", .time, nullable: true), Field("total_orders", .count),
            Field("orders_per_minute", .count, nullable: true),
            Field("services", .choice(["healthy", "partial", "down", "unknown"])),
            Field("verification", .choice(["proved", "differs", "unknown", "none"])),
            Field("websocket_clients", .count), Field("event_stream_clients", .count),
            Field("socket_io_clients", .count), Field("uptime_seconds", .count),
            Field("instance_id", .text), Field("error", .text, required: false),
        ])

    static let verification = Form(
        name: "Verification", text: "What the lab last proved about the results.",
        fields: verificationFields)

    private static let verificationFields = [
        Field("run_id", .text, nullable: true),
        Field("state", .choice(["proved", "differs", "unknown", "none"])),
        Field("checked_at", .time, nullable: true), Field("orders", .count, nullable: true),
        Field("batch_id", .count, required: false, nullable: true), Field("text", .text),
    ]

    static let services = Form(
        name: "Services", text: "The services, as the monitor last reported them.",
        fields: MessageSchema.services)

    private static let mark = [
        Field("epoch", .count, nullable: true), Field("batch_id", .count, nullable: true),
        Field("watermark", .time, nullable: true), Field("positions", .counted),
    ]

    private static func change(_ name: String, _ kind: FieldKind) -> Field {
        Field(
            name,
            .object([
                Field("current", kind, nullable: true), Field("previous", kind, nullable: true),
                Field("percent", .number, nullable: true),
            ]))
    }

    static let analytics = Form(
        name: "Analytics",
        text: "The results of the run that was written last, as people see them.",
        fields: [
            Field("top_products", .rows(MessageSchema.product)),
            Field("categories", .rows(MessageSchema.category)),
            Field("recent_orders", .rows(MessageSchema.order)),
            Field("windows", .rows(MessageSchema.window)),
            Field(
                "metrics",
                .object(
                    MessageSchema.metrics + [
                        Field("orders_per_minute", .count, nullable: true),
                        Field("revenue_per_minute", .amount, nullable: true),
                    ])),
            Field(
                "history",
                .object([
                    Field("interval_ms", .count),
                    Field(
                        "buckets",
                        .rows([
                            Field("time", .time), Field("orders", .count),
                            Field("revenue", .number), Field("complete", .flag),
                        ])),
                ])),
            Field(
                "changes",
                .object([
                    Field("period_ms", .count), change("orders", .count),
                    change("revenue", .number), change("orders_per_minute", .count),
                    change("average_order_value", .amount),
                ])),
            Field("progress", .object(MessageSchema.progress), nullable: true),
            Field("verification", .object(verificationFields)),
            Field("services", .object(MessageSchema.services)),
            Field("run_id", .text, nullable: true),
            Field(
                "queries",
                .object(
                    QueryName.allCases.map { Field($0.rawValue, .object(mark), required: false) })),
            Field("last_update", .time, nullable: true), Field("server_time", .time),
            Field("instance_id", .text),
        ] + mark)

    static let published = Form(
        name: "Published", text: "Everything accepted of a run, digit for digit.",
        fields: [
            Field("instance_id", .text), Field("epoch", .count), Field("run_id", .text),
            Field(
                "queries",
                .object(
                    [QueryName.topProducts, .categories, .rawOrders].map {
                        Field(
                            $0.rawValue,
                            .object(MessageSchema.body($0) + MessageSchema.envelope($0)),
                            required: false)
                    })),
            Field(
                "windows",
                .object(
                    mark + [
                        Field("finals_through", .object(mark), nullable: true),
                        Field("open", .rows(MessageSchema.window)),
                        Field(
                            "final", .rows(MessageSchema.window + [Field("batch_id", .count)])),
                    ])),
            Field(
                "acceptances",
                .rows([
                    Field("query", .choice(QueryName.allCases.map(\.rawValue))),
                    Field("mode", .choice(["complete", "update", "append"])),
                    Field("epoch", .count), Field("batch_id", .count),
                ])),
        ]
            + ["acceptances_dropped", "finals_dropped", "stale", "fenced", "conflicts"].map {
                Field($0, .count)
            })
}

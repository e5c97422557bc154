import ASEEDSystem

/// Records as the simulator and other producers write them.
enum SampleOrders {
    /// A usual order; `number` varies all of its values.
    static func line(number: Int) -> [UInt8] {
        var random = SeededRandom(UInt64(number))
        return line(&random, number: number)
    }

    /// A usual order with random values, its time within one hour.
    static func line(_ random: inout SeededRandom, number: Int) -> [UInt8] {
        order(&random, number: number, time: time(&random))
    }

    /// A usual order at an event time.
    static func order(_ random: inout SeededRandom, number: Int, timeUs: Int64) -> [UInt8] {
        order(&random, number: number, time: TimeText.local(timeUs))
    }

    private static func order(
        _ random: inout SeededRandom, number: Int, time: String
    ) -> [UInt8] {
        let product = random.below(40)
        let cents = 1 + random.below(99_999)
        let price = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
        return Array(
            """
            {"order_id": "ORD-\(100_000 + number)", "product_id": "PROD-\(100 + product)", \
            "product_name": "Product number \(product)", "category": "\(category(product))", \
            "price": \(price), "quantity": \(1 + random.below(9)), "timestamp": \
            "\(time)"}
            """.utf8)
    }

    /// Orders in other shapes: key orders, separators, extra fields, number and time formats.
    static func odd(_ random: inout SeededRandom, number: Int) -> [UInt8] {
        let product = random.below(40)
        var fields = [
            "\"order_id\": \"\(orderID(&random, number))\"",
            "\"product_id\": \"PROD-\(100 + product)\"",
            "\"product_name\": \"\(["Café", "Caf\\u00e9", "Lamp", "Ünder"][product % 4]) \(product)\"",
            "\"category\": \"\([category(product), category(product).lowercased()][random.below(2)])\"",
            "\"price\": \(["5", "0.5", "19.99", "1.999e1", "1234567.8901", "12.50000", "99999999.9999", "1e400", "-1"][random.below(9)])",
            "\"quantity\": \(["1", "2.0", "3e0", "1000000", "1000001", "10", "07"][random.below(7)])",
            "\"timestamp\": \"\(oddTime(&random))\"",
        ]
        if random.below(2) == 0 {
            fields.append("\"customer\": \"C-\(random.below(1000))\"")
            fields.append("\"score\": \(random.below(2) == 0 ? "-1.5e3" : "0")")
            fields.append("\"nested\": {\"a\": \"x\", \"b\": [1, true, null]}")
        }
        switch random.below(3) {
        case 0: fields.swapAt(random.below(fields.count), random.below(fields.count))
        case 1: fields.reverse()
        default: break
        }
        let separator = random.below(2) == 0 ? ", " : ","
        return Array("{\(fields.joined(separator: separator))}".utf8)
    }

    private static func category(_ product: Int) -> String {
        ["Books", "Home & Kitchen", "Electronics", "Toys"][product % 4]
    }

    private static func orderID(_ random: inout SeededRandom, _ number: Int) -> String {
        switch random.below(4) {
        case 0: "3f2b8c1e-9a47-4d55-8e21-0000\(10_000_000 + number)"
        case 1: "\(number)"
        case 2: String(repeating: "x", count: random.below(300))
        default: "ORD-\(number)"
        }
    }

    private static func time(_ random: inout SeededRandom) -> String {
        "2024-01-15T14:\(padded(random.below(60), 2)):\(padded(random.below(60), 2))."
            + padded(random.below(1_000_000), 6)
    }

    private static func oddTime(_ random: inout SeededRandom) -> String {
        let base = "2024-01-15T14:\(padded(random.below(60), 2)):\(padded(random.below(61), 2))"
        let fraction = ["", ".1", ".123", ".123456", ".123456789", ".1234567890"]
        let zone = ["", "Z", "+02:00", "-0330", "+18", "+18:01"]
        return base + fraction[random.below(6)] + zone[random.below(6)]
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

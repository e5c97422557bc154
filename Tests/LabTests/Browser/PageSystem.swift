import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// A dashboard and an engine over an order log, as real processes, in a folder of their own.
final class PageSystem {
    private let folder: TemporaryFolder
    private let group = ServiceGroup()
    private let log: RawFile
    private var engine: ServiceProcess?
    private var dashboard: ServiceProcess?
    private(set) var port = 0
    private let token: String

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts the dashboard.
    init() throws {
        folder = try TemporaryFolder()
        try #require(mkdir("\(folder.path)/orders", 0o755) == 0)
        log = try RawFile("\(folder.path)/orders/partition-0.jsonl")
        token = try TokenFile.readOrMake("\(folder.path)/token")
        try startDashboard()
    }

    deinit { group.killAll() }

    private func lab(_ name: String, _ words: [String]) throws -> ServiceProcess {
        let program = try #require(LabBinary.path, "the binary `lab` is built beside the tests")
        return try group.start(
            ServiceLaunch(
                name: name, program: program, words: words, logFolder: folder.path, direct: true))
    }

    /// Starts the dashboard, on its port of before.
    func startDashboard() throws {
        let process = try lab(
            "dashboard",
            [
                "dashboard", "--port", String(port), "--data", "\(folder.path)/dashboard",
                "--token-file", "\(folder.path)/token",
            ])
        dashboard = process
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        while process.isRunning, SystemClock.monotonicNs() < deadlineNs {
            for case .line("dashboard", let text) in group.events.takeAll(deadlineNs: deadlineNs) {
                if let ready = try JSONParser.parse(text)["port"]?.integer {
                    port = Int(ready)
                    return
                }
            }
        }
        throw BrowserError("the dashboard did not start: \(process.lastLogLines())")
    }

    /// Sends the dashboard a signal.
    func signalDashboard(_ number: Int32) throws { try #require(dashboard).signal(number) }

    /// Kills the dashboard and waits for its end.
    func killDashboard() throws {
        let process = try #require(dashboard)
        process.signal(SIGKILL)
        let deadlineNs = SystemClock.monotonicNs() + 10_000_000_000
        while process.isRunning, SystemClock.monotonicNs() < deadlineNs {
            _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 20_000_000)
        }
        try #require(!process.isRunning)
    }

    /// Starts the engine; it follows the log from here on.
    func startEngine() throws {
        engine = try lab(
            "engine",
            [
                "engine", "--log", "\(folder.path)/orders", "--checkpoint", "\(folder.path)/state",
                "--trigger", "100ms", "--run-id", "page-test", "--dashboard", url, "--token-file",
                "\(folder.path)/token",
            ])
    }

    /// Appends lines to the log.
    func append(_ lines: [String]) { log.append(lines.map { $0 + "\n" }.joined()) }

    /// GET as JSON with exact digits.
    func get(_ path: String) throws -> JSONValue {
        try JSONParser.parse(HTTPClient().send(HTTPRequest("GET", url + path)).body)
    }

    /// POST of JSON, with the token.
    func post(_ path: String, _ body: String) throws {
        let response = try HTTPClient().send(
            HTTPRequest(
                "POST", url + path,
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("Authorization", "Bearer \(token)"),
                ], body: Array(body.utf8)))
        try #require(response.status == 200, "\(response.text)")
    }

    /// Waits until all results on the dashboard hold so many orders, none of them late.
    func awaitOrders(_ number: Int64) throws -> JSONValue {
        let deadlineNs = SystemClock.monotonicNs() + 60_000_000_000
        while SystemClock.monotonicNs() < deadlineNs {
            let analytics = try get("/api/analytics")
            let windows = (analytics["windows"]?.elements ?? []).reduce(into: Int64(0)) {
                $0 += $1["order_count"]?.integer ?? 0
            }
            let batches = ["top_products", "categories", "raw_orders"].map {
                analytics["queries"]?[$0]?["batch_id"]?.integer
            }
            if analytics["metrics"]?["total_orders"]?.integer == number, windows == number,
                Set(batches).count == 1
            {
                return analytics
            }
            _ = group.events.takeAll(deadlineNs: SystemClock.monotonicNs() + 20_000_000)
        }
        throw BrowserError(
            "\(number) orders were not published within a minute: \(engine?.lastLogLines() ?? [])")
    }
}

/// Lines of an order log.
enum PageOrders {
    /// An order with a text of its own in each of its strings.
    static func line(
        _ index: Int, product: String = "Smart Watch", category: String = "Electronics",
        price: String = "19.99", quantity: Int = 1
    ) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("order_id", "ORD-\(index)")
            json.member("product_id", "PROD-\(product.utf8.count)-\(product.prefix(3))")
            json.member("product_name", product)
            json.member("category", category)
            json.member("price", number: price)
            json.member("quantity", quantity)
            let minute = index / 60 % 60
            json.member(
                "timestamp", "2024-01-15T14:\(twoDigits(minute)):\(twoDigits(index % 60)).250000")
        }
        return json.text
    }

    /// A shop's orders: ten products in five categories, some of them large, two that are rejected.
    static func mixed(_ count: Int) -> [String] {
        let categories = ["Electronics", "Books", "Garden", "Home & Kitchen", "Toys"]
        let prices = ["19.99", "0.0001", "1234567.89", "5.5000", "99999999.9999"]
        return (0..<count).map { index in
            line(
                index, product: "Product \(index * index % 10)",
                category: categories[index * index % 5], price: prices[index * index % 5],
                quantity: index % 7 * 100_000 + 1)
        } + ["no JSON", line(count, price: "-1")]
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}

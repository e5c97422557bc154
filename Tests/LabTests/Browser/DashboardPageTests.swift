import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// The dashboard's page in a real browser, fed by a real engine.
@Suite(
    .serialized,
    .enabled(
        if: WebDriver.isAvailable,
        "no chromium and chromedriver on PATH; apt-get install chromium chromium-driver"),
    .timeLimit(.minutes(15)))
struct DashboardPageTests {
    let system: PageSystem
    let browser: WebDriver

    init() throws {
        system = try PageSystem()
        browser = try WebDriver()
        try browser.resize(1_280, 900)
    }

    /// Opens the page over so many orders, and waits until it shows them.
    private func open(_ lines: [String], valid: Int) throws -> JSONValue {
        system.append(lines)
        try system.startEngine()
        let analytics = try system.awaitOrders(Int64(valid))
        try browser.open(system.url)
        try waitForOrders(valid)
        return analytics
    }

    private func waitForOrders(_ number: Int) throws {
        try browser.wait(
            "document.getElementById('kpi-orders').textContent === "
                + "'\(PageText.grouped(String(number)))' "
                + "&& document.getElementById('categories-rows').children.length > 0")
    }

    private func text(_ id: String) throws -> String {
        try browser.value("document.getElementById('\(id)').textContent").string ?? ""
    }

    /// The texts of a table's cells, row by row.
    private func cells(_ id: String) throws -> [[String]] {
        let rows = try browser.value(
            "[...document.getElementById('\(id)').rows].map((row) => "
                + "[...row.cells].map((cell) => cell.textContent))")
        return (rows.elements ?? []).map { ($0.elements ?? []).map { $0.string ?? "" } }
    }

    private func expectNoComplaints() throws {
        let complaints = try browser.complaints()
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test func showsTheNumbersOfTheAPI() throws {
        let analytics = try open(PageOrders.mixed(500), valid: 500)
        let metrics = try #require(analytics["metrics"])
        let revenue = try #require(metrics["total_revenue"]?.numberText)
        // More digits than a double holds.
        #expect(revenue.count > 16)
        #expect(try text("kpi-revenue") == PageText.money(revenue))
        #expect(try text("rejected") == "2")
        #expect(try text("records") == "502")
        let products = try #require(analytics["top_products"]?.elements)
        #expect(
            try cells("products-rows")
                == products.map {
                    [
                        $0["product_name"]?.string ?? "",
                        PageText.grouped($0["order_count"]?.numberText ?? ""),
                        PageText.money($0["total_revenue"]?.numberText ?? ""),
                    ]
                })
        let categories = try #require(analytics["categories"]?.elements)
        let shown = try cells("categories-rows")
        #expect(shown.map { $0[0] } == categories.map { $0["category"]?.string })
        #expect(
            shown.map { $0[2] }
                == categories.map { PageText.money($0["total_revenue"]?.numberText ?? "") })
        try expectLatestOrders(analytics)
        try expectNoComplaints()
    }

    /// Newest first by event time, whatever their order in the log.
    private func expectLatestOrders(_ analytics: JSONValue) throws {
        let orders = try #require(analytics["recent_orders"]?.elements)
        let shown = try cells("orders-rows")
        #expect(shown.count == 20)
        #expect(Set(shown.map { $0[1] }) == Set(orders.map { $0["order_id"]?.string }))
        let times = shown.map { $0[0] }
        #expect(times == times.sorted(by: >))
        let first = try #require(orders.first { $0["order_id"]?.string == shown[0][1] })
        #expect(shown[0][5] == PageText.money(first["price"]?.numberText ?? ""))
        #expect(shown[0][6] == PageText.money(first["total_value"]?.numberText ?? ""))
    }

    @Test func showsWindowsAsATableToo() throws {
        let analytics = try open(PageOrders.mixed(130), valid: 130)
        try browser.run("document.getElementById('windows-rows').closest('details').open = true")
        try browser.wait("document.getElementById('windows-rows').rows.length > 0")
        let windows = try #require(analytics["windows"]?.elements)
        let shown = try cells("windows-rows")
        #expect(shown.count == windows.count)
        #expect(
            Set(shown.map { $0[1...].joined(separator: "|") + $0[0].prefix(5) })
                == Set(
                    windows.map { window in
                        [
                            window["category"]?.string ?? "",
                            PageText.grouped(window["order_count"]?.numberText ?? ""),
                            PageText.money(window["total_revenue"]?.numberText ?? ""),
                            window["final"]?.bool == true ? "final" : "open",
                        ].joined(separator: "|")
                            + (window["window_start"]?.string ?? "").dropFirst(11).prefix(5)
                    }))
        try expectNoComplaints()
    }

    @Test func updatesLive() throws {
        _ = try open([PageOrders.line(0)], valid: 1)
        try browser.run("window.sameDocument = true")
        system.append((1...41).map { PageOrders.line($0, product: "Newcomer") })
        try waitForOrders(42)
        #expect(try browser.value("window.sameDocument").bool == true)
        try browser.wait(
            "document.getElementById('products-rows').textContent.includes('Newcomer')")
        #expect(try text("connection-text") == "Live")
        try expectNoComplaints()
    }

    @Test func survivesARestartOfTheDashboard() throws {
        _ = try open([PageOrders.line(0)], valid: 1)
        try browser.run("window.sameDocument = true")
        try expectNoComplaints()
        try system.killDashboard()
        try browser.wait(
            "document.getElementById('connection-text').textContent.startsWith('Reconnecting')")
        #expect(try browser.value("document.getElementById('stale').hidden").bool == false)
        #expect(try text("stale-text").contains("stale"))
        #expect(try text("kpi-orders") == "1")
        #expect(try text("announcer").contains("lost"))
        system.append((1...9).map { PageOrders.line($0) })
        try system.startDashboard()
        try waitForOrders(10)
        try browser.wait("document.getElementById('connection-text').textContent === 'Live'")
        #expect(try browser.value("document.getElementById('stale').hidden").bool == true)
        #expect(try text("announcer").contains("again"))
        #expect(try browser.value("window.sameDocument").bool == true)
        // A browser tells each refused connection; nothing else may be said.
        let others = try browser.complaints().filter { $0.source != "network" }
        #expect(others.isEmpty, "\(others)")
    }

    @Test func noticesADashboardThatHangs() throws {
        _ = try open([PageOrders.line(0)], valid: 1)
        try system.signalDashboard(SIGSTOP)
        try browser.wait("!document.getElementById('stale').hidden", seconds: 40)
        #expect(try text("connection-text").hasPrefix("Reconnecting"))
        try system.signalDashboard(SIGCONT)
        try browser.wait(
            "document.getElementById('connection-text').textContent.startsWith('Live')", seconds: 40
        )
        #expect(try browser.value("document.getElementById('stale').hidden").bool == true)
        let others = try browser.complaints().filter { $0.source != "network" }
        #expect(others.isEmpty, "\(others)")
    }

    @Test func followsTheRunThatIsWrittenLast() throws {
        _ = try open([PageOrders.line(0)], valid: 1)
        #expect(try text("run-id") == "page-test")
        let row =
            #"{"category":"Antiques","total_orders":3,"total_revenue":9007199254740993.12}"#
        try system.post(
            "/api/categories",
            """
            {"categories":[\(row)],"run_id":"another","epoch":1,"batch_id":0,"query":"categories",\
            "mode":"complete","watermark":null,"positions":[1]}
            """)
        try browser.wait("document.getElementById('run-id').textContent === 'another'")
        try browser.wait(
            "document.getElementById('categories-rows').textContent.includes('Antiques')")
        // More than 2^53: as a double it would end in another digit.
        #expect(try cells("categories-rows")[0][2] == "9,007,199,254,740,993.12")
        #expect(try text("kpi-orders") == "0")
        try expectNoComplaints()
    }

    @Test func showsHostileNamesAsText() throws {
        let names = [
            "<img src=x onerror=\"window.hacked=1\">", "</td><script>window.hacked=2</script>",
            "\u{202e}drawkcab\u{2066}", String(repeating: "W", count: 256), "👩‍🚀 rocket 🚀 ​",
            "{{constructor.constructor('window.hacked=3')()}}", "'\"`&lt;&amp;",
        ]
        let lines = names.enumerated().map { index, name in
            PageOrders.line(index, product: name, category: name)
        }
        let analytics = try open(lines, valid: names.count)
        try browser.resize(360, 740)
        #expect(
            try Set(cells("products-rows").map { $0[0] })
                == Set(
                    (analytics["top_products"]?.elements ?? []).map { $0["product_name"]?.string }))
        #expect(
            try Set(cells("categories-rows").map { $0[0] })
                == Set((analytics["categories"]?.elements ?? []).map { $0["category"]?.string }))
        try browser.wait("document.getElementById('orders-rows').rows.length === \(names.count)")
        #expect(try browser.value("window.hacked === undefined").bool == true)
        #expect(
            try browser.value("document.querySelectorAll('main img, main script').length").integer
                == 0)
        #expect(try overflow() <= 0)
        try expectNoComplaints()
    }

    private func overflow() throws -> Int64 {
        try browser.value("document.documentElement.scrollWidth - window.innerWidth").integer
            ?? .max
    }

    /// What sticks out of the window, for messages.
    private func wide() throws -> JSONValue {
        try browser.value(
            "[...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() "
                + "&& !element.closest('.scroll') && element.getBoundingClientRect().right > "
                + "window.innerWidth + 0.5).map((element) => element.outerHTML.slice(0, 120))")
    }

    @Test func fitsEveryWidth() throws {
        _ = try open(PageOrders.mixed(300), valid: 300)
        for width in [320, 360, 414, 768, 1_024, 1_280, 1_600, 1_920] {
            try browser.resize(width, 800)
            try browser.wait("window.innerWidth === \(width)")
            let sticking = try wide()
            #expect(try overflow() <= 0, "at \(width) px: \(sticking)")
            let cut = try browser.value(
                "[...document.querySelectorAll('.kpi-value, .pill, .strip dd')].filter((element) => "
                    + "element.scrollWidth > element.clientWidth + 1).map((element) => element.id)")
            #expect(cut.elements?.isEmpty == true, "cut off at \(width) px: \(cut)")
        }
        try browser.run("document.getElementById('services-button').click()")
        try browser.resize(320, 600)
        try browser.wait("window.innerWidth === 320")
        #expect(try overflow() <= 0)
        try expectNoComplaints()
    }

    @Test func keyboardOpensAndClosesTheServices() throws {
        try browser.open(system.url)
        try browser.wait("document.getElementById('services-list').children.length === 5")
        try browser.press(.tab)
        #expect(try browser.value("document.activeElement.className").string == "skip")
        var steps = 0
        while try browser.value("document.activeElement.id").string != "services-button", steps < 20
        {
            try browser.press(.tab)
            steps += 1
        }
        try browser.press(.enter)
        try browser.wait("document.getElementById('services').open")
        #expect(
            try browser.value("document.activeElement.closest('dialog')?.id").string == "services")
        #expect(try text("services-list").contains("Order simulator"))
        try browser.press(.escape)
        try browser.wait("!document.getElementById('services').open")
        #expect(try browser.value("document.activeElement.id").string == "services-button")
        try expectNoComplaints()
    }
}

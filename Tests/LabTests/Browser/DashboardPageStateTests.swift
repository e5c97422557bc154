import ASEEDSystem
import Testing

@testable import Lab

/// What the page says of verification, services, themes and of nothing at all.
@Suite(
    .serialized,
    .enabled(
        if: WebDriver.isAvailable,
        "no chromium and chromedriver on PATH; apt-get install chromium chromium-driver"),
    .timeLimit(.minutes(15)))
struct DashboardPageStateTests {
    let system: PageSystem
    let browser: WebDriver

    init() throws {
        system = try PageSystem()
        browser = try WebDriver()
        try browser.resize(1_280, 900)
    }

    private func open(valid: Int) throws {
        system.append(PageOrders.mixed(valid))
        try system.startEngine()
        _ = try system.awaitOrders(Int64(valid))
        try browser.open(system.url)
        try browser.wait("document.getElementById('kpi-orders').textContent === '\(valid)'")
    }

    private func text(_ id: String) throws -> String {
        try browser.value("document.getElementById('\(id)').textContent").string ?? ""
    }

    private func expectNoComplaints() throws {
        let complaints = try browser.complaints()
        #expect(complaints.isEmpty, "\(complaints)")
    }

    @Test func saysThatNothingWasPublished() throws {
        try browser.open(system.url)
        try browser.wait("document.getElementById('connection-text').textContent === 'Connected'")
        // The snapshot comes after the connection.
        try browser.wait("document.getElementById('kpi-orders').textContent === '0'")
        #expect(try browser.value("document.getElementById('no-run').hidden").bool == false)
        #expect(try text("no-run").contains(system.url))
        #expect(try text("light-text") == "Not verified")
        let waiting = try browser.value(
            "[...document.querySelectorAll('.empty')].filter((part) => part.checkVisibility()).length"
        )
        #expect(waiting.integer == 7)
        try expectNoComplaints()
    }

    @Test func showsWhatWasProved() throws {
        try open(valid: 40)
        #expect(try text("light-text") == "Not verified")
        let post = { (run: String, state: String) in
            try self.system.post(
                "/api/verification",
                """
                {"run_id":"\(run)","state":"\(state)","checked_at":"2024-01-15T14:30:00.123456Z",\
                "orders":40,"batch_id":1,"text":"PROD-7 has <b>one</b> order more"}
                """)
        }
        try post("page-test", "proved")
        try browser.wait("document.getElementById('light').dataset.level === 'ok'")
        #expect(try text("light-text").hasPrefix("Proved"))
        #expect(try browser.value("document.getElementById('differs').hidden").bool == true)
        try post("page-test", "differs")
        try browser.wait("document.getElementById('light').dataset.level === 'fail'")
        #expect(try text("light-text").hasPrefix("Differs"))
        #expect(try text("differs").contains("PROD-7 has <b>one</b> order more"))
        // A proof of another run says nothing about these figures.
        try post("another-run", "proved")
        try browser.wait("document.getElementById('light').dataset.level === 'none'")
        #expect(try text("proof").contains("another-run"))
        try expectNoComplaints()
    }

    @Test func showsTheServices() throws {
        try browser.open(system.url)
        try browser.wait("document.getElementById('services-text').textContent === 'unknown'")
        let now = UTCTime.now()
        let service = { (name: String, status: String, pid: String) in
            """
            "\(name)":{"status":"\(status)","pid":\(pid),"cpu_percent":12.5,"memory_mb":402.9,\
            "last_check":"\(now)","restarts":3,"detail":"answers in 0.8 ms"}
            """
        }
        try system.post(
            "/api/services",
            """
            {"overall_status":"partial","services":{\(service("zookeeper", "not_configured", "null")),\
            \(service("kafka", "running", "2167942")),\(service("order_simulator", "stopped", "null")),\
            \(service("data_analyzer", "unresponsive", "77")),\(service("dashboard", "running", "78"))},\
            "summary":{"total_services":5,"running":2,"stopped":1,"not_configured":1},\
            "health":[{"check":"broker","status":"ok","detail":"answers"}],"timestamp":"\(now)"}
            """)
        try browser.wait("document.getElementById('services-text').textContent === 'partial'")
        try browser.run("document.getElementById('services-button').click()")
        try browser.wait("document.getElementById('services').open")
        let cards = try browser.value(
            "[...document.querySelectorAll('#services-list > li')].map((card) => card.innerText)")
        let texts = (cards.elements ?? []).map { $0.string ?? "" }
        #expect(texts.count == 5)
        for (card, parts) in zip(
            texts,
            [
                ["ZooKeeper", "Not configured"],
                ["Kafka", "Running", "2167942", "12.5 %", "402.9 MB", "3"],
                ["Order simulator", "Stopped"], ["Data analyzer", "Unresponsive", "77"],
                ["Dashboard", "Running", "78"],
            ])
        {
            for part in parts { #expect(card.contains(part), "\(part) in \(card)") }
        }
        #expect(try text("services-summary").contains("2 of 5 running"))
        #expect(try text("health-list").contains("Answers."))
        try expectNoComplaints()
    }

    @Test func remembersTheTheme() throws {
        try browser.open(system.url)
        let ground = "getComputedStyle(document.body).backgroundColor"
        let light = try browser.value(ground).string
        try browser.run("document.getElementById('theme-button').click()")
        let dark = try browser.value(ground).string
        #expect(dark != light)
        try browser.reload()
        #expect(try browser.value(ground).string == dark)
        try browser.run("localStorage.clear()")
        try browser.devTools(
            "Emulation.setEmulatedMedia",
            #"{"features":[{"name":"prefers-color-scheme","value":"dark"}]}"#)
        try browser.reload()
        #expect(try browser.value(ground).string == dark)
        #expect(
            try browser.value("document.documentElement.dataset.theme === undefined").bool == true)
        try expectNoComplaints()
    }

    @Test(arguments: ["light", "dark"])
    func isAccessible(theme: String) throws {
        try open(valid: 60)
        try browser.devTools(
            "Emulation.setEmulatedMedia",
            #"{"features":[{"name":"prefers-color-scheme","value":"\#(theme)"}]}"#)
        for state in ["live", "dialog", "stale"] {
            switch state {
            case "dialog":
                try browser.run(
                    "document.querySelectorAll('details').forEach((part) => { part.open = true; });"
                        + "document.getElementById('services-button').click();")
                try browser.wait("document.getElementById('windows-rows').rows.length > 0")
            case "stale":
                try browser.run("document.getElementById('services').close()")
                try system.killDashboard()
                try browser.wait("!document.getElementById('stale').hidden")
            default: break
            }
            let result = try browser.run(AccessibilityAudit.script)
            // Fewer texts would mean that nothing was looked at.
            #expect(result["texts"]?.integer ?? 0 > 80)
            let found = (result["found"]?.elements ?? []).compactMap(\.string)
            #expect(found.isEmpty, "\(theme), \(state): \(found.joined(separator: "\n"))")
        }
    }

    @Test func worksWithoutCharts() throws {
        try browser.devTools("Network.enable", "{}")
        try browser.devTools("Network.setBlockedURLs", #"{"urls":["*chart.min.js"]}"#)
        try open(valid: 50)
        try browser.wait("document.getElementById('throughput-rows').rows.length > 0")
        try browser.wait("document.getElementById('windows-rows').rows.length > 0")
        #expect(
            try browser.value("document.getElementById('windows').checkVisibility()").bool == false)
        let others = try browser.complaints().filter { $0.source != "network" }
        #expect(others.isEmpty, "\(others)")
    }
}

/// The time of day in the API's form.
enum UTCTime {
    static func now() -> String { TimeText.iso(SystemClock.wallNs() / 1_000) }
}

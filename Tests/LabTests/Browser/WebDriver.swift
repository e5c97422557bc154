import ASEEDSystem
import Testing

@testable import Lab

/// What went wrong between a test and its browser.
struct BrowserError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// A session with headless Chromium over the WebDriver protocol (W3C), by a chromedriver of its own.
///
/// The browser ends with this object: its session is closed, and whatever is left is killed.
final class WebDriver {
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"
    private let folder: TemporaryFolder
    private let group = ServiceGroup()
    private let client: HTTPClient
    private let base: String
    private let session: String

    /// The programs, where both are installed.
    static let programs: (driver: String, browser: String)? = {
        guard let driver = SearchPath.find("chromedriver"),
            let browser = SearchPath.find("chromium") ?? SearchPath.find("google-chrome")
        else { return nil }
        return (driver, browser)
    }()

    static let isAvailable = programs != nil

    init() throws {
        guard let programs = Self.programs else { throw BrowserError("there is no chromium") }
        folder = try TemporaryFolder()
        let driver = try group.start(
            ServiceLaunch(
                name: "chromedriver", program: programs.driver, words: ["--port=0"],
                logFolder: folder.path, direct: true))
        let port = try Self.port(group, driver)
        var configuration = HTTPClient.Configuration()
        configuration.timeoutMs = 90_000
        client = try HTTPClient(configuration: configuration)
        base = "http://127.0.0.1:\(port)"
        session = try Self.open(client, base, programs.browser, profile: "\(folder.path)/profile")
    }

    deinit {
        do { try call("DELETE", "") } catch { Issue.record("the browser was not closed: \(error)") }
        group.stopAll(graceMs: 5_000)
    }

    /// Waits for the line in which chromedriver says its port.
    private static func port(_ group: ServiceGroup, _ driver: ServiceProcess) throws -> Int {
        let deadlineNs = SystemClock.monotonicNs() + 30_000_000_000
        while SystemClock.monotonicNs() < deadlineNs, driver.isRunning {
            for event in group.events.takeAll(deadlineNs: deadlineNs) {
                guard case .line(_, let text) = event, text.contains("started successfully") else {
                    continue
                }
                let digits = text.split { !$0.isASCII || !$0.isNumber }
                if let port = digits.last.flatMap({ Int($0) }) { return port }
            }
        }
        throw BrowserError("chromedriver did not start: \(driver.lastLogLines())")
    }

    private static func open(
        _ client: HTTPClient, _ base: String, _ browser: String, profile: String
    ) throws -> String {
        // Test machines often run as root, where Chromium has no sandbox.
        let words = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--force-device-scale-factor=1", "--user-data-dir=\(profile)",
            "--disable-background-networking", "--no-first-run",
        ]
        var json = JSONWriter()
        json.object { json in
            json.name("capabilities")
            json.object { json in
                json.name("alwaysMatch")
                json.object { json in
                    json.name("goog:chromeOptions")
                    json.object { json in
                        json.member("binary", browser)
                        json.name("args")
                        json.array { json in for word in words { json.string(word) } }
                    }
                    json.name("goog:loggingPrefs")
                    json.object { json in json.member("browser", "ALL") }
                }
            }
        }
        let answer = try send(client, "POST", base + "/session", json.bytes)
        guard let id = answer["sessionId"]?.string else {
            throw BrowserError("no session: \(answer)")
        }
        return id
    }

    private static func send(
        _ client: HTTPClient, _ method: String, _ url: String, _ body: [UInt8]?
    ) throws -> JSONValue {
        let response = try client.send(
            HTTPRequest(
                method, url, headers: [HTTPHeader("Content-Type", "application/json")], body: body))
        let value = try JSONParser.parse(response.body)["value"]
        guard response.status == 200, let value else {
            let reason = value?["message"]?.string ?? response.text
            throw BrowserError("\(method) \(url): \(reason)")
        }
        return value
    }

    /// One command of this session.
    @discardableResult
    func call(_ method: String, _ path: String, _ body: String? = nil) throws -> JSONValue {
        try Self.send(
            client, method, "\(base)/session/\(session)\(path)", body.map { Array($0.utf8) })
    }

    /// Loads a page.
    func open(_ url: String) throws { try call("POST", "/url", #"{"url":"\#(url)"}"#) }

    /// Loads the page again.
    func reload() throws { try call("POST", "/refresh", "{}") }

    /// The value of a JavaScript expression.
    func value(_ expression: String) throws -> JSONValue {
        try run("return (\(expression));")
    }

    /// Runs a JavaScript function body.
    @discardableResult
    func run(_ script: String) throws -> JSONValue {
        try call("POST", "/execute/sync", Self.script(script))
    }

    private static func script(_ text: String) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("script", text)
            json.name("args")
            json.array { _ in }
        }
        return json.text
    }

    /// Waits in the page until an expression holds.
    func wait(
        _ expression: String, seconds: Int = 30,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try call("POST", "/timeouts", #"{"script":\#((seconds + 5) * 1_000)}"#)
        let held = try call(
            "POST", "/execute/async",
            Self.script(
                """
                const done = arguments[arguments.length - 1];
                const end = performance.now() + \(seconds * 1_000);
                const look = () => {
                    let holds = false;
                    try { holds = Boolean(\(expression)); } catch { holds = false; }
                    if (holds || performance.now() > end) done(holds);
                    else setTimeout(look, 20);
                };
                look();
                """))
        guard held.bool == true else {
            let page = try value("document.body.innerText").string ?? ""
            throw BrowserError(
                "\(sourceLocation): not within \(seconds) s: \(expression); the page says: \(page)")
        }
    }

    /// Makes the page so many CSS pixels large.
    func resize(_ width: Int, _ height: Int) throws {
        try devTools(
            "Emulation.setDeviceMetricsOverride",
            #"{"width":\#(width),"height":\#(height),"deviceScaleFactor":1,"mobile":false}"#)
    }

    /// A command of Chromium's own protocol.
    @discardableResult
    func devTools(_ command: String, _ parameters: String) throws -> JSONValue {
        try call("POST", "/goog/cdp/execute", #"{"cmd":"\#(command)","params":\#(parameters)}"#)
    }

    /// Presses and releases a key, such as `Key.tab`.
    func press(_ key: Key) throws {
        let text = "\"\\u\(key.rawValue)\""
        try call(
            "POST", "/actions",
            """
            {"actions":[{"type":"key","id":"keyboard","actions":[
            {"type":"keyDown","value":\(text)},{"type":"keyUp","value":\(text)}]}]}
            """)
    }

    /// Keys by their WebDriver code points.
    enum Key: String {
        case tab = "E004"
        case enter = "E007"
        case escape = "E00C"
    }

    /// What was written to the console since the last call, warnings and errors alone.
    func complaints() throws -> [(source: String, text: String)] {
        let entries = try call("POST", "/se/log", #"{"type":"browser"}"#).elements ?? []
        return entries.compactMap { entry in
            guard let level = entry["level"]?.string, level == "SEVERE" || level == "WARNING" else {
                return nil
            }
            return (entry["source"]?.string ?? "", entry["message"]?.string ?? "")
        }
    }
}

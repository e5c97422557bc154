import Testing

@testable import ASEEDSystem

@Suite struct StaticFilesTests {
    private func head(_ path: String, ifNoneMatch: String? = nil) -> HTTPRequestHead {
        var head = HTTPRequestHead(method: "GET", path: path)
        head.ifNoneMatch = ifNoneMatch
        return head
    }

    private func text(_ files: StaticFiles, _ path: String) throws -> String {
        String(decoding: try #require(files.reply(head(path))).body, as: UTF8.self)
    }

    /// A package's file that is nowhere.
    private func absent(_ url: String, _ package: String) -> StaticFiles.PackageFile {
        StaticFiles.PackageFile(
            url: url, contentType: StaticFiles.script, package: package,
            paths: ["/nowhere/file", "/", "/dev/zero"])
    }

    @Test func holdsEverythingThePageLoads() throws {
        let files = StaticFiles(packageFiles: [])
        var names: Set<String> = []
        for path in ["/"] + PageFiles.all.map({ "/static/" + $0.name }) {
            let parts = try text(files, path).split(separator: "\"")
            for part in parts where part.hasPrefix("/static/") { names.insert(String(part)) }
            for part in parts where part.hasPrefix("./") && part.hasSuffix(".js") {
                names.insert("/static/" + part.dropFirst(2))
            }
        }
        let packages = Set(StaticFiles.packageFiles.map(\.url))
        #expect(packages.isSubset(of: names))
        #expect(names.count > 10)
        for name in names.subtracting(packages) {
            #expect(files.routes(at: name) != nil, "\(name)")
        }
    }

    @Test(arguments: [
        "/static", "/static/", "/static/../", "/static/page.css/", "/static//page.css",
        "/Static/page.css", "/static/PAGE.CSS", "/static/%70age.css", "/static/index.html",
        "/static/../../etc/passwd", "/etc/passwd", "",
    ])
    func servesNothingElse(path: String) { #expect(StaticFiles().routes(at: path) == nil) }

    @Test func doesWithoutAPackageAndSaysSo() throws {
        let files = StaticFiles(packageFiles: [
            absent("/static/chart.min.js", "libjs-chart.js"),
            absent("/static/bootstrap.min.css", "libjs-bootstrap5"),
        ])
        #expect(files.missingPackages == ["libjs-chart.js", "libjs-bootstrap5"])
        #expect(files.routes(at: "/static/chart.min.js") == nil)
        let page = try text(files, "/")
        #expect(!page.contains("chart.min.js"))
        #expect(!page.contains("bootstrap.min.css"))
        #expect(page.contains("content=\"libjs-chart.js libjs-bootstrap5\""))
        #expect(page.contains("/static/main.js"))
    }

    @Test func answersWithTagAndType() throws {
        let files = StaticFiles(packageFiles: [])
        let whole = try #require(files.reply(head("/static/page.css")))
        #expect(whole.status == 200)
        #expect(whole.contentType == "text/css; charset=utf-8")
        let tag = try #require(whole.headers.first { $0.name == "etag" }?.value)
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            #expect(files.reply(head("/static/page.css", ifNoneMatch: known))?.status == 304)
        }
        #expect(files.reply(head("/static/page.css", ifNoneMatch: "\"other\""))?.status == 200)
        #expect(files.reply(head("/static/main.js", ifNoneMatch: tag))?.status == 200)
    }

    @Test func pageHasNoInlineScriptOrStyle() throws {
        let page = try text(StaticFiles(), "/")
        for forbidden in ["<style", "style=", "<script>", "javascript:", " onclick=", "http:"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        for (name, _, bytes) in PageFiles.all where name.hasSuffix(".js") {
            let script = String(decoding: bytes, as: UTF8.self)
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(",
            ] {
                #expect(!script.contains(forbidden), "\(forbidden) in \(name)")
            }
        }
    }

    @Test func isServedOverHTTP() throws {
        let fixture = try DashboardFixture()
        let page = try fixture.get("/")
        #expect(page.status == 200)
        #expect(page.header("content-type") == "text/html; charset=utf-8")
        #expect(page.header("content-security-policy")?.contains("script-src 'self'") == true)
        let script = try fixture.get("/static/main.js")
        #expect(script.header("content-type") == "text/javascript; charset=utf-8")
        #expect(script.headers.count { $0.name.lowercased() == "cache-control" } == 1)
        #expect(script.header("cache-control") == "no-cache")
        let tag = try #require(script.header("etag"))
        let again = try fixture.get(
            "/static/main.js", headers: [HTTPHeader("If-None-Match", tag)])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        let onlyHead = try HTTPClient().send(
            HTTPRequest("HEAD", fixture.server.url + "/static/main.js"))
        #expect(onlyHead.status == 200)
        #expect(onlyHead.body.isEmpty)
        #expect(onlyHead.header("content-length") == String(script.body.count))
        #expect(try fixture.post("/static/main.js", Array("{}".utf8)).status == 405)
        #expect(try fixture.get("/static/../token").status == 404)
    }
}

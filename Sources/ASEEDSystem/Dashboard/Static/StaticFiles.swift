internal import Glibc

/// One file as it is served.
struct StaticFile: Sendable {
    let contentType: String
    let bytes: [UInt8]
    /// Its entity tag: changes with the bytes.
    let tag: String

    init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
        // FNV-1a: it tells versions of our own files apart, and keeps nobody out.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        tag = "\"\(String(hash, radix: 36))-\(bytes.count)\""
    }

    /// Whether a client that sends this `If-None-Match` holds these bytes.
    func matches(_ ifNoneMatch: String?) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { part in
            let known = part.trimmingASCIISpace()
            return known == "*" || known == tag || known == "W/" + tag
        }
    }
}

/// The page's files: a table made at start, so that nothing outside of it can be reached.
///
/// Our own files are part of the program. Bootstrap and Chart.js come from the system's packages;
/// where one is missing, the page does without it and says so.
struct StaticFiles: Sendable {
    /// A file of a system package, with the places where distributions put it.
    struct PackageFile: Sendable {
        let url: String
        let contentType: String
        let package: String
        let paths: [String]
    }

    static let script = "text/javascript; charset=utf-8"
    static let style = "text/css; charset=utf-8"
    static let html = "text/html; charset=utf-8"

    static let packageFiles = [
        PackageFile(
            url: "/static/bootstrap.min.css", contentType: style, package: "libjs-bootstrap5",
            paths: [
                "/usr/share/javascript/bootstrap5/css/bootstrap.min.css",
                "/usr/share/nodejs/bootstrap/dist/css/bootstrap.min.css",
                "/usr/share/bootstrap-html/css/bootstrap.min.css",
            ]),
        PackageFile(
            url: "/static/chart.min.js", contentType: script, package: "libjs-chart.js",
            paths: [
                "/usr/share/javascript/chart.js/chart.min.js",
                "/usr/share/nodejs/chart.js/dist/chart.min.js",
                "/usr/share/nodejs/chart.js/dist/chart.umd.js",
            ]),
    ]

    private static let maxFileBytes = 2 << 20
    private let files: [String: StaticFile]
    /// The packages that were not found.
    let missingPackages: [String]

    /// Reads the packages' files.
    init(packageFiles: [PackageFile] = Self.packageFiles) {
        var files: [String: StaticFile] = [:]
        for (name, contentType, bytes) in PageFiles.all {
            files["/static/" + name] = StaticFile(contentType: contentType, bytes: bytes)
        }
        var missing: [PackageFile] = []
        for file in packageFiles {
            if let bytes = file.paths.lazy.compactMap(Self.read).first {
                files[file.url] = StaticFile(contentType: file.contentType, bytes: bytes)
            } else {
                missing.append(file)
            }
        }
        missingPackages = missing.map(\.package)
        files["/"] = StaticFile(
            contentType: Self.html, bytes: Self.page(PageFiles.index, without: missing))
        self.files = files
    }

    /// The route of a file; nil for a path that is not, byte for byte, a name in the table.
    func routes(at path: String) -> [Route]? {
        guard files[path] != nil else { return nil }
        return [.get(path, "A file of the page") { router, head in router.file(head) }]
    }

    /// The answer to a read of one of the files; nil when there is none at this path.
    func reply(_ head: HTTPRequestHead) -> HTTPReply? {
        guard let file = files[head.path] else { return nil }
        // The length stays that of the file, as HTTP wants it in an answer without the body.
        var reply = HTTPReply(status: file.matches(head.ifNoneMatch) ? 304 : 200, body: file.bytes)
        reply.contentType = file.contentType
        // Kept by the browser, and asked for at each load: a new program brings its own files.
        reply.headers = [HTTPHeader("cache-control", "no-cache"), HTTPHeader("etag", file.tag)]
        return reply
    }

    /// The page without the lines that load what is missing, and with the names of what is.
    private static func page(_ html: [UInt8], without missing: [PackageFile]) -> [UInt8] {
        guard !missing.isEmpty else { return html }
        let lines = String(decoding: html, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let names = missing.map(\.package).joined(separator: " ")
        let kept = lines.filter { line in !missing.contains { line.contains($0.url) } }.map {
            $0.contains("name=\"missing-packages\"")
                ? "<meta name=\"missing-packages\" content=\"\(names)\">" : String($0)
        }
        return Array(kept.joined(separator: "\n").utf8)
    }

    /// A regular file of a bounded size, or nil.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            (1...maxFileBytes).contains(Int(status.st_size))
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            count += got
        }
        return bytes
    }
}

extension DashboardRouter {
    /// The answer to a read of one of the page's files.
    func file(_ head: HTTPRequestHead) -> HTTPReply {
        files.reply(head) ?? error(404, "nothing is at \(head.path)")
    }
}

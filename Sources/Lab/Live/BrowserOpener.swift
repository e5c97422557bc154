internal import ASEEDSystem
internal import Glibc

/// Shows an address in the person's browser.
enum BrowserOpener {
    private static let program = "xdg-open"

    /// Opens the address in a process of its own, which may stay after the lab.
    ///
    /// - Returns: why not, and what to do instead; nil when the browser was asked.
    static func open(_ url: String) -> String? {
        let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { name in
            Environment.value(name).map { !$0.isEmpty } ?? false
        }
        guard hasDisplay else { return "--open: there is no display here; open \(url) yourself" }
        guard let path = find(program) else {
            return "--open: there is no \(program) (package xdg-utils); open \(url) yourself"
        }
        do {
            try start(path, url)
            return nil
        } catch {
            return "--open: \(error); open \(url) yourself"
        }
    }

    private static func find(_ name: String) -> String? {
        let folders = (Environment.value("PATH") ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func start(_ path: String, _ url: String) throws(SystemError) {
        let nothing = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { throw SystemError("open /dev/null", errno: errno) }
        defer { close(nothing) }
        var environment: [String] = []
        var entry = environ
        while let text = entry.pointee {
            environment.append(String(cString: text))
            entry += 1
        }
        let pid = try ChildLaunch(
            program: path, words: [program, url], environment: environment, input: nothing,
            output: nothing, error: nothing
        ).spawn()
        // Its end is taken, so that it leaves no zombie; a browser that it started goes on.
        try LabThread.start("browser") {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        }
    }
}

/// Checks of the build and of the libraries in use.
enum SoftwareChecks {
    /// Oldest versions that have what the lab calls.
    static let oldest = (sqlite: [3, 35, 0], curl: [7, 74, 0], webSockets: [4, 0, 0])

    static func all(_ info: BuildInfo) -> [DoctorCheck] {
        [
            build(info), library("sqlite", info.sqlite, oldest.sqlite, "libsqlite3-0"),
            library("libcurl", info.curl, oldest.curl, "libcurl4"),
            library("libwebsockets", info.webSockets, oldest.webSockets, "libwebsockets17"),
        ]
    }

    private static func build(_ info: BuildInfo) -> DoctorCheck {
        let found = "\(info.mode) build, \(info.compiler)"
        guard info.mode != "release" else {
            return DoctorCheck(name: "swift", status: .ok, found: found)
        }
        return DoctorCheck(
            name: "swift", status: .warn, found: found,
            advice: "figures of a debug build mean nothing: start the lab with ./lab")
    }

    static func library(
        _ name: String, _ version: String, _ oldest: [Int], _ package: String
    ) -> DoctorCheck {
        let needed = oldest.map(String.init).joined(separator: ".")
        guard let parts = numbers(version) else {
            return DoctorCheck(
                name: name, status: .fail, found: version,
                advice: "install it: apt-get install \(package)")
        }
        guard parts.lexicographicallyPrecedes(oldest) else {
            return DoctorCheck(name: name, status: .ok, found: version)
        }
        return DoctorCheck(
            name: name, status: .fail, found: "\(version), \(needed) is needed",
            advice: "install a newer \(package)")
    }

    /// The leading dotted numbers of a version: `4.1.6-debian` is 4, 1, 6.
    static func numbers(_ version: String) -> [Int]? {
        let head = version.prefix { $0.isNumber || $0 == "." }
        let parts = head.split(separator: ".").compactMap { Int($0) }
        return parts.count >= 2 ? parts : nil
    }
}

import Foundation
import Glibc
import Testing

@testable import ASEEDSystem

/// A real broker on loopback for one test, or for all tests of a suite; ended with it.
final class TestBroker {
    enum Kind: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case tansu
        case noida

        var testDescription: String { rawValue }

        fileprivate var program: String { self == .tansu ? "tansu" : "noida-db" }
    }

    let kind: Kind
    let port: UInt16
    private let process = Process()
    private let folder: TemporaryFolder

    var brokers: String { "127.0.0.1:\(port)" }

    /// Starts it and waits until it answers.
    init(_ kind: Kind, port: UInt16? = nil, folder: TemporaryFolder? = nil) throws {
        self.kind = kind
        let port = try port ?? Self.freePort()
        self.port = port
        self.folder = try folder ?? TemporaryFolder()
        let program = try #require(Self.path(kind), "scripts/setup --with-kafka fetches it")
        process.executableURL = URL(fileURLWithPath: program)
        let url = "tcp://127.0.0.1:\(port)"
        process.arguments =
            switch kind {
            case .tansu:
                [
                    "--listener-url", url, "--advertised-listener-url", url, "--storage-engine",
                    "memory://tansu/",
                ]
            case .noida:
                [
                    "start", "--data-dir", self.folder.file("data"), "--host", "127.0.0.1",
                    "--only", "kafka", "--kafka-port", "\(port)",
                ]
            }
        process.currentDirectoryURL = URL(fileURLWithPath: self.folder.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(self.folder.file("out"))
        process.standardError = try Self.file(self.folder.file("error"))
        try process.run()
        let probe = try KafkaAdmin(settings(topic: "none"), notice: { _ in })
        let answers = eventually(withinMs: 30_000) {
            (try? probe.brokers(timeoutMs: 500)).map { !$0.isEmpty } ?? false
        }
        try #require(answers, "\(kind) does not answer")
    }

    deinit {
        process.terminate()
        let process = self.process
        if !eventually(withinMs: 5_000, { !process.isRunning }) {
            kill(process.processIdentifier, SIGKILL)
        }
    }

    /// Ends it at once, as a crash would.
    func crash() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Holds it, so that it answers nothing.
    func pause() { kill(process.processIdentifier, SIGSTOP) }
    func goOn() { kill(process.processIdentifier, SIGCONT) }

    func settings(topic: String) throws -> KafkaSettings {
        KafkaSettings(address: try KafkaAddress(brokers: brokers, topic: topic))
    }

    /// The program, when it was fetched.
    static func path(_ kind: Kind) -> String? {
        guard let deps = Self.deps else { return nil }
        let path = "\(deps)/bin/\(kind.program)"
        return access(path, X_OK) == 0 ? path : nil
    }

    private static var deps: String? {
        getenv("LAB_DEPS").map { String(cString: $0) }
    }

    /// Whether librdkafka and all brokers are there; tests that need them say so when not.
    static var areThere: Bool {
        (try? KafkaLibrary.loaded()) != nil && Kind.allCases.allSatisfy { path($0) != nil }
    }

    static let missing: Comment =
        "needs librdkafka 2.2 and brokers: `scripts/setup --with-kafka`, and LAB_DEPS names the folder"

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try #require(FileHandle(forWritingAtPath: path))
    }

    /// A port that is free now.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                try #require(bind(descriptor, raw, length) == 0)
                try #require(getsockname(descriptor, raw, &length) == 0)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }
}

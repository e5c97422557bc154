import ASEEDSystem
import Foundation
import Testing

/// The real program, from its ready line to its exit code.
@Suite struct DashboardCommandTests {
    private static let binary = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("lab")

    /// A running `lab dashboard`.
    private final class Service {
        let process = Process()
        let folder: URL
        private let output = Pipe()
        private let errors = Pipe()
        private let keepsFolder: Bool

        init(_ arguments: [String], folder: URL? = nil, environment: [String: String] = [:]) throws
        {
            keepsFolder = folder != nil
            self.folder =
                folder
                ?? FileManager.default.temporaryDirectory
                .appendingPathComponent("aseed-test-\(UUID().uuidString)")
            process.executableURL = DashboardCommandTests.binary
            process.arguments = ["dashboard", "--data", self.folder.path] + arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        deinit {
            if process.isRunning { process.terminate() }
            if !keepsFolder { try? FileManager.default.removeItem(at: folder) }
        }

        /// The first line of the output.
        func ready() throws -> JSONValue {
            var line: [UInt8] = []
            while true {
                let byte = output.fileHandleForReading.readData(ofLength: 1)
                guard let first = byte.first, first != UInt8(ascii: "\n") else { break }
                line.append(first)
            }
            return try JSONParser.parse(line)
        }

        func stop(_ signal: Int32) -> Int32 {
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            return process.terminationStatus
        }

        func failure() -> (status: Int32, text: String) {
            let text = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func servesUntilItIsToldToStop(signal: Int32) throws {
        let service = try Service(["--port", "0"])
        let ready = try service.ready()
        #expect(ready["ready"]?.string == "dashboard")
        #expect(ready["pid"]?.integer == Int64(service.process.processIdentifier))
        let url = try #require(ready["url"]?.string)
        #expect(url == "http://127.0.0.1:\(ready["port"]?.integer ?? -1)")
        let identity = try DashboardIdentity.read(baseURL: url)
        #expect(identity.instanceID == ready["instance_id"]?.string)
        let token = try TokenFile.read(service.folder.path + "/token")
        #expect(token.utf8.count == 64)
        #expect(service.stop(signal) == 0)
        #expect(throws: HTTPError.self) { try DashboardIdentity.read(baseURL: url) }
    }

    @Test func survivesAKill() throws {
        let service = try Service(["--port", "0"])
        let url = try #require(try service.ready()["url"]?.string)
        let token = try TokenFile.read(service.folder.path + "/token")
        let body = """
            {"categories":[],"run_id":"r","epoch":4,"batch_id":2,"query":"categories",\
            "mode":"complete","watermark":null,"positions":[1]}
            """
        let response = try HTTPClient().send(
            HTTPRequest(
                "POST", url + "/api/categories",
                headers: [
                    HTTPHeader("Content-Type", "application/json"),
                    HTTPHeader("Authorization", "Bearer \(token)"),
                ], body: Array(body.utf8)))
        #expect(response.status == 200)
        kill(service.process.processIdentifier, SIGKILL)
        service.process.waitUntilExit()
        let again = try Service(["--port", "0"], folder: service.folder)
        let second = try #require(try again.ready()["url"]?.string)
        #expect(try DashboardIdentity.read(baseURL: second).epoch == 4)
        #expect(again.stop(SIGTERM) == 0)
    }

    @Test func saysWhoHoldsThePort() throws {
        let first = try Service(["--port", "0"])
        let port = try #require(try first.ready()["port"]?.integer)
        let second = try Service([], environment: ["DASHBOARD_PORT": String(port)])
        let (status, text) = second.failure()
        #expect(status == 69)
        #expect(text.contains("port \(port)"))
        #expect(text.contains("process \(first.process.processIdentifier) ("))
        #expect(first.stop(SIGTERM) == 0)
    }

    @Test(
        arguments: [
            (["--port", "65536"], "--port is a whole number from 0 to 65535", 64),
            (["--bind", "0.0.0.0", "--port", "0"], "name a --token-file", 64),
            (["--bind", "nowhere", "--port", "0", "--token-file", "/dev/null"], "token file", 78),
            (["--prot", "0"], "did you mean --port", 64),
        ] as [([String], String, Int32)])
    func refusesWrongSettings(arguments: [String], message: String, code: Int32) throws {
        let (status, text) = try Service(arguments).failure()
        #expect(status == code)
        #expect(text.contains(message), "\(text)")
    }
}

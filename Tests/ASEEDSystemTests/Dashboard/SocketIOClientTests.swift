import Foundation
import Testing

@testable import ASEEDSystem

/// The Socket.IO client of the Python world, where it is installed.
@Suite(
    .enabled(if: SocketIOClient.isInstalled, "needs python-socketio[client] and requests"))
struct SocketIOClientTests {
    @Test(arguments: ["polling", "websocket", "both"])
    func getsEveryEvent(transports: String) throws {
        let fixture = try DashboardFixture()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Clients/socketio_client.py").standardized.path
        let result = try SocketIOClient.run([
            script, fixture.server.url, DashboardFixture.token, transports,
        ])
        #expect(result.status == 0, "\(result.text)")
        #expect(result.text.hasSuffix(" ok\n"))
    }
}

/// Python with the client; `ASEED_TEST_PYTHON` names one that is not on the path.
private enum SocketIOClient {
    static let python = ProcessInfo.processInfo.environment["ASEED_TEST_PYTHON"] ?? "python3"

    static let isInstalled = (try? run(["-c", "import socketio, requests"]).status) == 0

    static func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["NO_PROXY": "*"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

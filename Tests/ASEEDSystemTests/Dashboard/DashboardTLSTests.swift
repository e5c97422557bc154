import Foundation
import Testing

@testable import ASEEDSystem

/// The dashboard over TLS, as `curl` and `openssl` see it.
@Suite struct DashboardTLSTests {
    /// A certificate for this machine, made for one test.
    private struct Certificate {
        let folder: TemporaryFolder
        var certificate: String { folder.file("cert.pem") }
        var key: String { folder.file("key.pem") }

        init() throws {
            folder = try TemporaryFolder()
            let made = try run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"),
                "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1")
            try #require(made.status == 0, "\(made.text)")
            #expect(chmod(key, 0o600) == 0)
        }
    }

    private func curl(
        _ certificate: Certificate, _ arguments: String...
    ) throws -> (status: Int32, text: String) {
        try run(
            ["curl", "--noproxy", "*", "-sS", "-m", "10", "--cacert", certificate.certificate]
                + arguments)
    }

    @Test func servesOverTLSAlone() throws {
        let certificate = try Certificate()
        let tls = try TLSFiles(certificate: certificate.certificate, key: certificate.key)
        let fixture = try DashboardFixture { $0.tls = tls }
        let url = fixture.server.url
        #expect(url.hasPrefix("https://"))
        let posted = try curl(
            certificate, "-H", "Authorization: Bearer \(DashboardFixture.token)", "-H",
            "Content-Type: application/json", "-d",
            String(decoding: Body.categories(), as: UTF8.self), "\(url)/api/categories")
        #expect(posted.text.contains("\"status\":\"success\""), "\(posted.text)")
        let large = String(
            decoding: Body.categories(batch: 1, padding: 700_000), as: UTF8.self)
        try certificate.folder.write(large, to: "large.json")
        let again = try curl(
            certificate, "-H", "Authorization: Bearer \(DashboardFixture.token)", "-H",
            "Content-Type: application/json", "--data-binary",
            "@\(certificate.folder.file("large.json"))", "\(url)/api/categories")
        #expect(again.text.contains("\"status\":\"success\""), "\(again.text)")
        #expect(try curl(certificate, "\(url)/api/published").text.utf8.count > 700_000)
        // Nothing is said in clear.
        let plain = try curl(certificate, "http://127.0.0.1:\(fixture.port)/healthz")
        #expect(plain.status != 0 || !plain.text.contains("instance_id"))
    }

    @Test(arguments: [("1.1", false), ("1.2", true), ("1.3", true)])
    func takesNoOldVersion(version: String, works: Bool) throws {
        let certificate = try Certificate()
        let tls = try TLSFiles(certificate: certificate.certificate, key: certificate.key)
        let fixture = try DashboardFixture { $0.tls = tls }
        // A client that would take anything.
        let answer = try curl(
            certificate, "--tlsv\(version)", "--tls-max", version, "--ciphers",
            "DEFAULT@SECLEVEL=0", "\(fixture.server.url)/healthz")
        #expect((answer.status == 0) == works, "\(answer.text)")
    }

    @Test func refusesFilesThatAreNoneOrOthersMayRead() throws {
        let certificate = try Certificate()
        #expect(throws: DashboardError.self) {
            try TLSFiles(certificate: certificate.folder.file("none"), key: certificate.key)
        }
        #expect(chmod(certificate.key, 0o644) == 0)
        #expect(throws: DashboardError.self) {
            try TLSFiles(certificate: certificate.certificate, key: certificate.key)
        }
        #expect(chmod(certificate.key, 0o600) == 0)
        let other = try Certificate()
        let wrong = try TLSFiles(certificate: other.certificate, key: certificate.key)
        #expect {
            _ = try DashboardFixture { $0.tls = wrong }
        } throws: { error in
            guard case .configuration(let reason) = error as? DashboardError else { return false }
            return reason.contains("TLS") && reason.contains(certificate.key)
        }
    }
}

private func run(_ arguments: String...) throws -> (status: Int32, text: String) {
    try run(arguments)
}

private func run(_ arguments: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

import ASEEDSystem
import Glibc
import Testing

@testable import Lab

/// One verification of a system that goes on, and having it done again and again.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ProofTests {
    private static let scenario = """
        {"name":"kept","seed":3,"timeout":"1m","engine":{"trigger":"50ms"},
         "load":[{"name":"backlog","executor":"backlog","orders":1600,"event_rate":50}]}
        """

    /// What `lab prove` says when the dashboard holds this.
    private func prove(
        _ run: RunFolder, _ body: [UInt8]
    ) throws -> (code: Int32, proof: LiveProof, dashboard: StubDashboard) {
        let dashboard = try StubDashboard(body: body)
        let call = try LabCall(["prove", run.path, "--dashboard", dashboard.url])
        let proof = try #require(LiveProof(line: call.output), "\(call.output)")
        return (call.code, proof, dashboard)
    }

    @Test func aPlantedDifferenceIsFoundAndTold() throws {
        let lab = try RunningLab(scenario: Self.scenario, words: ["--keep-data"])
        #expect(try lab.awaitEnd() == .code(0), "\(lab.output)")
        let run = try lab.runFolder()
        let published = try TextFile.read(run.file("published.json"))

        let right = try prove(run, published)
        #expect(right.code == 0 && right.proof.state == .proved, "\(right.proof.text)")
        #expect(right.proof.orders == 1_600)
        #expect(right.proof.untold == nil)
        let post = try #require(right.dashboard.posts.first)
        #expect(post.head.hasPrefix("POST /api/verification "))
        let token = String(decoding: try TextFile.read(run.tokenFile), as: UTF8.self)
        #expect(post.head.contains("Bearer \(token.filter { $0 != "\n" })"))
        let told = try JSONParser.parse(post.body)
        #expect(told["run_id"]?.string == run.id && told["state"]?.string == "proved")
        #expect(told["orders"]?.integer == 1_600)
        #expect(told["checked_at"]?.string.flatMap(TimeText.since1970) != nil)
        #expect(told["batch_id"]?.integer == right.proof.batchID)

        let text = String(decoding: published, as: UTF8.self)
        let place = try #require(text.firstRange(of: "\"order_count\":"))
        let digit = text[place.upperBound]
        let tampered =
            text[..<place.upperBound] + (digit == "9" ? "8" : "9")
            + text[text.index(after: place.upperBound)...]
        let wrong = try prove(run, Array(tampered.utf8))
        #expect(wrong.code == ExitCode.wrongOutput.rawValue && wrong.proof.state == .differs)
        #expect(wrong.proof.text.contains("order_count should be "))
        let body = try #require(wrong.dashboard.posts.first?.body)
        #expect(try JSONParser.parse(body)["state"]?.string == "differs")

        let empty = try prove(run, Array("{\"queries\":{},\"windows\":null}".utf8))
        #expect(empty.code == ExitCode.unknown.rawValue && empty.proof.state == .unknown)
        #expect(empty.proof.text == "nothing is published yet")

        let gone = try LabCall(["prove", run.path, "--dashboard", "http://127.0.0.1:9"])
        #expect(gone.code == ExitCode.unknown.rawValue)
        let proof = try #require(LiveProof(line: gone.output))
        #expect(proof.text.contains("127.0.0.1:9") && proof.untold != nil)
    }

    /// A proof loop over a stand-in for the verification.
    private func loop(_ script: String, _ folder: TemporaryFolder) -> ProofLoop {
        ProofLoop(
            ServiceLaunch(
                name: "proof", program: "/bin/sh", words: ["-c", script], logFolder: folder.path,
                direct: true), firstNs: 0)
    }

    private func finish(_ loop: ProofLoop, atNs: Int64) throws -> LiveProof {
        let deadline = SystemClock.monotonicNs() + 30_000_000_000
        while SystemClock.monotonicNs() < deadline {
            if let proof = try loop.beat(atNs) { return proof }
            _ = poll(nil, 0, 10)
        }
        throw CommandFailure(.timeout, "no proof came")
    }

    @Test("proofs take at most a tenth of a core: the next waits for ten times the CPU time")
    func interval() throws {
        let folder = try TemporaryFolder()
        for (cpuMs, nextS) in [(200, 10), (1_000, 10), (3_000, 30)] as [(Int64, Int64)] {
            var proof = LiveProof(state: .proved, checkedAt: 5, takenNs: 7, text: "all")
            proof.cpuMs = cpuMs
            proof.orders = 12
            let line = "{\"proof\":" + proof.line.text.dropFirst(9)
            let loop = loop("echo '\(line)'", folder)
            #expect(try finish(loop, atNs: 1_000) == proof)
            #expect(loop.nextAtNs == 1_000 + nextS * 1_000_000_000)
            loop.hurry(2_000)
            #expect(loop.nextAtNs == 1_000 + 10 * cpuMs * 1_000_000)
            #expect(try loop.beat(loop.nextAtNs.map { $0 - 1 } ?? 0) == nil)
            #expect(loop.nextAtNs != nil, "none is under way before its time")
        }
    }

    @Test func aVerificationThatFailsIsUnknownAndTheLastProofIsKept() throws {
        let folder = try TemporaryFolder()
        let loop = loop("echo 'lab prove: no space left' >&2; exit 74", folder)
        let proof = try finish(loop, atNs: 1)
        #expect(proof.state == .unknown)
        #expect(proof.text == "the verification ended with exit code 74: lab prove: no space left")
        #expect(loop.lastProved == nil && loop.count == 1)
    }

    @Test func oneThatHangsIsEnded() throws {
        let folder = try TemporaryFolder()
        let loop = loop("exec sleep 1000", folder)
        #expect(try loop.beat(1) == nil)
        let proof = try finish(loop, atNs: 60_000_000_002)
        #expect(proof.text.contains("signal 9"))
        #expect(try loop.beat(60_000_000_002) == nil)
        loop.stop()
        #expect(try loop.beat(200_000_000_000) == nil)
    }

    @Test func oneThatIsKilledLeavesNoScratchFolder() throws {
        let folder = try TemporaryFolder()
        let loop = ProofLoop(
            ServiceLaunch(
                name: "proof", program: "/bin/sh",
                words: ["-c", "mkdir \(folder.path)/scratch-$$; exec sleep 1000"],
                logFolder: folder.path, direct: true),
            firstNs: 0, scratch: { "\(folder.path)/scratch-\($0)" })
        #expect(try loop.beat(1) == nil)
        func scratch() -> [String] {
            FileTree.names(in: folder.path).filter { $0.hasPrefix("scratch-") }
        }
        let deadline = SystemClock.monotonicNs() + 30_000_000_000
        while scratch().isEmpty, SystemClock.monotonicNs() < deadline { _ = poll(nil, 0, 10) }
        #expect(!scratch().isEmpty)
        loop.stop()
        #expect(scratch().isEmpty)
    }
}

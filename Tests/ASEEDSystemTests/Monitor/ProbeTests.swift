import Glibc
import Testing

@testable import ASEEDSystem

@Suite struct ProbeTests {
    /// A listener that answers each connection with the same text, or never.
    private final class Listener: Sendable {
        let address: NetworkAddress
        private let descriptor: Int32
        private let thread: NamedThread

        init(_ answer: String?) throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = withUnsafeMutablePointer(to: &place) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    bind(descriptor, address, size) == 0 && listen(descriptor, 8) == 0
                        && getsockname(descriptor, address, &size) == 0
                }
            }
            try #require(bound)
            self.descriptor = descriptor
            address = NetworkAddress(
                host: "127.0.0.1", port: Int(UInt16(bigEndian: place.sin_port)))
            thread = try NamedThread("listener") {
                var held: [Int32] = []
                while true {
                    let client = accept(descriptor, nil, nil)
                    guard client >= 0 else { break }
                    guard let answer else {
                        held.append(client)
                        continue
                    }
                    var word = [UInt8](repeating: 0, count: 16)
                    _ = recv(client, &word, word.count, 0)
                    let bytes = Array(answer.utf8)
                    _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                    close(client)
                }
                for client in held { close(client) }
            }
        }

        deinit {
            shutdown(descriptor, Int32(SHUT_RDWR))
            thread.join()
            close(descriptor)
        }
    }

    private static let srvr = """
        Zookeeper version: 3.8.0-1, built on 2022-08-06 17:41 UTC
        Latency min/avg/max: 0/0.0/0
        Mode: standalone
        Node count: 5

        """

    @Test func asksZooKeeper() throws {
        let server = try Listener(Self.srvr)
        let answer = ServiceProbes.zooKeeper([server.address], timeoutMs: 2_000)
        #expect(answer == ProbeAnswer(isUp: true, detail: "\(server.address) 3.8.0, standalone"))
    }

    @Test func takesTheNextServerOfAList() throws {
        let silent = try Listener(nil)
        let server = try Listener(Self.srvr)
        let answer = ServiceProbes.zooKeeper([silent.address, server.address], timeoutMs: 600)
        #expect(answer.isUp)
        #expect(answer.detail.contains("read from \(silent.address)"))
    }

    @Test(arguments: ["", "This ZooKeeper instance is not currently serving requests\n"])
    func anotherAnswerIsNone(text: String) throws {
        let server = try Listener(text)
        #expect(!ServiceProbes.zooKeeper([server.address], timeoutMs: 1_000).isUp)
    }

    @Test func nobodyThereIsSaid() throws {
        let address = try Listener(nil).address
        let answer = ServiceProbes.zooKeeper([address], timeoutMs: 1_000)
        #expect(!answer.isUp)
        #expect(answer.detail.contains("connect to \(address): Connection refused"))
    }

    @Test func aQuestionThatHangsIsAskedOnce() throws {
        let gate = ConditionLock((asked: 0, open: false))
        let probe = Probe<Int>("gate") {
            gate.update { $0.asked += 1 }
            return gate.wait(untilNs: deadline(inMs: 20_000)) { $0.open ? 1 : nil } ?? 0
        }
        for _ in 0..<3 {
            try probe.begin()
            #expect(probe.answer(untilNs: deadline(inMs: 20)).answer == nil)
        }
        #expect(gate.read { $0.asked } == 1)
        gate.update { $0.open = true }
        #expect(probe.answer(untilNs: deadline(inMs: 10_000)).answer == 1)
        try probe.begin()
        #expect(probe.answer(untilNs: deadline(inMs: 10_000)).answer == 1)
        #expect(gate.read { $0.asked } == 2)
    }

    @Test(
        arguments: [
            ("localhost:2181", ["localhost:2181"]), ("a,b:9/chroot", ["a:2181", "b:9"]),
            ("[::1]:7", ["[::1]:7"]), ("", nil), ("a:0", nil), ("a:,b", nil), ("a:x", nil),
        ] as [(String, [String]?)])
    func readsLists(text: String, addresses: [String]?) {
        #expect(
            NetworkAddress.list(text, defaultPort: 2_181)?.map(\.description) == addresses)
    }

    @Test func recordsAreReadAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("dashboard.json")
        #expect(try ServiceRecord.read(path) == nil)
        let record = ServiceRecord(
            service: "dashboard", process: ProcessIdentity(pid: 4, startTicks: .max),
            command: ["/x/lab", "dashboard", "--port", "1"], port: 1, logFile: "/l",
            outputFile: "/o", startedAtUs: 1_705_329_000_123_456, restarts: 2)
        try record.write(to: path)
        #expect(try ServiceRecord.read(path) == record)
        try folder.write("{\"pid\":12", to: "dashboard.json")
        #expect(throws: ServiceRecordError.self) { try ServiceRecord.read(path) }
    }
}

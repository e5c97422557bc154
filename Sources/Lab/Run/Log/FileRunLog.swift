internal import ASEEDSystem

/// A run's log in a folder of files: the load generator makes it, and it stays where it is.
final class FileRunLog: RunLog {
    private let folder: RunFolder

    init(_ folder: RunFolder) { self.folder = folder }

    var address: String { folder.log }
    var environment: [String: String?] { [:] }
    var summary: LogSummary { LogSummary(kind: .file) }
    var serviceNames: Set<String> { [] }

    func open(_ monitor: RunMonitor) throws {}

    func ends(_ monitor: RunMonitor) throws -> [Int64] {
        let log = try FileLog(opening: folder.log)
        return try (0..<log.partitionCount()).map { try log.endPosition(of: $0) }
    }

    func keepEvidence(pulse: () throws -> Void) throws {}

    func close(keepsData: Bool, hurry: () -> Bool) -> [String] { [] }
}

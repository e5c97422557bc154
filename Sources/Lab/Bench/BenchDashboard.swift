internal import ASEEDSystem
internal import Glibc

/// A real `lab dashboard` that engines of a benchmark publish to.
struct BenchDashboard {
    let url: String
    private let tokenFile: String

    /// Starts it; the stage ends it.
    init(_ stage: BenchStage) throws {
        let name = stage.freshName("dashboard")
        tokenFile = stage.folder.path("\(name).token")
        let ready = try stage.startService([
            "dashboard", "--port", "0", "--data", stage.folder.path(name),
            "--token-file", tokenFile,
        ])
        guard let url = ready["url"]?.string else {
            throw CommandFailure(.internalBug, "lab bench: the dashboard's ready line has no url")
        }
        self.url = url
    }

    /// The options that make an engine publish to it.
    var engineOptions: [String] { ["--dashboard", url, "--token-file", tokenFile] }

    /// What it holds of a run.
    func published(runID: String) throws -> [UInt8] {
        try PublishedState.fetch(HTTPClient(), dashboard: url, runID: runID).body
    }
}

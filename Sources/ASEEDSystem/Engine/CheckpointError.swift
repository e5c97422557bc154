public import SQLite

/// Why the engine can't use or write its checkpoint.
public enum CheckpointError: Error, CustomStringConvertible {
    /// Another engine holds the checkpoint (R55).
    case held(path: String, pid: Int32?)
    /// A later engine took over (R55).
    case fenced(path: String, epoch: Int64)
    /// The checkpoint was made from another log, with other settings, or by another program (R4).
    case mismatch(path: String, what: String, next: String)
    /// A position of the checkpoint is outside of the log (R4).
    case positionOutside(path: String, partition: Int, position: Int64, start: Int64, end: Int64)
    /// The folder or its files can't be used.
    case system(SystemError)
    /// SQLite failed; nothing of the batch is committed, or its outcome is unknown (R48).
    case database(SQLiteError)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .held(let path, let pid):
            "checkpoint \(path) is held by another engine\(pid.map { " (process \($0))" } ?? ""); "
                + "stop it first, or use another --checkpoint"
        case .fenced(let path, let epoch):
            "fenced by epoch \(epoch): a later engine has taken over checkpoint \(path); "
                + "nothing was written"
        case .mismatch(let path, let what, let next): "checkpoint \(path): \(what); \(next)"
        case .positionOutside(let path, let partition, let position, let start, let end):
            "checkpoint \(path): its position \(position) in partition \(partition) is outside of "
                + "the log, which holds \(start) to \(end); use the log that the checkpoint was "
                + "made from, or another --checkpoint to start anew"
        case .system(let error): "checkpoint: \(error)"
        case .database(let error):
            "checkpoint: \(error); the batch is not counted, a restart goes on from the last "
                + "committed batch" + (error.primaryCode == 13 ? " (free disk space first)" : "")
        }
    }
}

internal import ASEEDSystem

extension LogError {
    /// The exit code of a command that this ended.
    var exitCode: ExitCode {
        switch self {
        case .notALog, .locked, .readOnly, .outOfRange, .stalled: .unavailable
        case .system, .notAcknowledged, .unknownOutcome: .inputOutput
        case .kafka(let error):
            switch error {
            case .address: .usage
            case .setting, .outOfRange: .configuration
            case .library, .unreachable, .topic: .unavailable
            case .read, .write: .inputOutput
            }
        }
    }

    /// The exit code when the log could not even be opened: it is not there, or not allowed.
    var exitCodeOfOpening: ExitCode {
        if case .system = self { .unavailable } else { exitCode }
    }
}

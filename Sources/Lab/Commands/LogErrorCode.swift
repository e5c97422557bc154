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
}

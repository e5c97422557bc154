/// How much a log line matters.
public enum LogLevel: Int, CaseIterable, Comparable, Sendable {
    /// For those who look for a fault.
    case debug
    /// What a service does: start, stop, progress.
    case info
    /// What somebody should look at; the service goes on.
    case warn
    /// What was not done.
    case error

    /// `DEBUG`, `INFO`, `WARN`, `ERROR`.
    public var name: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        }
    }

    /// The level of that name, in any case.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name.uppercased() }) else {
            return nil
        }
        self = found
    }

    /// DEBUG is the least.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

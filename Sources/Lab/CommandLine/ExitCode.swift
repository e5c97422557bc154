/// How a process ends; the numbers are the contract with scripts and CI.
struct ExitCode: Equatable, Sendable {
    let rawValue: Int32

    static let success = ExitCode(rawValue: 0)
    static let thresholdFailed = ExitCode(rawValue: 1)
    static let wrongOutput = ExitCode(rawValue: 2)
    static let unknown = ExitCode(rawValue: 3)
    static let regression = ExitCode(rawValue: 4)
    static let usage = ExitCode(rawValue: 64)
    static let unavailable = ExitCode(rawValue: 69)
    static let internalBug = ExitCode(rawValue: 70)
    static let inputOutput = ExitCode(rawValue: 74)
    static let fenced = ExitCode(rawValue: 75)
    static let configuration = ExitCode(rawValue: 78)
    static let timeout = ExitCode(rawValue: 124)
    static let interrupted = ExitCode(rawValue: 130)
}

/// Why the verifier could not do its work. Faults of the run are no errors: they are in the report.
public enum VerifierError: Error, CustomStringConvertible {
    /// The run's settings make no sense.
    case badDescription(String)
    /// The log can't be read.
    case log(path: String, reason: String)
    /// The scratch database failed.
    case scratch(String)

    /// What failed, where, and what to do next.
    public var description: String {
        switch self {
        case .badDescription(let reason): "verifier: the run's description is wrong: \(reason)"
        case .log(let path, let reason): "verifier: reading the log \(path): \(reason)"
        case .scratch(let reason):
            "verifier: the scratch database failed: \(reason); is there space in its folder?"
        }
    }
}

/// One thing that a run needs or that makes its figures better.
struct DoctorCheck: Equatable, Sendable {
    enum Status: String, Sendable {
        case ok
        /// Runs work, but figures may be poor or a big scenario too big.
        case warn
        /// Runs can't work.
        case fail
    }

    var name: String
    var status: Status
    /// What was found.
    var found: String
    /// What to do; empty when all is well.
    var advice = ""
}

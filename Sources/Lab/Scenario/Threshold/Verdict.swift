/// What a run proved.
enum Verdict: String, CaseIterable, Sendable {
    case pass
    /// A threshold failed.
    case fail
    /// The output differs from the reference.
    case wrong
    /// No data, generator saturated, fault never hit, checker incomplete, timeout, interrupted.
    case unknown
    /// The run could not be made: bad scenario, environment not able, bug of the lab.
    case error
}

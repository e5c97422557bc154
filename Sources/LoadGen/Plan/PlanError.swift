/// A load plan that can't be carried out: which value, and why.
public struct PlanError: Error, Equatable, CustomStringConvertible {
    /// The value's place, for example `mix.late.fraction`.
    public let place: String
    /// What is wrong with it.
    public let reason: String

    init(_ place: String, _ reason: String) {
        self.place = place
        self.reason = reason
    }

    /// `load plan: mix.late.fraction: …`
    public var description: String {
        place.isEmpty ? "load plan: \(reason)" : "load plan: \(place): \(reason)"
    }
}

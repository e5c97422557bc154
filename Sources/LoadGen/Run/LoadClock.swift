/// Time as a load sees it; simulated in tests.
public protocol LoadClock: AnyObject {
    /// Monotonic time in nanoseconds.
    func nowNs() -> Int64
    /// Waits until a time, or until the load is to stop.
    func wait(untilNs: Int64)
    /// Whether the load is to stop.
    var isStopped: Bool { get }
}

/// Somebody who goes along with a run: sees what it sees, and may act on it between its steps.
protocol RunCompanion: AnyObject {
    /// So many requests to stop are the companion's to act on; the next one ends the run at once.
    var takenInterrupts: Int { get }
    /// The dashboard is up, and the lab has subscribed to it.
    func connected(dashboard url: String, _ subscriber: SubscriptionClient, log: any RunLog)
    /// Called about ten times a second, on the run's thread; must not wait.
    func beat(_ monitor: RunMonitor) throws
}

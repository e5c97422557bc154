/// Sends committed results to the dashboard from its own thread (R60–R65).
///
/// Snapshots coalesce: only the newest of each query waits. Final windows are fetched from the
/// outbox, oldest batch first, until the dashboard has acknowledged them. Failures are retried
/// without limit, with bounded backoff; nothing here ever blocks the caller.
///
///     let publisher = try Publisher(
///         configuration: .init(baseURL: "http://127.0.0.1:5005", token: token, runID: run, epoch: 3),
///         finals: outbox)
public final class Publisher: PublicationSink {
    /// Where to send, as whom, and how patiently.
    public struct Configuration: Sendable {
        /// The dashboard's address, for example `http://127.0.0.1:5005`.
        public var baseURL: String
        /// The bearer token for writes; nil sends none.
        public var token: String?
        /// The run whose messages these are.
        public var runID: String
        /// The engine's epoch. An answer from the dashboard with a higher one fences it (R61).
        public var epoch: Int64
        /// Seed of the jitter.
        public var seed: UInt64 = 1
        /// How long a connection may take.
        public var connectTimeoutMs = 1_000
        /// How long one exchange may take.
        public var timeoutMs = 5_000
        /// The first wait after a failure; it doubles with each further one.
        public var firstBackoffMs = 50
        /// The longest wait after a failure.
        public var maxBackoffMs = 2_000
        /// How often an idle publisher asks whether the dashboard is still the same instance (R64).
        public var probeIntervalMs = 2_000
        /// The most rows of final windows in one message.
        public var maxFinalRows = 2_000

        /// Settings with the default patience.
        public init(baseURL: String, token: String?, runID: String, epoch: Int64) {
            self.baseURL = baseURL
            self.token = token
            self.runID = runID
            self.epoch = epoch
        }
    }

    private let shared: ConditionLock<PublisherState>
    private let cancellation = HTTPCancellation()
    private let thread: NamedThread

    /// Starts publishing. The final windows of the outbox are sent from the first batch on (R64),
    /// also without a call of `finalsAvailable`.
    ///
    /// - Throws: `HTTPError` or `SystemError` when there is no HTTP client or no thread to be had.
    public init(configuration: Configuration, finals: any FinalWindowSource) throws {
        var http = HTTPClient.Configuration()
        http.connectTimeoutMs = configuration.connectTimeoutMs
        http.timeoutMs = configuration.timeoutMs
        http.maxResponseBytes = 1 << 20
        http.cancellation = cancellation
        let shared = ConditionLock(PublisherState())
        let start = WorkerStart(
            configuration: configuration, http: http, finals: finals, shared: shared)
        _ = try HTTPClient(configuration: http)  // tells here, not on the thread, what is missing
        self.shared = shared
        thread = try NamedThread("publisher") { start.run() }
    }

    deinit { stop() }

    /// Offers a snapshot; it replaces a waiting one of the same query (R62).
    public func offer(_ publication: Publication) {
        shared.update { $0.offer(publication) }
    }

    /// Says that final windows up to this batch can be fetched.
    public func finalsAvailable(throughBatch batchID: Int64) {
        shared.update { $0.finalsAvailable(throughBatch: batchID) }
    }

    /// The last batch of this query that the dashboard's present instance acknowledged.
    public func acknowledged(_ query: QueryName) -> Int64? {
        shared.read { $0.acknowledged[query] }
    }

    /// Final windows through this batch are acknowledged by the dashboard's present instance.
    public func acknowledgedFinals() -> Int64? { shared.read { $0.finalsAcknowledged } }

    /// The higher epoch that the dashboard named when it refused ours (R61).
    public func fencedBy() -> Int64? { shared.read { $0.fencedBy } }

    /// What was done so far.
    public func statistics() -> PublisherStatistics { shared.read { $0.statistics } }

    /// Waits until everything offered is acknowledged.
    ///
    /// - Parameter deadlineNs: monotonic time (`SystemClock.monotonicNs()`) to give up at.
    /// - Returns: whether it was; false at once when the dashboard fenced this engine.
    public func drain(deadlineNs: Int64) -> Bool {
        shared.wait(untilNs: deadlineNs) { state -> Bool? in
            if state.fencedBy != nil || state.stopping { return false }
            return state.isDrained ? true : nil
        } ?? false
    }

    /// Ends the thread, an exchange under way included; safe to call again.
    public func stop() {
        shared.update { $0.stopping = true }
        cancellation.cancel()
        thread.join()
    }
}

/// What the thread is started with.
private struct WorkerStart: Sendable {
    let configuration: Publisher.Configuration
    let http: HTTPClient.Configuration
    let finals: any FinalWindowSource
    let shared: ConditionLock<PublisherState>

    func run() {
        do {
            let client = try HTTPClient(configuration: http)
            let worker = PublisherWorker(
                configuration: configuration, client: client, finals: finals, shared: shared)
            worker.run()
        } catch {
            shared.update { $0.note(failure: "\(error)") }
        }
    }
}

/// What the publisher's callers and its thread share.
struct PublisherState {
    /// The newest snapshot of each query that waits.
    var waiting: [QueryName: Publication] = [:]
    /// The newest snapshot of each query, acknowledged or not; sent again to a new instance (R64).
    var lastOffered: [QueryName: Publication] = [:]
    /// The query whose snapshot is being sent.
    var inFlight: QueryName?
    var acknowledged: [QueryName: Int64] = [:]
    /// Final windows are committed through this batch; nil before the engine said so.
    var finalsTarget: Int64?
    var finalsAcknowledged: Int64?
    /// Whether the outbox may hold what is not acknowledged.
    var finalsOutstanding = true
    var fencedBy: Int64?
    var stopping = false
    var statistics = PublisherStatistics()

    var isDrained: Bool {
        waiting.isEmpty && inFlight == nil && !finalsOutstanding
            && lastOffered.allSatisfy { (acknowledged[$0.key] ?? -1) >= $0.value.batchID }
    }

    mutating func offer(_ publication: Publication) {
        if waiting.updateValue(publication, forKey: publication.query) != nil {
            statistics.coalesced += 1
        }
        lastOffered[publication.query] = publication
    }

    mutating func finalsAvailable(throughBatch batchID: Int64) {
        guard batchID > finalsTarget ?? -1 else { return }
        finalsTarget = batchID
        finalsOutstanding = true
    }

    mutating func note(failure: String) {
        statistics.lastError = failure
        statistics.lastErrorNs = SystemClock.monotonicNs()
    }

    /// Takes a waiting snapshot out to be sent: the one that waits since the oldest batch.
    mutating func takeSnapshot() -> Publication? {
        let next = waiting.values.min {
            ($0.batchID, $0.query.rawValue) < ($1.batchID, $1.query.rawValue)
        }
        guard let next else { return nil }
        waiting[next.query] = nil
        inFlight = next.query
        return next
    }

    /// Puts a snapshot back, unless a newer one came meanwhile.
    mutating func putBack(_ publication: Publication) {
        inFlight = nil
        if waiting[publication.query] == nil {
            waiting[publication.query] = publication
        } else {
            statistics.coalesced += 1
        }
    }

    /// Looks at the instance id of an answer (R64). A new instance may have lost what the old one
    /// acknowledged: everything is to be sent again.
    ///
    /// - Returns: whether the instance is a new one.
    mutating func meet(instanceID: String, isDelta: (Publication) -> Bool) -> Bool {
        defer { statistics.instanceID = instanceID }
        guard let known = statistics.instanceID, known != instanceID else { return false }
        statistics.instanceChanges += 1
        acknowledged.removeAll()
        finalsAcknowledged = nil
        finalsOutstanding = true
        for (query, publication) in lastOffered where query != inFlight {
            // A delta adds to what the old instance held; the engine sees `acknowledged` nil and
            // offers a full message next.
            if isDelta(publication) {
                if waiting[query] != nil {
                    waiting[query] = nil
                    statistics.dropped += 1
                }
            } else if waiting[query] == nil {
                waiting[query] = publication
            }
        }
        return true
    }
}

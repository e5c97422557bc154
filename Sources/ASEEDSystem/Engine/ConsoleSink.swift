/// Prints each batch's results: the debugging sink. It acknowledges nothing, so that window results
/// always come in full.
public final class ConsoleSink: PublicationSink {
    /// Prints to standard output.
    public init() {}

    /// Prints a message.
    public func offer(_ publication: Publication) {
        let head = "batch \(publication.batchID) \(publication.query.rawValue) "
        StandardStream.out.write(Array(head.utf8) + publication.body + [0x0a])
    }

    /// Final windows stay in the checkpoint.
    public func finalsAvailable(throughBatch batchID: Int64) {
        StandardStream.out.write("batch \(batchID) made windows final\n")
    }

    /// Nothing is ever acknowledged.
    public func acknowledged(_ query: QueryName) -> Int64? { nil }
    /// Nothing is ever acknowledged.
    public func acknowledgedFinals() -> Int64? { nil }
    /// There is nobody to fence.
    public func fencedBy() -> Int64? { nil }
    /// Everything is printed at once.
    public func drain(deadlineNs: Int64) -> Bool { true }
    /// There is nothing to stop.
    public func stop() {}
}

/// When the batch that holds a record was committed, from the engine's progress.
struct CommitTimes: Sendable {
    private struct Span: Sendable {
        var start: Int64
        var end: Int64
        var commitNs: Int64
    }

    /// How sure a time is.
    enum Commit: Equatable, Sendable {
        /// The engine reported it.
        case at(Int64)
        /// The engine ended between the commit and its report: not later than this.
        case notAfter(Int64)
    }

    /// For each partition its batches, ascending.
    private var spans: [[Span]]
    /// The commits of all batches, ascending, and how many records were committed with each.
    let commitsNs: [Int64]
    let totals: [Int64]

    /// - Parameter engineEndsNs: when processes of the engine ended.
    init(batches: [BatchProgress], engineEndsNs: [Int64], partitions: Int) {
        let sorted = batches.sorted { $0.commitNs < $1.commitNs }
        commitsNs = sorted.map(\.commitNs)
        totals = sorted.map(\.totalRecords)
        spans = Array(repeating: [], count: partitions)
        let ends = engineEndsNs.sorted()
        for batch in sorted {
            for partition in 0..<partitions {
                guard let end = batch.ends[partition] else { continue }
                let known = spans[partition].last?.end ?? 0
                guard end > known else { continue }
                spans[partition].append(
                    Span(
                        start: max(known, batch.starts[partition] ?? known), end: end,
                        commitNs: batch.commitNs))
                // Records before the batch that no report names were committed by a process that
                // had no time left to tell.
                let span = spans[partition].count - 1
                guard spans[partition][span].start > known,
                    let died = ends.last(where: { $0 <= batch.startNs })
                else { continue }
                spans[partition].insert(
                    Span(start: known, end: spans[partition][span].start, commitNs: -died),
                    at: span)
            }
        }
    }

    /// When a record was committed; nil when no report holds it.
    func commit(partition: Int, position: Int64) -> Commit? {
        let spans = spans[partition]
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].end > position { high = middle } else { low = middle + 1 }
        }
        guard low < spans.count, spans[low].start <= position else { return nil }
        let ns = spans[low].commitNs
        return ns < 0 ? .notAfter(-ns) : .at(ns)
    }

    /// The first batch that was committed at or after a moment; their number when none was.
    func index(atOrAfter timeNs: Int64, near: Int = 0) -> Int {
        func isIt(_ index: Int) -> Bool {
            (index == 0 || commitsNs[index - 1] < timeNs)
                && (index == commitsNs.count || commitsNs[index] >= timeNs)
        }
        if near <= commitsNs.count, isIt(near) { return near }
        if near < commitsNs.count, isIt(near + 1) { return near + 1 }
        var low = 0
        var high = commitsNs.count
        while low < high {
            let middle = (low + high) / 2
            if commitsNs[middle] >= timeNs { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

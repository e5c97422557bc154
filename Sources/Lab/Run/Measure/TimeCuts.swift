/// Ascending moments that cut a run's time into stretches: one before the first, one after the last.
struct TimeCuts: Equatable, Sendable {
    private let cuts: [Int64]

    /// More stretches than this are not made of a run, however long it is.
    private static let mostEven = 512
    private static let finestNs: Int64 = 100_000_000

    init(_ cuts: some Sequence<Int64>) { self.cuts = Set(cuts).sorted() }

    /// Cuts at the ends of all intervals, and evenly in `run`.
    init(run: MetricStore.Interval?, intervals: [MetricStore.Interval]) {
        var all = intervals.flatMap { [$0.startNs, $0.endNs] }
        if let run {
            all += [run.startNs, run.endNs]
            let length = run.endNs - run.startNs
            let step = max(Self.finestNs, length / Int64(Self.mostEven))
            all += Array(stride(from: run.startNs, to: run.endNs, by: Int(step)))
        }
        self.init(all)
    }

    /// How many stretches there are.
    var count: Int { cuts.count + 1 }

    /// Where a stretch starts; the first one has no start.
    func start(of index: Int) -> Int64 { index == 0 ? .min : cuts[index - 1] }

    /// The stretch of a moment; fastest when it is that of `near` or the next.
    func index(of timeNs: Int64, near: Int = 0) -> Int {
        if holds(near, timeNs) { return near }
        if near + 1 < count, holds(near + 1, timeNs) { return near + 1 }
        var low = 0
        var high = cuts.count
        while low < high {
            let middle = (low + high) / 2
            if cuts[middle] <= timeNs { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func holds(_ index: Int, _ timeNs: Int64) -> Bool {
        (index == 0 || cuts[index - 1] <= timeNs) && (index == cuts.count || timeNs < cuts[index])
    }
}

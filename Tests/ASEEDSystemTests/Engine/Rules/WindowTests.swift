import Testing

@testable import ASEEDSystem

@Suite struct WindowTests {
    @Test("R30: 0 < slide <= size, 0 <= offset < slide, at most 366 days")
    func refusedGrids() throws {
        #expect(WindowSpec(sizeMs: 60_000, slideMs: 0) == nil)
        #expect(WindowSpec(sizeMs: 60_000, slideMs: -1) == nil)
        #expect(WindowSpec(sizeMs: 60_000, slideMs: 60_001) == nil)
        #expect(WindowSpec(sizeMs: 0, slideMs: 0) == nil)
        #expect(WindowSpec(sizeMs: 60_000, slideMs: 10_000, offsetMs: 10_000) == nil)
        #expect(WindowSpec(sizeMs: 60_000, slideMs: 10_000, offsetMs: -1) == nil)
        #expect(WindowSpec(sizeMs: 60_000, slideMs: 10_000, offsetMs: 9_999) != nil)
        #expect(WindowSpec(sizeMs: WindowSpec.longestMs, slideMs: 3_600_000) != nil)
        #expect(WindowSpec(sizeMs: WindowSpec.longestMs + 1, slideMs: 3_600_000) == nil)
        #expect(WindowSpec.minute == WindowSpec(sizeMs: 60_000, slideMs: 60_000))
    }

    @Test("R30: a window holds its start and not its end")
    func edges() throws {
        let spec = WindowSpec.minute
        #expect(spec.lastStart(at: 60_000_000) == 60_000_000)
        #expect(spec.lastStart(at: 59_999_999) == 0)
        #expect(spec.lastStart(at: -1) == -60_000_000)
        #expect(spec.earliestEnd(containing: 59_999_999) == 60_000_000)
        #expect(spec.earliestEnd(containing: 60_000_000) == 120_000_000)
        #expect(spec.earliestEnd(containing: -1) == 0)
    }

    @Test("R30: sliding windows with offsets are those of the definition", arguments: 1...40)
    func sliding(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let spec = try #require(Self.spec(&random))
        for _ in 0..<50 {
            let time = Int64(random.below(4_000_000_000)) - 1_000_000_000
            let expected = Self.starts(of: spec, containing: time)
            var found: [Int64] = []
            var start = spec.lastStart(at: time)
            while start + spec.sizeUs > time {
                found.append(start)
                start -= spec.slideUs
            }
            #expect(found.reversed() == expected, "seed \(seed), \(spec), time \(time)")
            #expect(spec.earliestEnd(containing: time) == (expected.first ?? 0) + spec.sizeUs)
        }
    }

    @Test("no window edge, hour or weekday cuts a pane", arguments: 1...40)
    func panes(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let specs = [Self.spec(&random), Self.spec(&random)].compactMap { $0 }
        let grid = PaneGrid(windows: specs)
        #expect(3_600_000_000 % grid.widthUs == 0)
        for _ in 0..<50 {
            let time = Int64(random.below(4_000_000_000)) - 1_000_000_000
            let start = grid.start(of: time)
            #expect(start <= time && time < start + grid.widthUs)
            #expect(TimeText.hour(start) == TimeText.hour(time))
            #expect(TimeText.weekday(start) == TimeText.weekday(time))
            var earliest = Int64.max
            for spec in specs {
                let windows = Self.starts(of: spec, containing: time)
                for edge in [start, start + grid.widthUs - 1] {
                    #expect(
                        Self.starts(of: spec, containing: edge) == windows, "seed \(seed), \(spec)")
                }
                earliest = min(earliest, (windows.first ?? .max - spec.sizeUs) + spec.sizeUs)
            }
            #expect(grid.earliestEnd(paneStart: start) == earliest)
        }
    }

    @Test("without windows a pane is an hour")
    func noWindows() {
        let grid = PaneGrid(windows: [])
        #expect(grid.widthUs == 3_600_000_000)
        #expect(grid.earliestEnd(paneStart: 0) == .max)
    }

    /// Windows by R30 as it is written: all k around the time.
    private static func starts(of spec: WindowSpec, containing time: Int64) -> [Int64] {
        let around = (time - spec.offsetUs) / spec.slideUs
        let reach = spec.sizeUs / spec.slideUs + 2
        return ((around - reach)...(around + 2)).map { spec.offsetUs + $0 * spec.slideUs }
            .filter { $0 <= time && time < $0 + spec.sizeUs }
    }

    private static func spec(_ random: inout SeededRandom) -> WindowSpec? {
        let unit = [1, 250, 1000, 60_000][random.below(4)]
        let slide = Int64(unit * (1 + random.below(20)))
        let size =
            slide + Int64(random.below(5)) * slide + Int64(random.below(2) * random.below(999))
        return WindowSpec(sizeMs: size, slideMs: slide, offsetMs: Int64(random.below(Int(slide))))
    }
}

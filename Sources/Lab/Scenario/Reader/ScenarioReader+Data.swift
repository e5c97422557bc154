internal import ASEEDSystem

extension ScenarioReader {
    func readData(_ top: inout ObjectReader) -> DataMix {
        var mix = DataMix()
        guard let value = top.member("data"),
            var reader = ObjectReader(value, path: "data", problems: problems)
        else { return mix }
        mix.outOfOrder = readPart(&reader, "out_of_order") { part, fraction in
            let max = part.durationMs("max_delay", in: Limits.delayMs)
            return .init(fraction: fraction, maxDelayMs: max ?? 30_000)
        }
        mix.late = readPart(&reader, "late") { part, fraction in
            let low = part.durationMs("min_delay", in: Limits.delayMs) ?? 1_000
            let high = part.durationMs("max_delay", in: Limits.delayMs) ?? max(low, 600_000)
            if low > high {
                problems.add(
                    at: part.offsetOfName("min_delay"),
                    "data.late.min_delay must not be longer than max_delay, "
                        + DurationText.text(milliseconds: high))
            }
            return .init(fraction: fraction, minDelayMs: low, maxDelayMs: high)
        }
        mix.boundary = reader.bool("boundary", default: false)
        mix.duplicates = readPart(&reader, "duplicates") { part, fraction in
            let gap = part.integer("max_gap", in: Limits.duplicateGap)
            return .init(fraction: fraction, maxGap: gap ?? 1_000)
        }
        mix.invalid = readPart(&reader, "invalid") { part, fraction in
            let kinds = part.words("kinds", from: DataMix.rejectReasons)
            return .init(fraction: fraction, kinds: kinds ?? DataMix.defaultKinds)
        }
        reader.unavailable("future", "data.invalid has the kind \"timestamp_future\"")
        reader.unavailable("idle_partitions", "remove it: all partitions get orders")
        reader.finish()
        checkSum(mix, at: value.offset)
        return mix
    }

    private func readPart<Part>(
        _ reader: inout ObjectReader, _ name: String,
        _ body: (inout ObjectReader, Double) -> Part
    ) -> Part? {
        guard let value = reader.member(name),
            var part = ObjectReader(value, path: reader.pathOf(name), problems: problems)
        else { return nil }
        if part.value["fraction"] == nil {
            part.reportMissing("fraction", ": the share of orders, from 0 to 1")
        }
        let read = body(&part, part.number("fraction", in: 0...1) ?? 0)
        part.finish()
        return read
    }

    private func checkSum(_ mix: DataMix, at offset: Int) {
        let sum =
            (mix.outOfOrder?.fraction ?? 0) + (mix.late?.fraction ?? 0)
            + (mix.duplicates?.fraction ?? 0) + (mix.invalid?.fraction ?? 0)
        if sum > 1 {
            problems.add(
                at: offset, "the fractions of data add up to \(NumberText.text(sum)), more than 1")
        }
    }
}

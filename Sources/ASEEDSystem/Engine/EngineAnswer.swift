extension Engine {
    /// Everything the engine knows as one JSON object: the answer of `--format json`.
    ///
    /// - Parameter top: how many groups `top_products` holds; nil is all.
    public func answer(top: Int?) throws(EngineError) -> [UInt8] {
        var windows: [AnswerWindow] = []
        do throws(CheckpointError) {
            windows = try finalWindows()
        } catch { throw .checkpoint(error) }
        for (key, window) in state.windows {
            for (category, sums) in window.categories {
                windows.append(
                    AnswerWindow(
                        startUs: key.startUs,
                        endUs: key.startUs + options.windows[key.spec].sizeUs,
                        category: state.categories[Int(category)].name, sums: sums, final: false))
            }
        }
        windows.sort { $0.precedes($1) }
        var json = JSONWriter()
        json.object { json in
            let profile = state.profile
            json.member("records", profile.records)
            json.member("valid", profile.totals.count)
            json.name("rejected")
            ResultRows.rejects(profile, to: &json)
            json.member("late_pairs", profile.latePairs)
            json.member("late_records", profile.lateRecords)
            let watermark = publishedWatermarkUs
            let isKnown = watermark != .min && state.nextBatchID > 0
            json.member("watermark", isKnown ? TimeText.iso(watermark) : nil)
            json.name("totals")
            json.object { json in
                json.member("total_orders", profile.totals.count)
                json.member("total_quantity", profile.totals.quantity)
                json.member("total_revenue", number: Decimals.money(profile.totals.revenue))
            }
            json.name("top_products")
            ResultRows.products(rankedGroups(top), state, to: &json)
            json.name("categories")
            ResultRows.categories(state, to: &json)
            json.name("windows")
            json.array { json in
                for window in windows {
                    ResultRows.window(
                        startUs: window.startUs, endUs: window.endUs, category: window.category,
                        window.sums, final: window.final, to: &json)
                }
            }
        }
        return json.bytes
    }

    private func rankedGroups(_ top: Int?) -> [Int32] {
        if let top, top <= options.topProducts { return Array(state.top.prefix(top)) }
        let all = state.groups.indices.map { Int32($0) }
            .filter { state.groups[Int($0)].sums.count > 0 }
            .sorted(by: state.ranksBefore)
        return top.map { Array(all.prefix($0)) } ?? all
    }

    private func finalWindows() throws(CheckpointError) -> [AnswerWindow] {
        try checkpoint.finalWindows().map {
            AnswerWindow(
                startUs: $0.startUs, endUs: $0.endUs, category: $0.category, sums: $0.sums,
                final: true)
        }
    }

    private struct AnswerWindow {
        var startUs: Int64
        var endUs: Int64
        var category: [UInt8]
        var sums: ExactSums
        var final: Bool

        func precedes(_ other: AnswerWindow) -> Bool {
            if startUs != other.startUs { return startUs < other.startUs }
            if endUs != other.endUs { return endUs < other.endUs }
            return category.lexicographicallyPrecedes(other.category)
        }
    }
}

extension Engine {
    /// A few lines for people at the end of a drained log.
    public func summary() -> String {
        let profile = state.profile
        let watermark = publishedWatermarkUs
        let rejected = RejectReason.allCases.compactMap { reason -> String? in
            let count = profile.rejects[Int(reason.rawValue)]
            return count > 0 ? "\(reason.name) \(count)" : nil
        }
        return """
            records    \(profile.records)
            valid      \(profile.totals.count)
            rejected   \(profile.rejected)\(rejected.isEmpty ? "" : " (\(rejected.joined(separator: ", ")))")
            late       \(profile.latePairs) pairs, \(profile.lateRecords) records
            revenue    \(Decimals.money(profile.totals.revenue))
            products   \(state.groups.count)
            categories \(state.categories.count)
            watermark  \(watermark == .min ? "none" : TimeText.iso(watermark))

            """
    }
}

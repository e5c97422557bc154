internal import SQLite

extension Checkpoint {
    /// The state that the last committed batch left.
    ///
    /// - Parameters:
    ///   - windows: the run's window grids.
    ///   - fresh: the state of a run without a batch.
    ///   - topLimit: how many groups `top_products` holds.
    func restore(
        windows: [WindowSpec], fresh: EngineState, topLimit: Int
    ) throws(CheckpointError) -> EngineState {
        let folder = self.folder
        var state = fresh
        do {
            guard let last = try database.integer("SELECT max(batch_id) FROM batches") else {
                return state
            }
            state.nextBatchID = last + 1
            let floor = try database.integer(
                "SELECT value FROM meta WHERE key = 'watermark_floor'")
            let next = try database.integer("SELECT value FROM meta WHERE key = 'watermark_next'")
            state.watermark = Watermark(
                policy: fresh.watermark.policy, delayUs: fresh.watermark.delayUs,
                floorUs: floor ?? .min, nextUs: next ?? 0)
            state.latestUs =
                try database.integer("SELECT value FROM meta WHERE key = 'latest_event_time'")
                ?? .min
            try restorePartitions(&state)
            try restoreProducts(&state)
            try restoreWindows(&state, windows)
            try restoreProfile(&state)
            try restoreLatest(&state)
        } catch let error as SQLiteError {
            throw .database(error)
        } catch let error as UnreadableAmount {
            throw .mismatch(
                path: folder, what: "a sum is no amount: \"\(error.text)\"",
                next: "restore a copy, or use another --checkpoint to start anew")
        } catch {
            throw .mismatch(path: folder, what: "\(error)", next: "use another --checkpoint")
        }
        state.updateTop(changed: state.groups.indices.map { Int32($0) }, limit: topLimit)
        return state
    }

    /// Every final window × category.
    func finalWindows() throws(CheckpointError) -> [(
        startUs: Int64, endUs: Int64, category: [UInt8], sums: ExactSums
    )] {
        do {
            let rows = try database.prepare(
                """
                SELECT window_start, window_end, category, order_count, total_quantity,
                    total_revenue, price_sum FROM windows WHERE final_batch IS NOT NULL
                """)
            var windows: [(startUs: Int64, endUs: Int64, category: [UInt8], sums: ExactSums)] = []
            while try rows.step() {
                windows.append(
                    (
                        rows.integer(0), rows.integer(1), rows.bytes(2),
                        try Self.sums(rows, from: 3)
                    ))
            }
            return windows
        } catch let error as SQLiteError {
            throw .database(error)
        } catch {
            throw .mismatch(
                path: folder, what: "windows: \(error)", next: "use another --checkpoint")
        }
    }

    private func restorePartitions(_ state: inout EngineState) throws {
        let rows = try database.prepare(
            "SELECT partition, position, high_time FROM positions ORDER BY partition")
        while try rows.step() {
            let partition = EngineState.Partition(
                position: rows.integer(1), highUs: rows.optionalInteger(2) ?? .min)
            let index = Int(rows.integer(0))
            if index < state.partitions.count {
                state.partitions[index] = partition
            } else {
                state.partitions.append(partition)
            }
        }
    }

    private func restoreProducts(_ state: inout EngineState) throws {
        let rows = try database.prepare(
            """
            SELECT product_id, product_name, category, order_count, total_quantity, total_revenue,
                price_sum FROM products ORDER BY id
            """)
        while try rows.step() {
            let key = ProductKey(
                id: rows.bytes(0), name: rows.bytes(1), category: rows.bytes(2))
            let id = Int(state.groupID(key))
            let sums = try Self.sums(rows, from: 3)
            state.groups[id].sums = sums
            state.categories[Int(state.groups[id].category)].sums.add(sums)
        }
    }

    private func restoreWindows(_ state: inout EngineState, _ specs: [WindowSpec]) throws {
        let rows = try database.prepare(
            """
            SELECT window_start, window_end, category, order_count, total_quantity, total_revenue,
                price_sum FROM windows WHERE final_batch IS NULL
            """)
        while try rows.step() {
            let length = rows.integer(1) - rows.integer(0)
            guard let spec = specs.firstIndex(where: { $0.sizeUs == length }) else { continue }
            let key = EngineState.WindowKey(spec: spec, startUs: rows.integer(0))
            let category = state.categoryID(rows.bytes(2))
            state.windows[key, default: .init()].categories[category] = try Self.sums(
                rows, from: 3)
            state.windows[key]?.changedIn[category] = state.nextBatchID - 1
        }
    }

    private func restoreProfile(_ state: inout EngineState) throws {
        var profile = OrderProfile()
        let totals = try database.prepare(
            "SELECT name, order_count, total_quantity, total_revenue, price_sum FROM totals")
        while try totals.step() {
            let sums = try Self.sums(totals, from: 1)
            let share = OrderProfile.Share(count: sums.count, revenue: sums.revenue)
            let words = totals.text(0).split(separator: " ", maxSplits: 1)
            let number = words.count > 1 ? Int(words[1]) : nil
            switch words.first {
            case "all": profile.totals = sums
            case "records": profile.records = sums.count
            case "late_pairs": profile.latePairs = sums.count
            case "late_records": profile.lateRecords = sums.count
            case "band":
                for band in PriceBand.allCases where band.name == words.last.map(String.init) {
                    profile.bands[band.rawValue] = share
                }
            case "hour":
                if let number, profile.hours.indices.contains(number) {
                    profile.hours[number] = share
                }
            case "weekday":
                if let number, profile.weekdays.indices.contains(number - 1) {
                    profile.weekdays[number - 1] = share
                }
            default: break
            }
        }
        let rejects = try database.prepare("SELECT reason, records FROM rejects")
        while try rejects.step() {
            let name = rejects.text(0)
            for reason in RejectReason.allCases where reason.name == name {
                profile.rejects[Int(reason.rawValue)] = rejects.integer(1)
            }
        }
        profile.deadLettersDropped =
            try database.integer("SELECT value FROM meta WHERE key = 'dead_letters_dropped'") ?? 0
        state.profile = profile
    }

    private func restoreLatest(_ state: inout EngineState) throws {
        let rows = try database.prepare("SELECT * FROM latest_orders ORDER BY rank")
        while try rows.step() {
            guard let price = Decimals.tenThousandths(rows.text(5)) else {
                throw UnreadableAmount(text: rows.text(5))
            }
            state.latest.append(
                LatestOrder(
                    orderID: rows.bytes(1), productID: rows.bytes(2), productName: rows.bytes(3),
                    category: rows.bytes(4), price: Int64(price), quantity: rows.integer(6),
                    eventTimeUs: rows.integer(7), partition: Int(rows.integer(8)),
                    position: rows.integer(9)))
        }
    }

    private static func sums(_ rows: Statement, from column: Int32) throws -> ExactSums {
        func amount(_ index: Int32) throws -> Int128 {
            let text = rows.text(index)
            guard let value = Decimals.tenThousandths(text) else {
                throw UnreadableAmount(text: text)
            }
            return value
        }
        return ExactSums(
            count: rows.integer(column), quantity: rows.integer(column + 1),
            revenue: try amount(column + 2), price: try amount(column + 3))
    }
}

/// A text in a column of amounts that is none.
private struct UnreadableAmount: Error {
    var text: String
}

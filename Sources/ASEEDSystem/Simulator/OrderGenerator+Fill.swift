extension OrderGenerator {
    /// Draws and writes orders until there are `limit` more, the blocks are full, or the next
    /// order's event time is `stopUs` or later.
    ///
    /// The order of number s goes to partition `(s - 1) % partitions`.
    ///
    /// - Returns: how many orders were written.
    ///
    /// Cost: no allocation; about 20 ns an order.
    @inline(never)
    public func fill(
        _ limit: Int, beforeEventTimeUs stopUs: Int64 = .max, into blocks: PartitionBlocks
    ) -> Int {
        var state = self.state
        let tables = templates.tables
        let cursors = blocks.cursors
        let lengths = blocks.lengths
        let latestUs = blocks.latestUs
        let partitions = blocks.partitions
        let usable = blocks.capacity - templates.maxLineBytes
        let starts = blocks.starts
        let first = blocks.records
        let last = min(first + limit, blocks.maxRecords)
        var index = first
        var partition = Int((state.sequence - 1) % Int64(partitions))
        while index < last, originUs + state.nextClock >> Self.clockShift < stopUs {
            let cursor = cursors[partition]
            if cursor - starts[partition] > usable { break }
            let draft = draw(&state, tables)
            let end = writeCached(draft, to: cursor, &state.line, tables)
            lengths[index] = UInt32(truncatingIfNeeded: end - cursor - 1)
            cursors[partition] = end
            latestUs[partition] = max(latestUs[partition], draft.eventTimeUs)
            partition += 1
            if partition == partitions { partition = 0 }
            index += 1
        }
        blocks.records = index
        self.state = state
        return index - first
    }

    /// Writes one order, whatever its event time, as a line into a partition's block.
    ///
    /// - Returns: the record's bytes, without the line feed; valid until the block changes.
    @discardableResult
    public func write(
        _ draft: OrderDraft, to partition: Int, of blocks: PartitionBlocks
    ) -> UnsafeRawBufferPointer {
        precondition(
            blocks.room(in: partition) >= maxLineBytes && blocks.records < blocks.maxRecords,
            "block is full")
        let start = blocks.cursors[partition]
        let end = OrderLine.write(draft, to: start, templates.tables)
        blocks.cursors[partition] = end
        blocks.lengths[blocks.records] = UInt32(end - start - 1)
        blocks.records += 1
        return UnsafeRawBufferPointer(start: start, count: end - start - 1)
    }

    /// One draw; the same for the hot loop and for single orders.
    @inline(__always)
    func draw(_ state: inout State, _ tables: OrderTemplates.Tables) -> OrderDraft {
        let us = originUs &+ state.nextClock >> Self.clockShift
        if _slowPath(us &- state.line.secondStartUs >= 1_000_000 || us < state.line.secondStartUs) {
            enterSecond(us, &state)
        }
        let choice = state.orders.next()
        let column = Int(((choice >> 32) &* tables.productCount) >> 32)
        let entry = tables.alias[column]
        var product =
            UInt32(truncatingIfNeeded: choice) < entry.threshold ? column : Int(entry.other)
        let detail = state.orders.next()
        if tables.promotions, state.promotedCategory >= 0,
            detail >> 48 & 0xff < Promotions.drawnOf256
        {
            let members =
                (Int(tables.productCount) - state.promotedCategory + tables.categoryCount - 1)
                / tables.categoryCount
            let member = Int((detail >> 32 & 0xffff) &* UInt64(members) >> 16)
            product = state.promotedCategory + member * tables.categoryCount
        }
        let row = tables.products[product]
        var price =
            row.lowestCents
            &+ UInt32(truncatingIfNeeded: ((detail & 0xffff_ffff) &* UInt64(row.spanCents)) >> 32)
        if tables.promotions, Int(row.category) == state.promotedCategory {
            price = max(1, price * state.priceFactor / 100)
        }
        var quantity = UInt32(tables.quantities[Int(detail >> 56)])
        var customer: UInt32 = 0
        if tables.customers > 0 {
            customer = UInt32(truncatingIfNeeded: 1 &+ state.customers.below(tables.customers))
            if tables.segmentsOfCustomers,
                CustomerSegment.of(customer: customer, seed: tables.seed) == .wholesale
            {
                quantity *= 5
            }
        }
        let sequence = state.sequence
        state.sequence = sequence &+ 1
        state.nextClock &+= Int64(truncatingIfNeeded: state.steps.below(state.stepSpan))
        return OrderDraft(
            sequence: sequence, eventTimeUs: us, product: product, priceCents: price,
            quantity: quantity, customer: customer)
    }

    /// Writes a line whose event time lies in the cached second.
    @inline(__always)
    private func writeCached(
        _ draft: OrderDraft, to start: UnsafeMutableRawPointer, _ line: inout LineCache,
        _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        var hundreds = draft.sequence &- line.idHundreds
        if _slowPath(hundreds >= 100 || hundreds < 0) {
            line.idHundreds = draft.sequence / 100 * 100
            hundreds = draft.sequence - line.idHundreds
            OrderLine.writeHundreds(
                line.idHundreds / 100, digits: line.idLength - 18, to: line.id)
        }
        var at = start
        at.copyMemory(from: line.id, byteCount: 48)
        at += line.idLength
        at.storeBytes(of: tables.pairs[Int(hundreds)], as: UInt16.self)
        at = OrderLine.writeBody(draft, to: at + 2, tables)
        at.copyMemory(from: line.second, byteCount: 48)
        at += OrderLine.secondLength
        let micros = UInt32(truncatingIfNeeded: draft.eventTimeUs &- line.secondStartUs)
        return OrderLine.writeEnd(draft, micros: micros, to: at, tables)
    }
}

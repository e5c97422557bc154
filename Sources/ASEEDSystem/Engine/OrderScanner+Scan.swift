internal import CBytes
internal import Glibc

extension OrderScanner {
    /// What `scan` did with a block.
    struct BlockResult {
        /// Bytes of whole records that were read.
        var consumed = 0
        var records = 0
        /// The block's latest event time; `Int64.min` when it has no valid record.
        var latestUs = Int64.min
        /// Whether the batch must end here: it has no room for a further pane or dead letter.
        var mustCut = false
    }

    /// Where the records of a block lie in the log.
    struct BlockPositions {
        /// The position of the block's first byte, where positions are byte offsets.
        var first: Int64 = 0
        /// The position of each record, where they are not.
        var each: UnsafePointer<Int64>?

        func position(record: Int, byte: Int) -> Int64 { each?[record] ?? first + Int64(byte) }
    }

    /// Reads the whole records of a block: the fast path by a learned plan, the rest through the
    /// validator.
    ///
    /// - Parameters:
    ///   - block: the bytes, followed by `slackBytes` zeros.
    ///   - positions: where the block's records lie in the log.
    ///   - maxRecords: stop after this many.
    ///
    /// Cost: about 40 ns a record on the fast path; no allocation.
    func scan(
        _ block: UnsafePointer<UInt8>, count: Int, positions: BlockPositions, maxRecords: Int,
        into scan: inout PartitionScan
    ) -> BlockResult {
        let end = block + count
        var at = block
        var result = BlockResult()
        var records = 0
        var hits = 0
        var rejected = 0
        var latest = Int64.min
        let futureBound = UInt64(bitPattern: max(0, context.futureBoundUs))
        let paneWidth = UInt64(bitPattern: grid.widthUs)
        let powers = UnsafePointer(self.powers)

        var plan = plans.preferred
        var firstStep = plan?.steps
        var planID = plan?.id ?? 0
        var tries = 0
        var slots = UnsafePointer(segments.slots)
        var slotMask = segments.mask
        var entries = UnsafeRawPointer(segments.entries)
        let product = self.product
        var sums = self.sums
        var touched = self.touched
        var touchedCount = self.touchedCount
        leavePane()
        var paneStart = self.paneStart
        var paneRow = self.paneRow
        var lateLimit = paneLateLimit
        var rowStride = Int32(panes.stride)
        var minuteKey0: UInt64 = 0
        var minuteKey1: UInt64 = 0
        var minuteTime = Int64.min
        var midCount: Int64 = 0
        var midRevenue: Int64 = 0
        var premiumCount: Int64 = 0
        var premiumRevenue: Int64 = 0

        records: while at < end, records < maxRecords {
            let start = at
            var next = start
            var price: Int64 = 0
            var quantity: Int64 = 0
            var time: Int64 = 0
            var group: Int32 = 0
            var category: Int32 = 0
            var isHit = false

            fast: do {
                guard var step = firstStep else { break fast }
                var q = start
                var segmentStart = start
                steps: while true {
                    let mask = step.pointee.literalMask
                    let literalCount = Int(step.pointee.literalCount)
                    let equal =
                        literalCount <= 16 ? cbytes_equal16(q, step) : cbytes_equal32(q, step)
                    if equal & mask != mask { break fast }
                    q += literalCount
                    switch step.pointee.kind {
                    case .literal: break

                    case .orderID:
                        let predicted = step.pointee.word0
                        let bits =
                            step.pointee.number < 16
                            ? UInt64(cbytes_special16(q)) : cbytes_special64(q)
                        if _fastPath(
                            bits & predicted == step.pointee.word1 && q.pointee != 0x20)
                        {
                            q += Int(step.pointee.number)
                        } else {
                            guard let after = Self.orderID(q, end, step) else { break fast }
                            q = after
                        }

                    case .segment:
                        segmentStart = q
                        let hash = SegmentTable.hash(q, plan: planID)
                        var index = Int(truncatingIfNeeded: hash) & slotMask
                        while true {
                            let slot = slots[index]
                            let length = Int(slot.length)
                            if _slowPath(slot.hash != hash) {
                                if length == 0 { break }
                                index = (index &+ 1) & slotMask
                                continue
                            }
                            let entry = entries + Int(slot.entry) &* SegmentTable.entryBytes
                            let head = entry.load(as: SegmentTable.Head.self)
                            if _slowPath(
                                head.plan != planID
                                    || !Self.sameSegment(
                                        q, entry + SegmentTable.headBytes, length)
                            ) {
                                index = (index &+ 1) & slotMask
                                continue
                            }
                            group = head.group
                            category = head.category
                            q += length
                            step += 1
                            continue steps
                        }
                        guard let steps = firstStep else { break fast }
                        step = steps + Int(step.pointee.number)
                        continue steps

                    case .productID, .productName, .category:
                        guard let after = Self.endOfRawString(q, end) else { break fast }
                        let length = after - q
                        switch step.pointee.kind {
                        case .productID:
                            product.pointee.id = q
                            product.pointee.idCount = length
                        case .productName:
                            product.pointee.name = q
                            product.pointee.nameCount = length
                        default:
                            product.pointee.category = q
                            product.pointee.categoryCount = length
                        }
                        q = after

                    case .resume:
                        guard q <= end, let ids = findProduct() else { break fast }
                        (group, category) = (ids.group, ids.category)
                        segments.learn(
                            segmentStart, length: q - segmentStart, plan: planID, group: group,
                            category: category)
                        slots = UnsafePointer(segments.slots)
                        slotMask = segments.mask
                        entries = UnsafeRawPointer(segments.entries)
                        guard let steps = firstStep else { break fast }
                        step = steps + Int(step.pointee.number)
                        continue steps

                    case .price:
                        let word =
                            UnsafeRawPointer(q).loadUnaligned(as: UInt64.self) ^ DigitWords.zeros
                        let marks = DigitWords.nonDigits(word)
                        let second = marks & (marks &- 1)
                        let pointBit = UInt64(marks.trailingZeroBitCount) & 0x38
                        let endBit = UInt64(second.trailingZeroBitCount) & 0x38
                        let fraction = Int((endBit &- pointBit) >> 3) &- 1
                        if _fastPath(
                            second != 0 && (word >> pointBit) & 0xff == 0x1e && pointBit != 0
                                && (word & 0xff != 0 || pointBit == 8))
                        {
                            let whole: UInt64 = (1 &<< pointBit) &- 1
                            let digits = (word & whole) | ((word >> 8) & ~whole)
                            let value = DigitWords.value(digits &<< (72 &- endBit))
                            price = Int64(bitPattern: value) &* powers[fraction & 7]
                            q += Int(endBit >> 3)
                        } else {
                            guard let longer = Self.longPrice(q) else { break fast }
                            price = longer.price
                            q += longer.count
                        }
                        // Zero also stands for a fraction of none or of more than four digits.
                        if price == 0 { break fast }

                    case .quantity:
                        let word =
                            UnsafeRawPointer(q).loadUnaligned(as: UInt64.self) ^ DigitWords.zeros
                        let marks = DigitWords.nonDigits(word)
                        let endBit = UInt64(marks.trailingZeroBitCount) & 0x38
                        if endBit == 0 || word & 0xff == 0 { break fast }
                        quantity = Int64(bitPattern: DigitWords.value(word &<< (64 &- endBit)))
                        if quantity > OrderLimits.quantity { break fast }
                        q += Int(endBit >> 3)

                    case .timestamp:
                        let raw = UnsafeRawPointer(q)
                        let key0 = raw.loadUnaligned(as: UInt64.self)
                        let key1 = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                        if _slowPath((key0 ^ minuteKey0) | (key1 ^ minuteKey1) != 0) {
                            let found = minute(q, key0, key1)
                            if found == .min { break fast }
                            (minuteKey0, minuteKey1, minuteTime) = (key0, key1, found)
                        }
                        let colonAndTens = UInt32(
                            raw.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
                        let tens = (colonAndTens >> 8) &- 0x30
                        let word =
                            raw.loadUnaligned(fromByteOffset: 18, as: UInt64.self)
                            ^ DigitWords.zeros
                        // Of the second's last digit and the fraction, the bytes this shape has.
                        let kept = step.pointee.word0
                        let digits = ((word & 0xff) | ((word >> 8) & ~0xff)) & kept
                        if colonAndTens & 0xff != 0x3a || tens > 5
                            || DigitWords.nonDigits(digits) | ((word ^ 0x1e00) & kept & 0xff00)
                                != 0
                        {
                            break fast
                        }
                        let micros = DigitWords.value(digits &<< 8)
                        time =
                            minuteTime &+ Int64(tens) &* 10_000_000
                            &+ Int64(bitPattern: micros) &- Int64(bitPattern: step.pointee.word1)
                        if UInt64(bitPattern: time) > futureBound { break fast }
                        let length = Int(step.pointee.number)
                        if _slowPath(length > 26), !Self.areDigits(q + 26, length &- 26) {
                            break fast
                        }
                        q += length

                    case .skippedString:
                        guard let after = Self.endOfString(q, end) else { break fast }
                        q = after

                    case .skippedNumber:
                        guard let after = Self.endOfNumber(q) else { break fast }
                        q = after

                    case .endWithGroup:
                        guard q <= end, let ids = findProduct() else { break fast }
                        (group, category) = (ids.group, ids.category)
                        break steps

                    case .end: break steps
                    }
                    step += 1
                }
                if q > end || q - start > OrderLimits.recordBytes { break fast }
                next = q
                isHit = true
            }

            if _fastPath(isHit) {
                hits &+= 1
                tries = 0
            } else {
                if let other = plans.another(after: tries + 1) {
                    tries += 1
                    plan = other
                    firstStep = other.steps
                    planID = other.id
                    continue records
                }
                tries = 0
                guard let newline = memchr(start, 0x0a, end - start) else { break records }
                next = UnsafePointer(newline.assumingMemoryBound(to: UInt8.self)) + 1
                let length = next - start - 1
                let reason = validator.judge(
                    start, count: length, futureBound: context.futureBoundUs)
                if let reason {
                    reject(
                        reason, start, count: length, byteCount: length,
                        position: positions.position(record: records, byte: start - block),
                        scan: &scan)
                    rejected += 1
                    records += 1
                    at = next
                    if isFullOfDeadLetters {
                        result.mustCut = true
                        break records
                    }
                    plan = plans.preferred
                    firstStep = plan?.steps
                    planID = plan?.id ?? 0
                    continue records
                }
                // A product that is not counted in this batch must not be known to it either.
                guard hasRoomForPane(of: validator.values.eventTime) else {
                    result.mustCut = true
                    break records
                }
                let ids = intern(start)
                plans.learn(start, count: length, fields: validator.fields)
                (group, category) = (ids.group, ids.category)
                (price, quantity) = (validator.values.price, validator.values.quantity)
                time = validator.values.eventTime
                self.touchedCount = touchedCount
                makeRoom()
                sums = self.sums
                touched = self.touched
                rowStride = Int32(panes.stride)
                paneStart = .min
                plan = plans.preferred
                firstStep = plan?.steps
                planID = plan?.id ?? 0
            }

            if _slowPath(UInt64(bitPattern: time &- paneStart) >= paneWidth) {
                guard enterPane(of: time, partitionHighUs: scan.highUs) else {
                    result.mustCut = true
                    break records
                }
                paneStart = self.paneStart
                paneRow = self.paneRow
                lateLimit = paneLateLimit
            }
            if time > latest { latest = time }
            let sum = sums + Int(group)
            if _slowPath(sum.pointee.count == 0) {
                touched[touchedCount] = group
                touchedCount &+= 1
            }
            let revenue = price &* quantity
            if _slowPath(
                latest >= lateLimit || revenue >= Accumulator.largeRevenue || category >= rowStride)
            {
                addUnusual(
                    GroupTable.IDs(group: group, category: category),
                    OrderValues(price: price, quantity: quantity, eventTime: time), scan: &scan,
                    highUs: max(scan.highUs, latest))
            } else {
                sum.pointee.add(quantity: quantity, revenue: revenue, price: price)
                paneRow[Int(category)].add(quantity: quantity, revenue: revenue, price: price)
                let isMid: Int64 = price >= PriceBand.midRangeFrom ? 1 : 0
                let isPremium: Int64 = price >= PriceBand.premiumFrom ? 1 : 0
                midCount &+= isMid
                midRevenue &+= revenue & (0 &- isMid)
                premiumCount &+= isPremium
                premiumRevenue &+= revenue & (0 &- isPremium)
            }
            records &+= 1
            at = next
        }

        self.touchedCount = touchedCount
        midOrMore.count += midCount
        midOrMore.revenue += midRevenue
        premium.count += premiumCount
        premium.revenue += premiumRevenue
        plans.credit(hits: hits)
        scan.highUs = max(scan.highUs, latest)
        slowRecords += records - hits
        scan.records += Int64(records)
        scan.valid += Int64(records - rejected)
        result.consumed = at - block
        result.records = records
        result.latestUs = latest
        return result
    }

    /// The group of the record that the validator has just accepted.
    func intern(_ record: UnsafePointer<UInt8>) -> GroupTable.IDs {
        let fields = validator.fields
        let id = fields[OrderField.productID.rawValue]
        let name = fields[OrderField.productName.rawValue]
        let category = fields[OrderField.category.rawValue]
        let raw = GroupTable.RawProduct(
            id: record + id.start, idCount: id.count, name: record + name.start,
            nameCount: name.count, category: record + category.start,
            categoryCount: category.count)
        if let known = groups.find(raw) { return known }
        return groups.intern(
            raw, productID: validator.string(.productID, of: record),
            productName: validator.string(.productName, of: record),
            category: validator.string(.category, of: record))
    }
}

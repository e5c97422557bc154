extension OrderScanner {
    /// Judges and sums one record by the validator alone: it may hold line feeds, which would be two
    /// records to the fast path. No shape is learned from it.
    ///
    /// - Parameter record: the bytes, a line feed and `slackBytes` zeros.
    func judgeAlone(
        _ record: UnsafePointer<UInt8>, count: Int, position: Int64, into scan: inout PartitionScan
    ) -> BlockResult {
        var result = BlockResult()
        leavePane()
        let reason = validator.judge(record, count: count, futureBound: context.futureBoundUs)
        if let reason {
            reject(
                reason, record, count: count, byteCount: count, position: position, scan: &scan)
            result.mustCut = isFullOfDeadLetters
        } else {
            let values = validator.values
            // A product that is not counted in this batch must not be known to it either.
            guard hasRoomForPane(of: values.eventTime) else {
                result.mustCut = true
                return result
            }
            let ids = intern(record)
            makeRoom()
            guard enterPane(of: values.eventTime, partitionHighUs: scan.highUs) else {
                result.mustCut = true
                return result
            }
            if sums[Int(ids.group)].count == 0 {
                touched[touchedCount] = ids.group
                touchedCount += 1
            }
            scan.highUs = max(scan.highUs, values.eventTime)
            addUnusual(ids, values, scan: &scan, highUs: scan.highUs)
            scan.valid += 1
            result.latestUs = values.eventTime
        }
        slowRecords += 1
        scan.records += 1
        result.records = 1
        result.consumed = count + 1
        return result
    }
}

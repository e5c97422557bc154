import SQLite

/// C5: the dead letters are exactly the rejected records, with their reasons.
struct RejectCheck {
    /// By partition and position, rising.
    let letters: [DeadLetter]
    let dropped: Int64
    let wrongBytes: [Int]
    let reference: Reference
    let faults: FaultList

    func check() throws {
        let statement = try reference.database.prepare(
            "SELECT part, pos, batch, reason, byte_count FROM rejected ORDER BY part, pos", [:])
        var missing: Int64 = 0
        var firstMissing: [DeadLetter] = []
        var next = 0
        while try statement.step() {
            let expected = DeadLetter(
                partition: Int(statement.integer(0)), position: statement.integer(1),
                batchID: statement.integer(2), reason: statement.text(3),
                byteCount: statement.integer(4), record: [])
            while next < letters.count, isBefore(letters[next], expected) {
                try addUnexpected(letters[next])
                next += 1
            }
            if next < letters.count, !isBefore(expected, letters[next]) {
                compare(expected, letters[next])
                next += 1
            } else {
                missing += 1
                if firstMissing.count < 100 { firstMissing.append(expected) }
            }
        }
        while next < letters.count {
            try addUnexpected(letters[next])
            next += 1
        }
        checkMissing(missing, firstMissing)
        for index in wrongBytes {
            let letter = letters[index]
            add(
                letter, .rejectLost, "record", "the record's first 64 KiB", "other bytes",
                "the dead letter does not hold the record that was rejected")
        }
    }

    private func isBefore(_ left: DeadLetter, _ right: DeadLetter) -> Bool {
        (left.partition, left.position) < (right.partition, right.position)
    }

    private func compare(_ expected: DeadLetter, _ got: DeadLetter) {
        if expected.reason != got.reason {
            add(
                got, .rejectedWrongly, "reason", expected.reason, got.reason,
                "the record must be rejected, but its first broken rule is another (R10)")
        }
        if expected.byteCount != got.byteCount {
            add(
                got, .wrongCount, "byte_count", "\(expected.byteCount)", "\(got.byteCount)",
                "the dead letter has another length than the record")
        }
        if expected.batchID != got.batchID {
            add(
                got, .wrongCount, "batch_id", "\(expected.batchID)", "\(got.batchID)",
                "the dead letter names another batch than the one whose range holds the record")
        }
    }

    /// What is over the limit is counted, not kept (R21): as many may be missing as were dropped.
    private func checkMissing(_ missing: Int64, _ first: [DeadLetter]) {
        if let limit = reference.run.deadLetterLimit, Int64(letters.count) > limit {
            faults.add(
                Difference(
                    .rejects, .wrongCount, in: "dead letters", key: "all", field: "kept",
                    expected: "at most \(limit)", got: "\(letters.count)",
                    story: "more dead letters are kept than the limit allows"))
        }
        guard missing != dropped else { return }
        if dropped > 0 {
            faults.add(
                Difference(
                    .rejects, missing > dropped ? .rejectLost : .wrongCount, in: "dead letters",
                    key: "all", field: "dropped", expected: "\(missing)", got: "\(dropped)",
                    story: "kept and dropped dead letters together are not the rejected records"))
            return
        }
        for letter in first {
            let isCounted = reference.partitions[letter.partition].ranges.contains {
                $0.row.batchID == letter.batchID && $0.row.valid > $0.valid
            }
            add(
                letter, isCounted ? .acceptedWrongly : .rejectLost, "row", letter.reason, "missing",
                "the record must be rejected, and is in no dead letter"
                    + (isCounted ? "; its batch counted more valid orders than there are" : ""))
        }
    }

    private func addUnexpected(_ letter: DeadLetter) throws {
        let trace = try reference.trace(partition: letter.partition, position: letter.position)
        var difference = Difference(
            .rejects, .rejectedWrongly, in: "dead letters", key: key(letter), field: "row",
            expected: trace == nil ? "no record here" : "valid", got: letter.reason,
            batchID: letter.batchID,
            story: trace == nil
                ? "the dead letter is of a position at which no consumed record starts"
                : "a valid order was rejected: it is missing from all results")
        difference.orders = trace.map { [$0] } ?? []
        difference.candidates = difference.orders.count
        faults.add(difference)
    }

    private func key(_ letter: DeadLetter) -> String {
        "partition \(letter.partition), position \(letter.position)"
    }

    private func add(
        _ letter: DeadLetter, _ faultClass: FaultClass, _ field: String, _ expected: String,
        _ got: String, _ story: String
    ) {
        faults.add(
            Difference(
                .rejects, faultClass, in: "dead letters", key: key(letter), field: field,
                expected: expected, got: got, batchID: letter.batchID, story: story))
    }
}

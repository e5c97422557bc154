/// One published value that is not the reference's.
struct FieldDifference {
    var name: String
    var expected: String
    var got: String
}

/// One row that is not as the reference has it: one of the two is missing, or values differ.
struct RowDifference {
    var query: VerifierOptions.Query
    /// The query, and the place in its message: `raw_orders.metrics.hours`.
    var table: String
    var key: String
    var expected: ReferenceRow?
    var got: JSONTree?
    var fields: [FieldDifference]

    /// The key by its bytes: `String` calls texts equal that are not (R26).
    var keyBytes: [UInt8] { Array(key.utf8) }
}

/// Compares a list of published rows with the reference's, row by row by their keys.
struct TableComparison {
    let published: PublishedResults
    let query: VerifierOptions.Query
    let table: String
    /// The fields that name a row.
    let keys: [String]

    /// - Parameter optional: fields that a publication may leave out.
    func differences(
        expected: [ReferenceRow], got: [JSONTree], optional: Set<String> = []
    ) -> [RowDifference] {
        var gotByKey: [[UInt8]: JSONTree] = [:]
        var differences: [RowDifference] = []
        for node in got {
            if gotByKey.updateValue(node, forKey: keyBytes(node)) != nil {
                differences.append(
                    RowDifference(
                        query: query, table: table, key: name(node), expected: nil, got: node,
                        fields: [
                            FieldDifference(name: "row", expected: "once", got: "twice")
                        ]))
            }
        }
        var expectedKeys: Set<[UInt8]> = []
        for row in expected {
            let key = keyBytes(row)
            expectedKeys.insert(key)
            guard let node = gotByKey[key] else {
                differences.append(
                    RowDifference(
                        query: query, table: table, key: name(row), expected: row, got: nil,
                        fields: [FieldDifference(name: "row", expected: "present", got: "missing")]
                    ))
                continue
            }
            let fields = fieldDifferences(row, node, optional: optional)
            if !fields.isEmpty {
                differences.append(
                    RowDifference(
                        query: query, table: table, key: name(row), expected: row, got: node,
                        fields: fields))
            }
        }
        for node in got where !expectedKeys.contains(keyBytes(node)) {
            differences.append(
                RowDifference(
                    query: query, table: table, key: name(node), expected: nil, got: node,
                    fields: [FieldDifference(name: "row", expected: "absent", got: "present")]))
        }
        return differences
    }

    /// Whether the rows, which are the same by key, come in another order.
    func isOrderWrong(expected: [ReferenceRow], got: [JSONTree]) -> Bool {
        expected.map { keyBytes($0) } != got.map { keyBytes($0) }
    }

    /// The fields of one row that differ.
    func fieldDifferences(
        _ row: ReferenceRow, _ node: JSONTree, optional: Set<String> = []
    ) -> [FieldDifference] {
        row.fields.compactMap { field in
            guard let got = node[field.name] else {
                return optional.contains(field.name)
                    ? nil
                    : FieldDifference(
                        name: field.name, expected: field.value.plain, got: "missing")
            }
            return published.isEqual(got, field.value)
                ? nil
                : FieldDifference(
                    name: field.name, expected: field.value.plain, got: published.plain(got))
        }
    }

    private func keyBytes(_ row: ReferenceRow) -> [UInt8] {
        keys.reduce(into: []) { bytes, key in
            switch row[key] {
            case .text(let text)?: bytes += text
            case let value?: bytes += Array(value.plain.utf8)
            case nil: break
            }
            bytes.append(0)
        }
    }

    private func keyBytes(_ node: JSONTree) -> [UInt8] {
        keys.reduce(into: []) { bytes, key in
            if let value = node[key] { bytes += value.string ?? Array(published.bytes(value)) }
            bytes.append(0)
        }
    }

    private func name(_ row: ReferenceRow) -> String {
        keys.map { row[$0]?.plain ?? "" }.joined(separator: " · ")
    }

    private func name(_ node: JSONTree) -> String {
        keys.map { key in node[key].map { published.plain($0) } ?? "" }.joined(separator: " · ")
    }
}

extension Verifier {
    /// C10: two runs over the same log, with and without faults, published the same final results.
    ///
    /// Compared byte for byte are the final windows (in any order, without the batch that closed them,
    /// because batches may be cut differently) and each query's last snapshot without its envelope.
    ///
    /// - Parameters: the two are the bodies of `GET /api/published` of the two runs.
    /// - Returns: what differs, at most `limit` lines; empty when all is the same.
    public static func differencesBetween(
        _ first: [UInt8], _ second: [UInt8], limit: Int = 20
    ) throws -> [String] {
        let first = try results(first, "first")
        let second = try results(second, "second")
        var differences: [String] = []
        let names = Set(first.keys).union(second.keys)
            .sorted { $0.lexicographicallyPrecedes($1) }
        for key in names where first[key] != second[key] {
            let name = String(decoding: key, as: UTF8.self)
            func text(_ value: ArraySlice<UInt8>?) -> String {
                value.map { String(decoding: $0.prefix(200), as: UTF8.self) } ?? "missing"
            }
            differences.append("\(name): \(text(first[key])) and \(text(second[key]))")
            if differences.count == limit { break }
        }
        return differences
    }

    private static let envelope: Set<String> = [
        "run_id", "epoch", "batch_id", "query", "mode", "watermark", "positions", "timestamp",
    ]

    private static func results(
        _ text: [UInt8], _ which: String
    ) throws -> [[UInt8]: ArraySlice<UInt8>] {
        let published: PublishedResults
        do throws(JSONTreeError) {
            published = try PublishedResults(text)
        } catch {
            throw VerifierError.badDescription(
                "the \(which) run's published results are no JSON: \(error.reason) at byte "
                    + "\(error.offset)")
        }
        // By bytes: `String` calls names equal that are not (R26).
        var results: [[UInt8]: ArraySlice<UInt8>] = [:]
        for query in VerifierOptions.Query.allCases {
            guard let node = published.snapshot(query), case .object(let members) = node.kind else {
                continue
            }
            for member in members {
                let name = String(decoding: member.name, as: UTF8.self)
                if envelope.contains(name) { continue }
                results[Array("\(query.rawValue).\(name)".utf8)] = published.bytes(member.value)
            }
        }
        for row in published.windows?["final"]?.elements ?? [] {
            guard case .object(let members) = row.kind else { continue }
            let key = ["window_start", "window_end", "category"]
                .map { name in row[name].map { published.plain($0) } ?? "" }
            var bytes: [UInt8] = []
            for member in members where !member.name.elementsEqual("batch_id".utf8) {
                bytes += member.name + [UInt8(ascii: ":")] + published.bytes(member.value)
                bytes.append(UInt8(ascii: ","))
            }
            results[Array("final window \(key.joined(separator: " "))".utf8)] = bytes[...]
        }
        return results
    }
}

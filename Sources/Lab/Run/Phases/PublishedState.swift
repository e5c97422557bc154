internal import ASEEDSystem

/// What the dashboard holds of a run: `GET /api/published`.
struct PublishedState {
    /// The body, as the verifier judges it.
    let body: [UInt8]
    private let value: JSONValue

    /// Queries that send a snapshot after every batch.
    private static let snapshots: [QueryName] = [.topProducts, .categories, .rawOrders]

    private static let nothing = Array("{\"queries\":{},\"windows\":null}".utf8)

    /// Asks the dashboard.
    static func fetch(
        _ client: HTTPClient, dashboard: String, runID: String
    ) throws -> PublishedState {
        let url = "\(dashboard)/api/published?run_id=\(runID)"
        let response = try client.send(HTTPRequest("GET", url))
        // The dashboard does not know the run before the first publication.
        let isUnknown = response.status == 404
        guard response.status == 200 || isUnknown else {
            throw RunStop.environment(
                "the dashboard answered \(response.status) to GET \(url): "
                    + String(response.text.prefix(200)))
        }
        do {
            let body = isUnknown ? nothing : response.body
            return PublishedState(body: body, value: try JSONParser.parse(body))
        } catch {
            throw RunStop.environment("the dashboard's answer to GET \(url) is no JSON: \(error)")
        }
    }

    /// How many publications were accepted.
    var acceptances: Int { value["acceptances"]?.elements?.count ?? 0 }

    /// Whether every snapshot covers the log up to these ends.
    func snapshotsCover(_ ends: [Int64]) -> Bool {
        Self.snapshots.allSatisfy { query in
            Self.covers(value["queries"]?[query.rawValue], ends)
        }
    }

    /// Whether the newest message about windows does.
    func windowsCover(_ ends: [Int64]) -> Bool { Self.covers(value["windows"], ends) }

    private static func covers(_ message: JSONValue?, _ ends: [Int64]) -> Bool {
        message?["positions"]?.elements?.map(\.integer) == ends.map(Optional.some)
    }

    /// Orders rejected by reason, as published.
    var rejected: [String: Int64] {
        var found: [String: Int64] = [:]
        let members = value["queries"]?["raw_orders"]?["metrics"]?["rejected"]?.members
        for member in members ?? [] { found[member.name] = member.value.integer }
        return found
    }
}

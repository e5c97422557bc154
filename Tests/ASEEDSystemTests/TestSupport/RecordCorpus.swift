import ASEEDSystem
import Foundation

/// The odd records of Tests/Corpus/records.json and what the rules make of them.
struct RecordCorpus {
    struct Entry {
        var name: String
        var record: [UInt8]
        var outcome: String
        var price: Int64?
        var quantity: Int64?
        var eventTimeUs: Int64?
        var category: String?
    }

    var futureBoundUs: Int64
    var entries: [Entry]

    struct Unreadable: Error { var what: String }

    static func load() throws -> RecordCorpus {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Corpus/records.json")
        let json = try JSONParser.parse(Array(try Data(contentsOf: path)))
        guard let bound = json["future_bound_us"]?.integer, let records = json["records"]?.elements
        else { throw Unreadable(what: "head") }
        return RecordCorpus(futureBoundUs: bound, entries: try records.map(entry))
    }

    private static func entry(_ json: JSONValue) throws -> Entry {
        guard let name = json["name"]?.string, let outcome = json["outcome"]?.string else {
            throw Unreadable(what: "an entry without name or outcome")
        }
        return Entry(
            name: name, record: try bytes(json, name), outcome: outcome,
            price: json["price4"]?.integer, quantity: json["quantity"]?.integer,
            eventTimeUs: json["event_time_us"]?.integer, category: json["category"]?.string)
    }

    private static func bytes(_ json: JSONValue, _ name: String) throws -> [UInt8] {
        if let text = json["record"]?.string { return Array(text.utf8) }
        if let text = json["base64"]?.string, let data = Data(base64Encoded: text) {
            return Array(data)
        }
        guard let generate = json["generate"], let unit = generate["repeat"]?.string,
            let times = generate["times"]?.integer
        else { throw Unreadable(what: name) }
        var bytes = Array((generate["prefix"]?.string ?? "").utf8)
        for _ in 0..<times { bytes.append(contentsOf: unit.utf8) }
        return bytes + Array((generate["suffix"]?.string ?? "").utf8)
    }
}

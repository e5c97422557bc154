internal import Glibc

/// `log.json`: what tells a file log from every other, and how many partitions it has.
struct FileLogManifest: Equatable {
    /// 32 hexadecimal digits.
    let id: String
    let partitions: Int

    static let format = "aseed-file-log"
    static let version: Int64 = 1

    /// A manifest with a new random id.
    init(newWithPartitions partitions: Int) {
        var random = SystemRandomNumberGenerator()
        id = Hex.text([random.next(), random.next()])
        self.partitions = partitions
    }

    /// Keeps the id and changes the number of partitions.
    init(id: String, partitions: Int) {
        self.id = id
        self.partitions = partitions
    }

    /// Reads the manifest of a folder; nil when it has none.
    init?(folder: String) throws(LogError) {
        let path = folder + "/" + FileLogFolder.manifestName
        guard access(path, F_OK) == 0 else { return nil }
        let text = try FileDescriptor(path, O_RDONLY).readAll()
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONParser.parse(text)
        } catch {
            throw .notALog(path: folder, reason: "log.json, \(error)")
        }
        func wrong(_ reason: String) -> LogError { .notALog(path: folder, reason: reason) }
        guard json["format"]?.string == Self.format else {
            throw wrong("log.json has no \"format\": \"\(Self.format)\"")
        }
        guard json["version"]?.integer == Self.version else {
            throw wrong("log.json is of another version than \(Self.version); use a newer lab")
        }
        guard let id = json["id"]?.string, id.utf8.count == 32, id.utf8.allSatisfy(Hex.isDigit)
        else { throw wrong("log.json has no \"id\" of 32 hexadecimal digits") }
        guard let partitions = json["partitions"]?.integer,
            (1...Int64(FileLog.maxPartitions)).contains(partitions)
        else { throw wrong("log.json has no \"partitions\" from 1 to \(FileLog.maxPartitions)") }
        self.id = id
        self.partitions = Int(partitions)
    }

    /// Puts the manifest into a folder, whole or not at all.
    func write(toFolder folder: String) throws(LogError) {
        var json = JSONWriter()
        json.object { json in
            json.member("format", Self.format)
            json.member("version", Self.version)
            json.member("id", id)
            json.member("partitions", partitions)
        }
        let path = folder + "/" + FileLogFolder.manifestName
        let draft = path + ".new"
        let file = try FileDescriptor(draft, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(json.bytes + [UInt8(ascii: "\n")], at: 0)
        try file.synchronize()
        guard rename(draft, path) == 0 else {
            throw .system(SystemError("rename \(draft)", errno: errno))
        }
        try FileLogFolder.synchronize(folder)
    }
}

/// Numbers as lower-case hexadecimal digits.
enum Hex {
    static func text(_ words: [UInt64]) -> String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

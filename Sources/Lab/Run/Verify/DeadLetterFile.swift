internal import ASEEDSystem
internal import Verifier

/// `dead-letters.jsonl`: a rejected record a line, for a person to look at.
enum DeadLetterFile {
    /// Writes the file, also when it stays empty.
    static func write(_ letters: [DeadLetter], to path: String) throws(SystemError) {
        let file = try JSONLinesFile(path)
        for letter in letters {
            var line = JSONWriter()
            line.object { line in
                line.member("partition", letter.partition)
                line.member("position", letter.position)
                line.member("batch_id", letter.batchID)
                line.member("reason", letter.reason)
                line.member("byte_count", letter.byteCount)
                if let text = String(validating: letter.record, as: UTF8.self) {
                    line.member("record", text)
                } else {
                    line.member("record_hex", hex(letter.record))
                }
            }
            try file.append(line)
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

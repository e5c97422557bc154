internal import CKafka
internal import Glibc

/// librdkafka, loaded when it is first needed.
///
/// Looked for in `LAB_RDKAFKA` (a file), then in `$LAB_DEPS/lib`, where `scripts/setup --with-kafka`
/// puts it, then where the system has it.
struct KafkaLibrary: @unchecked Sendable {
    // Sendable by hand: the table is written once, before anyone else sees it.
    let functions: UnsafePointer<ckafka_api>

    /// The oldest version that works with all brokers: 2.2.
    private static let oldest: Int32 = 0x0202_0000
    private static let fileName = "librdkafka.so.1"

    private static let shared = Result { () throws(LogError) in try load() }

    /// The library; the same for the whole process.
    static func loaded() throws(LogError) -> KafkaLibrary { try shared.get() }

    private static func load() throws(LogError) -> KafkaLibrary {
        let path = place()
        var text = [CChar](repeating: 0, count: 512)
        guard let functions = ckafka_load(path, &text, text.count) else {
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .kafka(
                .library(reason: "\(path): \(String(decoding: bytes, as: UTF8.self))"))
        }
        let library = KafkaLibrary(functions: functions)
        guard functions.pointee.rd_kafka_version() >= oldest else {
            throw .kafka(.library(reason: "\(path) is version \(library.version)"))
        }
        return library
    }

    private static func place() -> String {
        func value(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let path = value("LAB_RDKAFKA") { return path }
        if let folder = value("LAB_DEPS"), access("\(folder)/lib/\(fileName)", R_OK) == 0 {
            return "\(folder)/lib/\(fileName)"
        }
        return fileName
    }

    /// For example `2.16.1`.
    var version: String {
        functions.pointee.rd_kafka_version_str().map { String(cString: $0) } ?? "unknown"
    }

    /// What a code means, for people.
    func text(_ code: rd_kafka_resp_err_t) -> String {
        functions.pointee.rd_kafka_err2str(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

extension LibraryVersions {
    /// librdkafka, for example `2.16.1`, or why there is none.
    public static func kafka() throws(LogError) -> String { try KafkaLibrary.loaded().version }
}

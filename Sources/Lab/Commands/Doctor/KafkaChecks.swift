internal import ASEEDSystem
internal import Glibc

/// Checks of what runs over Kafka need. Nothing here stops runs on files, so nothing fails.
enum KafkaChecks {
    static func all() -> [DoctorCheck] {
        let parts = KafkaParts.find()
        return [library(), brokers(parts)] + (apache().map { [$0] } ?? [])
    }

    private static var fetch: String { "fetch it with `\(KafkaParts.command)`" }

    /// librdkafka as the lab uses it.
    private static func library() -> DoctorCheck {
        do throws(LogError) {
            let version = try LibraryVersions.kafka()
            let place = loadedFile("librdkafka").map { " from \($0)" } ?? ""
            return DoctorCheck(name: "librdkafka", status: .ok, found: version + place)
        } catch {
            return DoctorCheck(
                name: "librdkafka", status: .warn, found: "\(error)",
                advice: "for --log kafka " + fetch)
        }
    }

    /// The file that a loaded library came from.
    static func loadedFile(_ name: String) -> String? {
        let lines = (SmallFile.text("/proc/self/maps") ?? "").split(separator: "\n")
        return lines.compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
            .first { $0.split(separator: "/").last?.hasPrefix(name) == true }
    }

    /// Brokers that the lab can start.
    static func brokers(_ parts: KafkaParts?) -> DoctorCheck {
        let needed = ["bin/tansu", "bin/weed", "bin/noida-db"]
        let name = { (part: String) in String(part.dropFirst(4)) }
        let there = needed.filter { parts?.has($0) == true }
        let missing = needed.filter { parts?.has($0) != true }.map(name)
        guard missing.isEmpty, let parts else {
            let found = there.isEmpty ? "none" : there.map(name).joined(separator: ", ")
            return DoctorCheck(
                name: "kafka brokers", status: .warn,
                found: "\(found); missing: \(missing.joined(separator: ", "))",
                advice: "for --log kafka " + fetch)
        }
        let versions = [
            ("bin/tansu", ["--version"]), ("bin/weed", ["version"]), ("bin/noida-db", ["version"]),
        ].map { part, words in "\(name(part)) \(version(parts.path(part), words) ?? "unknown")" }
        return DoctorCheck(
            name: "kafka brokers", status: .ok,
            found: versions.joined(separator: ", ") + " in \(parts.folder)/bin")
    }

    private static func version(_ program: String, _ words: [String]) -> String? {
        do throws(SystemError) {
            let said = try ShortProgram.run(
                program, words, title: "version", limitMs: 10_000, direct: true)
            return said.lines.lazy.flatMap { $0.split(separator: " ") }
                .first { $0.first?.isNumber == true && $0.contains(".") }.map(String.init)
        } catch {
            return nil
        }
    }

    /// The distribution that `KAFKA_HOME` names, and Java for it; nil when it names none.
    private static func apache() -> DoctorCheck? {
        guard Environment.value("KAFKA_HOME") != nil else { return nil }
        do throws(BrokerError) {
            let kafka = try ApacheKafka.find()
            let found =
                "\(kafka.version ?? "version unknown") in \(kafka.home), "
                + (kafka.usesKRaft ? "KRaft" : "with ZooKeeper")
            guard hasJava() else {
                return DoctorCheck(
                    name: "apache kafka", status: .warn, found: found + "; no Java",
                    advice: "install Java 17, or set JAVA_HOME: apt-get install "
                        + "openjdk-17-jre-headless")
            }
            return DoctorCheck(name: "apache kafka", status: .ok, found: found)
        } catch {
            return DoctorCheck(
                name: "apache kafka", status: .warn, found: "\(error)",
                advice: "correct KAFKA_HOME, or unset it")
        }
    }

    private static func hasJava() -> Bool {
        if let home = Environment.value("JAVA_HOME"), access("\(home)/bin/java", X_OK) == 0 {
            return true
        }
        return (Environment.value("PATH") ?? "").split(separator: ":").contains {
            access("\($0)/java", X_OK) == 0
        }
    }
}

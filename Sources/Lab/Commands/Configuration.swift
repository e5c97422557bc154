internal import ASEEDSystem

/// The settings that come from the environment, with their defaults and rules.
enum Configuration {
    struct Setting: Sendable {
        var name: String
        var fallback: String
        var meaning: String
        /// What is wrong with a value; nil when nothing is.
        var mistake: @Sendable (String) -> String?
        /// The value as it may be shown; passwords are not.
        var shown: @Sendable (String) -> String = { $0 }
    }

    struct Value: Sendable {
        enum Source: String, Sendable { case fallback = "default", environment }

        var setting: Setting
        var value: String
        var source: Source
    }

    static let settings: [Setting] = [
        Setting(
            name: "KAFKA_BOOTSTRAP_SERVERS", fallback: "localhost:9092",
            meaning: "brokers of `--broker external` and of `--log kafka` of the services",
            mistake: { list in
                list.split(separator: ",", omittingEmptySubsequences: false)
                    .allSatisfy { hostAndPort($0) }
                    ? nil : "a list like host:9092,other:9092 is expected"
            }),
        Setting(
            name: "KAFKA_TOPIC", fallback: "orders",
            meaning: "topic of `--log kafka` of the services; runs use one of their own",
            mistake: topicMistake),
        Setting(
            name: "KAFKA_GROUP_ID", fallback: "aseed-engine",
            meaning: "group whose offsets lag tools see",
            mistake: { $0.isEmpty ? "a name is expected" : nil }),
        Setting(
            name: "SPARK_MASTER_URL", fallback: "local[*]",
            meaning: "master of the engine kind spark, not available in this version",
            mistake: { url in
                isSparkMaster(url)
                    ? nil
                    : "local, local[N], local[*], spark://host:port, yarn or k8s://… is expected"
            }),
        Setting(
            name: "CHECKPOINT_LOCATION", fallback: "./checkpoints",
            meaning: "where `lab engine` keeps its checkpoint; runs use their own folder",
            mistake: { $0.isEmpty ? "a folder is expected" : nil }),
        Setting(
            name: "ASEED_HOME", fallback: "./.aseed",
            meaning: "where `lab start` keeps records, token, orders and the dashboard's data",
            mistake: { $0.isEmpty ? "a folder is expected" : nil }),
        Setting(
            name: "LOG_DIR", fallback: "./logs", meaning: "where `lab start` keeps the logs",
            mistake: { $0.isEmpty ? "a folder is expected" : nil }),
        Setting(
            name: "ZOOKEEPER_CONNECT", fallback: "",
            meaning: "the ZooKeeper that the monitor looks at; none when it is empty",
            mistake: { list in
                list.isEmpty
                    || list.split(separator: ",", omittingEmptySubsequences: false)
                        .allSatisfy { hostAndPort($0) }
                    ? nil : "a list like host:2181,other:2181 is expected"
            }),
        Setting(
            name: "DASHBOARD_URL", fallback: "http://localhost:5005",
            meaning: "where `lab engine` publishes, when it is set; what the monitor asks",
            mistake: { isHTTP($0) ? nil : "http://host:port or https://host:port is expected" },
            shown: hidingPassword),
        Setting(
            name: "DASHBOARD_PORT", fallback: "5005", meaning: "where `lab dashboard` listens",
            mistake: { text in
                UInt16(text) != nil && text.utf8.first != UInt8(ascii: "+")
                    ? nil : "a port from 0 (any free one) to 65535 is expected"
            }),
        Setting(
            name: "LOG_LEVEL", fallback: "INFO", meaning: "how much the services log",
            mistake: { level in
                levels.contains(level)
                    ? nil : "one of \(levels.joined(separator: ", ")) is expected"
            }),
    ]

    private static let levels = ["DEBUG", "INFO", "WARN", "ERROR"]

    /// Every setting's value, and what is wrong, a line each with the variable's name.
    static func read(
        names: [String] = Environment.names, value: (String) -> String? = Environment.value
    ) -> (values: [Value], mistakes: [String]) {
        var values: [Value] = []
        var mistakes: [String] = []
        for setting in settings {
            guard let given = value(setting.name) else {
                values.append(
                    Value(setting: setting, value: setting.fallback, source: .fallback))
                continue
            }
            if let mistake = mistake(setting, given) { mistakes.append(mistake) }
            values.append(Value(setting: setting, value: given, source: .environment))
        }
        for name in names.sorted() where !settings.contains(where: { $0.name == name }) {
            if let meant = settings.first(where: { bare($0.name) == bare(name) }) {
                mistakes.append("\(name): no such variable; did you mean \(meant.name)?")
            } else if let setting = kafkaSetting(name), let given = value(name) {
                values.append(Value(setting: setting, value: given, source: .environment))
            }
        }
        if let mistake = kafkaMistake(names: names, value: value) { mistakes.append(mistake) }
        return (values, mistakes)
    }

    /// What is wrong with the value of a setting, with its name; nil when nothing is.
    static func mistake(_ name: String, _ value: String) -> String? {
        settings.first { $0.name == name }.flatMap { mistake($0, value) }
    }

    private static func mistake(_ setting: Setting, _ value: String) -> String? {
        setting.mistake(value).map { "\(setting.name)=\(setting.shown(value)): \($0)" }
    }

    // A name without what people get wrong: case, underscores, the plural.
    private static func bare(_ name: String) -> String {
        let letters = name.uppercased().filter { $0 != "_" }
        return letters.hasSuffix("S") ? String(letters.dropLast()) : letters
    }

    private static func hostAndPort(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        return !host.isEmpty && isHost(host) && UInt16(port).map { $0 > 0 } == true
    }

    private static func isHost(_ host: Substring) -> Bool {
        let inner = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        let colons = inner.startIndex != host.startIndex
        return !inner.isEmpty
            && inner.utf8.allSatisfy { isTopicByte($0) || (colons && $0 == UInt8(ascii: ":")) }
    }

    /// What is wrong with a topic's name; nil when nothing is.
    static let topicMistake: @Sendable (String) -> String? = { name in
        (1...249).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy(isTopicByte)
            ? nil : "a topic is 1 to 249 letters, digits, ., _ and -"
    }

    private static func isTopicByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)
            || (byte >= 0x61 && byte <= 0x7a) || byte == 0x2e || byte == 0x5f || byte == 0x2d
    }

    private static func isSparkMaster(_ url: String) -> Bool {
        if url == "local" || url == "local[*]" || url == "yarn" { return true }
        if url.hasPrefix("local["), url.hasSuffix("]") {
            return Int(url.dropFirst(6).dropLast()).map { $0 > 0 } == true
        }
        if url.hasPrefix("spark://") {
            return url.dropFirst(8).split(separator: ",", omittingEmptySubsequences: false)
                .allSatisfy { hostAndPort($0) }
        }
        return url.hasPrefix("k8s://") && url.utf8.count > 6
    }

    private static func isHTTP(_ url: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else {
            return false
        }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return hostAndPort(host) || (isHost(host) && !host.contains(":"))
    }

    private static let hidingPassword: @Sendable (String) -> String = { url in
        guard let at = url.lastIndex(of: "@") else { return url }
        let scheme = ["http://", "https://"].first { url.hasPrefix($0) } ?? ""
        return scheme + "***" + url[at...]
    }
}

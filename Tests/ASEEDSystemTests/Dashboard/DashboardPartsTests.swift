import Testing

@testable import ASEEDSystem

@Suite struct DashboardPartsTests {
    @Test(arguments: [
        ("299.9900", "299.99"), ("2.9999e2", "299.99"), ("0", "-0.000"), ("0e5", "0"),
        ("100", "1E+2"), ("0.0001", "1e-4"), ("10.0", "10"),
    ])
    func equalNumbersHaveOneText(left: String, right: String) {
        #expect(ExactNumber.canonical(left) == ExactNumber.canonical(right))
    }

    @Test(arguments: [
        ("299.9900", "299.9901"), ("1", "-1"), ("1", "10"), ("0.1", "0.01"),
        ("9007199254740993", "9007199254740992"), ("1e99999999999", "1e99999999998"),
    ])
    func differentNumbersDiffer(left: String, right: String) {
        #expect(ExactNumber.canonical(left) != ExactNumber.canonical(right))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_705_329_000_123_456_789, "2024-01-15T14:30:00.123456Z"),
            (951_782_399_999_999_999, "2000-02-28T23:59:59.999999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        ] as [(Int64, String)])
    func writesTimes(ns: Int64, text: String) {
        #expect(UTCText.text(wallNs: ns) == text)
        #expect(UTCText.isCanonical(text))
    }

    @Test(arguments: [
        "", "2024-01-15T14:30:00Z", "2024-01-15 14:30:00.123456Z", "2024-01-15T14:30:00.1234567",
    ])
    func knowsOtherTimeForms(text: String) { #expect(!UTCText.isCanonical(text)) }

    @Test func bucketRefillsWithTime() {
        var bucket = TokenBucket(perSecond: 10, nowNs: 0)
        for _ in 0..<10 { #expect(bucket.take(nowNs: 0) == true) }
        #expect(bucket.take(nowNs: 0) == false)
        #expect(bucket.take(nowNs: 99_000_000) == false)
        #expect(bucket.take(nowNs: 100_000_000) == true)
        #expect(bucket.take(nowNs: 100_000_000) == false)
        #expect(bucket.take(nowNs: 10_000_000_000) == true)
    }

    @Test(arguments: [
        ("localhost", "localhost"), ("LOCALHOST:5005", "localhost"), ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]:5005", "[::1]"), ("[::1]", "[::1]"),
    ])
    func readsHostNames(host: String, name: String) {
        #expect(AccessPolicy.hostName(host) == name)
    }

    @Test(arguments: ["[::1", "localhost:", "localhost:x", "a:1:2", "[::1]x"])
    func refusesBrokenHosts(host: String) { #expect(AccessPolicy.hostName(host) == nil) }

    @Test func comparesSecretsOfAnyLength() {
        let secret = Array("0123456789abcdef".utf8)
        #expect(AccessPolicy.equalInConstantTime(secret, secret))
        #expect(!AccessPolicy.equalInConstantTime(Array(secret.dropLast()), secret))
        #expect(!AccessPolicy.equalInConstantTime(secret + [0], secret))
        #expect(!AccessPolicy.equalInConstantTime([], secret))
        #expect(!AccessPolicy.equalInConstantTime(Array("0123456789abcdeg".utf8), secret))
    }

    @Test(arguments: [
        "application/json", "Application/JSON; charset=UTF-8", "application/json;charset=utf-8",
    ])
    func knowsJSONTypes(type: String) { #expect(AccessPolicy.isJSON(type)) }

    @Test(arguments: [
        nil, "", "text/plain", "application/jsonp", "application/json; charset=latin1",
    ])
    func knowsOtherTypes(type: String?) { #expect(!AccessPolicy.isJSON(type)) }

    @Test func readsStrictLengths() {
        #expect(AccessPolicy.length("0") == 0)
        #expect(AccessPolicy.length("1048576") == 1_048_576)
        for text in ["", "-1", "+1", "1 ", "0x10", "1,1", "9999999999999999999"] {
            #expect(AccessPolicy.length(text) == nil)
        }
    }
}

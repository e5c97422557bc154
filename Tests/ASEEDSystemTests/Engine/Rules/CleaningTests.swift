import Testing

@testable import ASEEDSystem

@Suite struct CleaningTests {
    @Test(
        "R25: categories are trimmed, their spaces joined, their ASCII words capitalised",
        arguments: [
            ("Books", "Books"), ("books", "Books"), ("BOOKS", "Books"), ("  books  ", "Books"),
            ("home   &  kITCHEN", "Home & Kitchen"), ("home-garden", "Home-garden"),
            ("O'REILLY", "O'reilly"), ("3d PRINTERS", "3d Printers"), ("3D", "3d"),
            ("élan VITAL", "élan Vital"), ("ÉLAN", "Élan"), ("eÉE", "EÉe"),
            ("straße STRASSE", "Straße Strasse"),
            ("a\u{a0}b", "A\u{a0}b"), ("\u{3000}a", "\u{3000}a"), ("日本 shop", "日本 Shop"),
            ("&", "&"),
            ("a b", "A B"), ("A  B", "A B"), ("_abc", "_abc"), ("[Z]", "[z]"), ("{a}", "{a}"),
        ])
    func categories(raw: String, clean: String) {
        #expect(CategoryRule.normalised(Array(raw.utf8)) == Array(clean.utf8))
        #expect(CategoryRule.normalised(Array(clean.utf8)) == Array(clean.utf8), "idempotent")
    }

    @Test("R25, R26: one group for all spellings of a category; other strings stay as they are")
    func groups() throws {
        let rig = try EngineRig()
        var orders = ["home", " HOME ", "hOmE", "H\\u006fme"].map { TestOrder(category: $0) }
        orders.append(TestOrder(name: "lamp", category: "Home"))
        orders.append(TestOrder(product: " PROD-1", category: "Home"))
        // One character, two spellings in Unicode: no normalisation.
        orders.append(TestOrder(name: "Caf\u{e9}"))
        orders.append(TestOrder(name: "Cafe\u{301}"))
        orders.append(TestOrder(name: "Caf\\u00e9"))
        try rig.append(orders)
        let answer = try rig.drained()
        let products = try #require(answer["top_products"]?.elements)
        #expect(products.map { $0["order_count"]?.integer } == [4, 2, 1, 1, 1])
        #expect(products[1]["product_name"]?.string?.utf8.count == 5)
        let category = try #require(answer["categories"]?.elements?.first)
        #expect(answer["categories"]?.elements?.count == 1)
        #expect(category["category"]?.string == "Home")
        #expect(category["unique_products"]?.integer == 2)
        #expect(category["total_orders"]?.integer == 9)
        #expect(category["order_count"]?.integer == 9)
    }

    @Test("unique_products counts product ids of a category, whatever their names")
    func uniqueProducts() throws {
        let rig = try EngineRig()
        try rig.append([
            TestOrder(product: "A", name: "x"), TestOrder(product: "A", name: "y"),
            TestOrder(product: "B", name: "x"), TestOrder(product: "A", category: "Toys"),
            TestOrder(product: "AB", name: "", category: "Toys"),
        ])
        let answer = try rig.drained()
        let counts = try #require(answer["categories"]?.elements).map {
            "\($0["category"]?.string ?? "") \($0["unique_products"]?.integer ?? -1)"
        }
        #expect(counts == ["Home 2", "Toys 1"])
        #expect(answer["rejected"]?["missing_field"]?.integer == 1)
    }

    @Test(
        "R27: price bands at their edges",
        arguments: [
            (1, PriceBand.budget), (499_999, .budget), (500_000, .midRange), (1_999_999, .midRange),
            (2_000_000, .premium), (999_999_999_999, .premium),
        ] as [(Int64, PriceBand)])
    func bands(price: Int64, band: PriceBand) { #expect(PriceBand(price: price) == band) }

    @Test("R27: bands, hours and weekdays of the orders add up, in memory and on disk")
    func profile() throws {
        let rig = try EngineRig()
        var orders: [TestOrder] = []
        for price in ["0.0001", "49.9999", "50", "50.0000", "199.9999", "200", "2e2", "1234.5"] {
            orders.append(
                TestOrder(price: price, quantity: "2", time: "2024-01-13T23:59:59.999999"))
            orders.append(TestOrder(price: price, quantity: "1", time: "2024-01-14T00:00:00"))
        }
        try rig.append(orders)
        let engine = try rig.engine()
        try rig.drain(engine)
        let profile = engine.state.profile
        #expect(profile.bands.map(\.count) == [4, 6, 6])
        #expect(profile.bands.map(\.revenue) == [1_500_000, 8_999_997, 49_035_000])
        #expect(profile.hours[23] == .init(count: 8, revenue: 2 * 19_844_999))
        #expect(profile.hours[0] == .init(count: 8, revenue: 19_844_999))
        #expect(profile.weekdays[6] == profile.hours[23])
        #expect(profile.weekdays[0] == profile.hours[0])
        #expect(profile.totals.revenue == 3 * 19_844_999)
        #expect(
            try rig.rows("SELECT name, order_count FROM totals WHERE name LIKE '%day%'")
                == ["weekday 1|8", "weekday 7|8"])
    }
}

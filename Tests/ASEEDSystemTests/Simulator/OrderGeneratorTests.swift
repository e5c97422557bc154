import Testing

@testable import ASEEDSystem

@Suite struct OrderGeneratorTests {
    static let startUs: Int64 = 1_705_276_800_000_000

    private static func options(_ seed: UInt64) -> SimulatorOptions {
        SimulatorOptions(seed: seed, eventTimeStartUs: startUs)
    }

    /// Shops that between them use every option.
    static var shops: [SimulatorOptions] {
        var lively = options(2)
        lively.products = 37
        lively.categories = 7
        lively.dayShape = true
        lively.promotions = true
        lively.segments = true
        lively.orderIDDigits = 12
        lively.firstSequence = 999_999_950
        var hot = options(3)
        hot.popularity = .hot(share: 0.9)
        hot.customers = 100
        var single = options(4)
        single.products = 1
        single.categories = 1
        return [options(1), lively, hot, single]
    }

    private func lines(_ blocks: PartitionBlocks) -> [[UInt8]] {
        (0..<blocks.partitions).map { Array(blocks.bytes(of: $0)) }
    }

    @Test("the hot loop and single orders write the same bytes", arguments: shops)
    func sameBytes(_ options: SimulatorOptions) {
        let fast = OrderGenerator(options: options)
        let slow = OrderGenerator(options: options)
        fast.setEventRate(ordersPerSecond: 3)
        slow.setEventRate(ordersPerSecond: 3)
        let many = PartitionBlocks(partitions: 3, capacity: 4 << 20)
        let single = PartitionBlocks(partitions: 3, capacity: 4 << 20)
        #expect(fast.fill(20_000, into: many) == 20_000)
        for _ in 0..<20_000 {
            let draft = slow.next()
            slow.write(draft, to: Int((draft.sequence - 1) % 3), of: single)
        }
        #expect(lines(many) == lines(single))
        #expect(Array(many.recordLengths) == Array(single.recordLengths))
    }

    @Test("block sizes and interruptions change nothing")
    func blockSizes() {
        let whole = OrderGenerator(options: Self.shops[1])
        let reference = PartitionBlocks(partitions: 2, capacity: 4 << 20)
        #expect(whole.fill(5_000, into: reference) == 5_000)
        var random = RandomStream(seed: 9, name: "block-sizes")
        let parts = OrderGenerator(options: Self.shops[1])
        let small = PartitionBlocks(partitions: 2, capacity: 5_000, maxRecords: 17)
        var collected: [[UInt8]] = [[], []]
        var made = 0
        while made < 5_000 {
            made += parts.fill(min(5_000 - made, 1 + Int(random.below(30))), into: small)
            for (partition, bytes) in lines(small).enumerated() { collected[partition] += bytes }
            small.clear()
        }
        #expect(collected == lines(reference))
    }

    @Test("every line is JSON as Python writes it, with the fields in order", arguments: shops)
    func linesAreOrders(_ options: SimulatorOptions) throws {
        let generator = OrderGenerator(options: options)
        let blocks = PartitionBlocks(partitions: 1, capacity: 1 << 20)
        let made = generator.fill(2_000, into: blocks)
        var names = [
            "order_id", "product_id", "product_name", "category", "price", "quantity", "timestamp",
        ]
        if options.effectiveCustomers > 0 { names.append("customer_id") }
        if options.segments { names.append("customer_segment") }
        var sequence = options.firstSequence
        var latest: Int64 = 0
        let lines = Array(blocks.bytes(of: 0)).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == made)
        for line in lines {
            let json = try JSONParser.parse(Array(line))
            #expect(json.members?.map(\.name) == names)
            #expect(
                json["order_id"]?.string
                    == OrderID.text(sequence: sequence, digits: options.orderIDDigits))
            let product = try #require(
                generator.catalogue.products.first { $0.id == json["product_id"]?.string })
            #expect(json["product_name"]?.string == product.name)
            #expect(json["category"]?.string == generator.catalogue.categories[product.category])
            let price = try #require(json["price"]?.double)
            #expect(json["price"]?.numberText == "\(price)", "as the shortest float")
            #expect(price <= Double(product.listPriceCents) * 1.05 / 100 + 0.01)
            if !options.promotions {
                #expect(price >= Double(product.listPriceCents) * 0.95 / 100 - 0.01)
            }
            #expect((1...50).contains(json["quantity"]?.integer ?? 0))
            let us = try #require(json["timestamp"]?.string.flatMap(TimeText.since1970))
            #expect(us >= latest)
            latest = us
            sequence += 1
            let spaced = String(decoding: line, as: UTF8.self)
            #expect(spaced.hasPrefix("{\"order_id\": \"ORD-"))
            #expect(spaced.contains(", \"product_id\": \""))
        }
    }

    @Test("the event rate is kept, with and without the shape of a day")
    func eventRate() {
        var options = Self.options(5)
        for shaped in [false, true] {
            options.dayShape = shaped
            let generator = OrderGenerator(options: options)
            generator.setEventRate(ordersPerSecond: 2)
            var perHour = [Double](repeating: 0, count: 24)
            let endUs = Self.startUs + 86_400_000_000
            while generator.nextEventTimeUs < endUs {
                let draft = generator.next()
                perHour[Int(draft.eventTimeUs / 3_600_000_000 % 24)] += 1
            }
            #expect(abs(perHour.reduce(0, +) / 172_800 - 1) < 0.02)
            for hour in 0..<24 {
                let expected = shaped ? DayShape.hourFactors[hour] : 1
                // Neighbouring hours are blended: compare loosely.
                #expect(abs(perHour[hour] / 7_200 - expected) < 0.15, "hour \(hour)")
            }
        }
    }

    @Test("a span with the shape of a day holds as many orders as the flat one")
    func shapedSpan() {
        #expect(abs(DayShape.hourFactors.reduce(0, +) - 24) < 1e-9)
        let day: Int64 = 86_400_000_000
        #expect(DayShape.span(startUs: Self.startUs, flatUs: 3 * day) == 3 * day)
        // Three night hours hold as little as three quarters of an hour do on average.
        let night = DayShape.span(startUs: Self.startUs + day / 24, flatUs: day / 48)
        #expect(night > day / 12 && night < day / 6)
    }

    @Test("promoted categories are cheaper and bought more often in their hour")
    func promotions() throws {
        var options = Self.options(6)
        options.popularity = .uniform
        options.promotions = true
        let generator = OrderGenerator(options: options)
        let hours = Self.startUs / 3_600_000_000
        let (hour, campaign) = try #require(
            (0..<48).lazy.compactMap { offset in
                Promotions.campaign(seed: 6, hour: hours + offset, categories: 10)
                    .map { (hours + offset, $0) }
            }.first)
        generator.setNextEventTime(us: hour * 3_600_000_000)
        generator.setEventRate(ordersPerSecond: 1_000)
        let drafts = (0..<20_000).map { _ in generator.next() }
        let products = generator.catalogue.products
        let promoted = drafts.filter { products[$0.product].category == campaign.category }
        #expect(abs(Double(promoted.count) / 20_000 - (0.3 + 0.07)) < 0.02)
        for draft in promoted {
            let list = Double(products[draft.product].listPriceCents)
            let factor = Double(100 - campaign.discountPercent) / 100
            #expect(Double(draft.priceCents) <= list * 1.05 * factor + 1)
        }
    }

    @Test("adding customers changes none of the other fields")
    func independentStreams() {
        let plain = OrderGenerator(options: Self.options(8))
        var options = Self.options(8)
        options.customers = 50
        let named = OrderGenerator(options: options)
        for _ in 0..<1_000 {
            var draft = named.next()
            #expect((1...50).contains(draft.customer))
            draft.customer = 0
            #expect(draft == plain.next())
        }
    }

    @Test("fill stops before an event time and goes on from there")
    func stopsAtEventTime() {
        let generator = OrderGenerator(options: Self.options(10))
        let blocks = PartitionBlocks(partitions: 2, capacity: 1 << 20)
        let stopUs = Self.startUs + 1_000_000
        let before = generator.fill(100_000, beforeEventTimeUs: stopUs, into: blocks)
        #expect(before > 900 && before < 1_100)
        #expect(generator.nextEventTimeUs >= stopUs)
        #expect(max(blocks.latestEventTimeUs(of: 0), blocks.latestEventTimeUs(of: 1)) < stopUs)
        #expect(generator.fill(10, beforeEventTimeUs: stopUs, into: blocks) == 0)
        #expect(generator.fill(10, into: blocks) == 10)
    }
}

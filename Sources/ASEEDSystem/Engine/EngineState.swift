/// Everything the queries know, between two batches: what the checkpoint holds, in memory.
struct EngineState {
    /// A product group.
    struct Group {
        /// Product id, name and category, joined; see `counts`.
        var key: ProductKey
        var category: Int32
        var sums = ExactSums()
    }

    /// A category.
    struct Category {
        var name: [UInt8]
        var sums = ExactSums()
        var uniqueProducts: Int64 = 0
    }

    /// One window's sums by category.
    struct Window {
        var categories: [Int32: ExactSums] = [:]
        /// The last batch that changed each category's sums.
        var changedIn: [Int32: Int64] = [:]
    }

    struct WindowKey: Hashable, Comparable {
        var spec: Int
        var startUs: Int64

        static func < (a: Self, b: Self) -> Bool { (a.startUs, a.spec) < (b.startUs, b.spec) }
    }

    /// A partition's place.
    struct Partition {
        var position: Int64
        /// `Int64.min` before the first valid record.
        var highUs: Int64 = .min
    }

    var partitions: [Partition] = []
    var watermark: Watermark
    /// The largest event time of all valid records; `Int64.min` for none.
    var latestUs = Int64.min

    var groups: [Group] = []
    var groupIDs: [ProductKey: Int32] = [:]
    var categories: [Category] = []
    var categoryIDs: [[UInt8]: Int32] = [:]
    private var categoryProducts: Set<ProductKey> = []

    var windows: [WindowKey: Window] = [:]
    var profile = OrderProfile()
    var latest: [LatestOrder] = []
    /// Ids of the best groups, best first (R41).
    var top: [Int32] = []

    /// The next batch's id.
    var nextBatchID: Int64 = 0

    init(watermark: Watermark) { self.watermark = watermark }

    /// The id of a category; made when it is new.
    mutating func categoryID(_ name: [UInt8]) -> Int32 {
        if let known = categoryIDs[name] { return known }
        let id = Int32(categories.count)
        categories.append(Category(name: name))
        categoryIDs[name] = id
        return id
    }

    /// The id of a group; made when it is new.
    mutating func groupID(_ key: ProductKey) -> Int32 {
        if let known = groupIDs[key] { return known }
        let category = categoryID(key.category)
        let id = Int32(groups.count)
        groups.append(Group(key: key, category: category))
        groupIDs[key] = id
        if categoryProducts.insert(key.withoutName).inserted {
            categories[Int(category)].uniqueProducts += 1
        }
        return id
    }

    /// Whether group `a` stands before `b` in `top_products` (R41).
    func ranksBefore(_ a: Int32, _ b: Int32) -> Bool {
        let (left, right) = (groups[Int(a)], groups[Int(b)])
        if left.sums.count != right.sums.count { return left.sums.count > right.sums.count }
        if left.sums.revenue != right.sums.revenue {
            return left.sums.revenue > right.sums.revenue
        }
        return left.key < right.key
    }

    /// Moves changed groups to their ranks. Sums only grow, so only they can have risen.
    mutating func updateTop(changed: some Sequence<Int32>, limit: Int) {
        var candidates = Set(top)
        candidates.formUnion(changed)
        top = Array(candidates.sorted(by: ranksBefore).prefix(limit))
    }

    /// Ids of all categories in the order of the `categories` query (R41).
    func rankedCategories() -> [Int] {
        categories.indices.filter { categories[$0].sums.count > 0 }.sorted { a, b in
            let (left, right) = (categories[a], categories[b])
            if left.sums.revenue != right.sums.revenue {
                return left.sums.revenue > right.sums.revenue
            }
            return left.name.lexicographicallyPrecedes(right.name)
        }
    }
}

/// The three strings of a product group; equal and ordered by their bytes (R26, R41).
struct ProductKey: Hashable, Comparable {
    var bytes: [UInt8]
    var idCount: UInt16
    var nameCount: UInt16

    init(id: [UInt8], name: [UInt8], category: [UInt8]) {
        bytes = id + name + category
        idCount = UInt16(id.count)
        nameCount = UInt16(name.count)
    }

    var id: ArraySlice<UInt8> { bytes[..<Int(idCount)] }
    var name: ArraySlice<UInt8> { bytes[Int(idCount)..<Int(idCount) + Int(nameCount)] }
    var category: [UInt8] { Array(bytes[(Int(idCount) + Int(nameCount))...]) }
    /// The same product whatever its name, for counting distinct product ids.
    var withoutName: ProductKey { ProductKey(id: Array(id), name: [], category: category) }

    static func < (a: Self, b: Self) -> Bool {
        if a.id != b.id { return a.id.lexicographicallyPrecedes(b.id) }
        if a.name != b.name { return a.name.lexicographicallyPrecedes(b.name) }
        return a.category.lexicographicallyPrecedes(b.category)
    }
}

/// Totals, price bands, hours and weekdays of all valid orders, rejects and late orders.
struct OrderProfile: Equatable, Sendable {
    /// Orders and revenue of one band, hour or weekday.
    struct Share: Equatable, Sendable {
        var count: Int64 = 0
        /// Ten-thousandths.
        var revenue: Int128 = 0
    }

    var totals = ExactSums()
    /// By `PriceBand.rawValue`.
    var bands = [Share](repeating: Share(), count: 3)
    /// By hour 0–23.
    var hours = [Share](repeating: Share(), count: 24)
    /// By weekday, 0 Sunday … 6 Saturday.
    var weekdays = [Share](repeating: Share(), count: 7)
    /// By `RejectReason.rawValue`.
    var rejects = [Int64](repeating: 0, count: 18)
    var records: Int64 = 0
    var latePairs: Int64 = 0
    var lateRecords: Int64 = 0
    /// Rejected records that the dead-letter log has no room for.
    var deadLettersDropped: Int64 = 0

    var rejected: Int64 { rejects.reduce(0, +) }
}

/// Sales campaigns: in some hours one category is cheaper and bought more often.
enum Promotions {
    /// What runs in an hour.
    struct Campaign: Equatable {
        let category: Int
        let discountPercent: UInt32
    }

    /// Of 256 orders of a promoted hour so many are drawn to the promoted category.
    static let drawnOf256: UInt64 = 77

    /// The campaign of an hour (hours since 1970), or nil; about two hours of five have one.
    static func campaign(seed: UInt64, hour: Int64, categories: Int) -> Campaign? {
        var stream = RandomStream(seed: seed, name: "promotion/\(hour)")
        guard stream.below(5) < 2 else { return nil }
        return Campaign(
            category: Int(stream.below(UInt64(categories))),
            discountPercent: [10, 15, 20, 25, 30, 40, 50][Int(stream.below(7))])
    }
}

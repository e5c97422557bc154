internal import Glibc

/// A product that the simulated shop sells.
public struct Product: Equatable, Sendable {
    /// `PROD-001`
    public let id: String
    /// `Smart Watch Premium`
    public let name: String
    /// The index of its category.
    public let category: Int
    /// The list price in cents; orders vary around it by a twentieth.
    public let listPriceCents: Int
}

/// What the simulated shop sells: the same for the same seed and sizes.
public struct Catalogue: Equatable, Sendable {
    /// The categories' names.
    public let categories: [String]
    /// The products; product i belongs to category `i % categories.count`.
    public let products: [Product]

    /// The most products a catalogue has; their ids stay six digits wide at most.
    public static let maxProducts = 500_000

    /// Makes a catalogue.
    ///
    /// - Parameter products: 1 ... `maxProducts`.
    /// - Parameter categories: 1 ... `products`.
    public init(seed: UInt64, products: Int, categories: Int) {
        precondition((1...Self.maxProducts).contains(products), "1 to 500,000 products")
        precondition((1...products).contains(categories), "1 category to as many as products")
        var stream = RandomStream(seed: seed, name: "catalogue")
        self.categories = (0..<categories).map(Self.categoryName)
        self.products = (0..<products).map { index in
            let category = index % categories
            let words = Vocabulary.categories[category % Vocabulary.categories.count]
            let number = String(index + 1)
            let zeros = String(repeating: "0", count: max(0, 3 - number.utf8.count))
            return Product(
                id: "PROD-\(zeros)\(number)", name: Self.productName(index / categories, words),
                category: category, listPriceCents: Self.price(words.priceCents, &stream))
        }
    }

    /// The words of a category, and a number from the second round of them on.
    private static func categoryName(_ index: Int) -> String {
        let (round, word) = index.quotientAndRemainder(dividingBy: Vocabulary.categories.count)
        let name = Vocabulary.categories[word].name
        return round == 0 ? name : "\(name) \(round + 1)"
    }

    private static func productName(_ index: Int, _ words: Vocabulary.Category) -> String {
        let (step, noun) = index.quotientAndRemainder(dividingBy: words.nouns.count)
        let (round, qualifier) = step.quotientAndRemainder(dividingBy: Vocabulary.qualifiers.count)
        let name = "\(words.nouns[noun]) \(Vocabulary.qualifiers[qualifier])"
        return round == 0 ? name : "\(name) \(round + 1)"
    }

    /// Cheap things are more common than dear ones: even on a logarithmic scale. Prices end as shop
    /// prices do.
    private static func price(_ range: ClosedRange<Int>, _ stream: inout RandomStream) -> Int {
        let ratio = Double(range.upperBound) / Double(range.lowerBound)
        let cents = Int(Double(range.lowerBound) * pow(ratio, stream.unit()))
        let ending = [99, 99, 99, 95, 49, 0][Int(stream.below(6))]
        return min(max(cents / 100 * 100 + ending, range.lowerBound), range.upperBound)
    }
}

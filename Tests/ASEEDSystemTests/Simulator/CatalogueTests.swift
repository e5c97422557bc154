import Testing

@testable import ASEEDSystem

@Suite struct CatalogueTests {
    @Test("the same seed makes the same catalogue, another one other prices")
    func seeded() {
        let first = Catalogue(seed: 1, products: 500, categories: 10)
        #expect(first == Catalogue(seed: 1, products: 500, categories: 10))
        #expect(first != Catalogue(seed: 2, products: 500, categories: 10))
    }

    @Test(
        "ids and names are unique, prices inside their category's range",
        arguments: [(1, 1), (10, 10), (1_000, 10), (3_000, 40)])
    func products(_ products: Int, _ categories: Int) {
        let catalogue = Catalogue(seed: 42, products: products, categories: categories)
        #expect(Set(catalogue.products.map(\.id)).count == products)
        #expect(Set(catalogue.products.map { "\($0.category) \($0.name)" }).count == products)
        #expect(Set(catalogue.categories).count == categories)
        for product in catalogue.products {
            let words = Vocabulary.categories[product.category % Vocabulary.categories.count]
            #expect(words.priceCents.contains(product.listPriceCents), "\(product)")
            #expect(product.name.utf8.count < 60)
        }
        #expect(catalogue.products[0].id == "PROD-001")
    }

    @Test("words need no escapes in JSON and no clean-up of categories (R25)")
    func wordsAreClean() {
        for category in Vocabulary.categories {
            #expect(!category.name.contains("  "))
            for word in category.name.split(separator: " ") where word != "&" {
                #expect(
                    word.first?.isUppercase == true && word.dropFirst().allSatisfy(\.isLowercase))
            }
            for text in category.nouns + [category.name] {
                #expect(
                    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c })
            }
        }
    }
}

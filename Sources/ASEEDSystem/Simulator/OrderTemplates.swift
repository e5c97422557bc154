/// The text that orders are put together from, laid out for copies of fixed size.
///
/// Owns its memory; `tables` is valid as long as this lives.
final class OrderTemplates {
    /// Plain pointers for the hot loop.
    struct Tables {
        /// A product's text from the end of the order id to the price, `segmentStride` bytes each.
        let segments: UnsafeMutableRawPointer
        let segmentStride: Int
        let products: UnsafeMutablePointer<ProductRow>
        let productCount: UInt64
        let categoryCount: Int
        let alias: UnsafeMutablePointer<AliasTable.Entry>
        /// Quantity of each of 256 equally likely draws.
        let quantities: UnsafeMutablePointer<UInt8>
        /// `00` to `99`.
        let pairs: UnsafeMutablePointer<UInt16>
        let customers: UInt64
        let segmentsOfCustomers: Bool
        let promotions: Bool
        let dayShape: Bool
        let seed: UInt64
        let digits: Int
    }

    struct ProductRow: BitwiseCopyable {
        /// Bytes of the segment.
        var length: UInt32
        var category: UInt32
        var lowestCents: UInt32
        /// Prices lie in `lowestCents ..< lowestCents + spanCents`.
        var spanCents: UInt32
    }

    let tables: Tables
    /// No order takes more bytes than this, its line feed and the slack of fixed copies included.
    let maxLineBytes: Int

    init(catalogue: Catalogue, options: SimulatorOptions) {
        let texts = catalogue.products.map { Self.segment($0, catalogue) }
        let longest = texts.map(\.count).max() ?? 0
        let stride = max(128, (longest + 63) / 64 * 64)
        let count = texts.count
        let segments = UnsafeMutableRawPointer.allocate(byteCount: stride * count, alignment: 64)
        segments.initializeMemory(as: UInt8.self, repeating: 0, count: stride * count)
        let rows = UnsafeMutablePointer<ProductRow>.allocate(capacity: count)
        for (index, text) in texts.enumerated() {
            text.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                (segments + index * stride).copyMemory(from: base, byteCount: bytes.count)
            }
            let product = catalogue.products[index]
            let margin = product.listPriceCents / 20
            (rows + index).initialize(
                to: ProductRow(
                    length: UInt32(text.count), category: UInt32(product.category),
                    lowestCents: UInt32(max(1, product.listPriceCents - margin)),
                    spanCents: UInt32(2 * margin + 1)))
        }
        let alias = UnsafeMutablePointer<AliasTable.Entry>.allocate(capacity: count)
        alias.initialize(
            from: AliasTable(weights: options.popularity.weights(count: count, seed: options.seed))
                .entries, count: count)
        let quantities = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        quantities.initialize(from: Self.quantities, count: 256)
        let pairs = UnsafeMutablePointer<UInt16>.allocate(capacity: 100)
        for value in 0..<100 {
            (pairs + value).initialize(
                to: UInt16(0x30 + value / 10) | UInt16(0x30 + value % 10) << 8)
        }
        tables = Tables(
            segments: segments, segmentStride: stride, products: rows,
            productCount: UInt64(count), categoryCount: catalogue.categories.count, alias: alias,
            quantities: quantities, pairs: pairs, customers: UInt64(options.effectiveCustomers),
            segmentsOfCustomers: options.segments, promotions: options.promotions,
            dayShape: options.dayShape, seed: options.seed, digits: options.orderIDDigits)
        maxLineBytes = 64 + stride + 192
    }

    deinit {
        tables.segments.deallocate()
        tables.products.deallocate()
        tables.alias.deallocate()
        tables.quantities.deallocate()
        tables.pairs.deallocate()
    }

    private static func segment(_ product: Product, _ catalogue: Catalogue) -> [UInt8] {
        let category = catalogue.categories[product.category]
        return Array(
            ("\", \"product_id\": \"\(product.id)\", \"product_name\": \"\(product.name)\", "
                + "\"category\": \"\(category)\", \"price\": ").utf8)
    }

    /// Most orders take one or two pieces, few take ten.
    private static let quantities: [UInt8] = {
        let shares: [(UInt8, Int)] = [
            (1, 118), (2, 62), (3, 30), (4, 16), (5, 11), (6, 7), (7, 4), (8, 3), (9, 2), (10, 3),
        ]
        return shares.flatMap { quantity, of256 in Array(repeating: quantity, count: of256) }
    }()
}

internal import ASEEDSystem

/// A valid order as text, with values that can be swapped for wrong ones.
struct OrderText {
    /// The seven fields, in the order of the line.
    enum Field: CaseIterable {
        case orderID, productID, productName, category, price, quantity, timestamp

        var name: String {
            switch self {
            case .orderID: "order_id"
            case .productID: "product_id"
            case .productName: "product_name"
            case .category: "category"
            case .price: "price"
            case .quantity: "quantity"
            case .timestamp: "timestamp"
            }
        }

        var isNumber: Bool { self == .price || self == .quantity }
    }

    let orderID: String
    let productID: String
    let productName: String
    let category: String
    let price: String
    let quantity: String
    let timestamp: String

    init(_ draft: OrderDraft, catalogue: Catalogue, digits: Int) {
        let product = catalogue.products[draft.product]
        let cents = draft.priceCents % 100
        orderID = OrderID.text(sequence: draft.sequence, digits: digits)
        productID = product.id
        productName = product.name
        category = catalogue.categories[product.category]
        price = "\(draft.priceCents / 100).\(cents < 10 ? "0" : "")\(cents)"
        quantity = "\(draft.quantity)"
        timestamp = TimeText.local(draft.eventTimeUs)
    }

    /// A field's value as JSON.
    func value(_ field: Field) -> String {
        switch field {
        case .orderID: "\"\(orderID)\""
        case .productID: "\"\(productID)\""
        case .productName: "\"\(productName)\""
        case .category: "\"\(category)\""
        case .price: price
        case .quantity: quantity
        case .timestamp: "\"\(timestamp)\""
        }
    }

    /// The whole order as JSON.
    var text: String {
        let members = Field.allCases.map { "\"\($0.name)\": \(value($0))" }
        return "{\(members.joined(separator: ", "))}"
    }

    /// The order with another value of one field.
    func with(_ field: Field, _ other: String) -> [UInt8] { with(field, Array(other.utf8)) }

    /// The order with another value of one field, in bytes.
    func with(_ field: Field, _ other: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, each) in Field.allCases.enumerated() {
            bytes += Array("\(index == 0 ? "" : ", ")\"\(each.name)\": ".utf8)
            bytes += each == field ? other : Array(value(each).utf8)
        }
        return bytes + [UInt8(ascii: "}")]
    }

    /// The order without a field.
    func without(_ field: Field) -> [UInt8] {
        let members = Field.allCases.filter { $0 != field }.map { "\"\($0.name)\": \(value($0))" }
        return Array("{\(members.joined(separator: ", "))}".utf8)
    }
}

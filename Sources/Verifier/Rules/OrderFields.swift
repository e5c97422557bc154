/// The seven fields of an order, in the order in which they are checked (R14).
enum OrderField: Int, CaseIterable {
    case orderID, productID, productName, category, price, quantity, timestamp

    /// The field that has this name, compared byte for byte.
    @inline(__always)
    init?(named name: UnsafeRawBufferPointer) {
        switch name.count {
        case 5 where equal(name, "price"): self = .price
        case 8 where equal(name, "order_id"): self = .orderID
        case 8 where equal(name, "category"): self = .category
        case 8 where equal(name, "quantity"): self = .quantity
        case 9 where equal(name, "timestamp"): self = .timestamp
        case 10 where equal(name, "product_id"): self = .productID
        case 12 where equal(name, "product_name"): self = .productName
        default: return nil
        }
    }
}

/// A JSON value where it stands in the record.
struct JSONSpan {
    /// What the value is.
    enum Kind: UInt8 {
        case absent, null, string, escapedString, number, other
    }

    var kind = Kind.absent
    /// The first byte; of a string, the one after the quote.
    var start = 0
    /// The byte after the last one; of a string, its closing quote.
    var end = 0
}

/// The seven fields of one record as the scanner found them.
struct OrderFields {
    var orderID = JSONSpan()
    var productID = JSONSpan()
    var productName = JSONSpan()
    var category = JSONSpan()
    var price = JSONSpan()
    var quantity = JSONSpan()
    var timestamp = JSONSpan()
    /// One of the seven names occurred twice.
    var hasDuplicate = false

    /// Takes a value of one of the seven, and notes when the name was there before.
    mutating func take(_ span: JSONSpan, for field: OrderField) {
        let wasThere =
            switch field {
            case .orderID: replace(&orderID, by: span)
            case .productID: replace(&productID, by: span)
            case .productName: replace(&productName, by: span)
            case .category: replace(&category, by: span)
            case .price: replace(&price, by: span)
            case .quantity: replace(&quantity, by: span)
            case .timestamp: replace(&timestamp, by: span)
            }
        if wasThere { hasDuplicate = true }
    }
}

@inline(__always)
private func replace(_ old: inout JSONSpan, by new: JSONSpan) -> Bool {
    let wasThere = old.kind != .absent
    old = new
    return wasThere
}

@inline(__always)
private func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let expected = text.utf8Start
    for index in 0..<bytes.count
    where base.load(fromByteOffset: index, as: UInt8.self) != expected[index] {
        return false
    }
    return true
}

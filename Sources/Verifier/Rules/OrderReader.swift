/// A valid order. Its texts point into the record or into the reader's buffers, and are good until
/// the next record is read.
struct Order {
    var orderID: UnsafeRawBufferPointer
    var productID: UnsafeRawBufferPointer
    var productName: UnsafeRawBufferPointer
    /// As it was sent; `cleanCategory` makes the key of it.
    var category: UnsafeRawBufferPointer
    /// The price in ten-thousandths.
    var price4: Int64
    var quantity: Int64
    /// UTC microseconds.
    var eventTime: Int64
}

/// Judges one record at a time by R10–R20.
final class OrderReader {
    private static let maxRecordBytes = 1_048_576
    private static let maxTextBytes = 256

    /// One piece of `maxTextBytes` for each field whose text has to be unescaped.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: OrderField.allCases.count * OrderReader.maxTextBytes, alignment: 8)

    /// The order id of the record read last, also when the record was rejected, as long as the
    /// record was an object with a proper id.
    private(set) var orderID: UnsafeRawBufferPointer?

    deinit { buffer.deallocate() }

    /// Reads a record.
    ///
    /// - Parameter futureBound: the greatest event time that is accepted (R20).
    func read(
        _ record: UnsafeRawBufferPointer, futureBound: Int64
    ) -> Result<Order, RejectReason> {
        orderID = nil
        guard record.count <= Self.maxRecordBytes else { return .failure(.recordTooLarge) }
        guard let base = record.baseAddress, !record.allSatisfy(isJSONSpace) else {
            return .failure(.empty)
        }
        guard isWellFormedUTF8(record) else { return .failure(.encoding) }
        var scanner = OrderScanner(record, base: base)
        switch scanner.scan() {
        case .notJSON: return .failure(.jsonSyntax)
        case .notObject: return .failure(.notObject)
        case .object: break
        }
        if scanner.fields.hasDuplicate { return .failure(.duplicateField) }
        do {
            return .success(try order(record, scanner.fields, futureBound))
        } catch {
            // The id of a rejected order is still wanted for the producer's account (C8).
            orderID = try? text(record, scanner.fields.orderID, .orderID)
            return .failure(error)
        }
    }

    /// Checks the fields in the order of R14.
    private func order(
        _ record: UnsafeRawBufferPointer, _ fields: OrderFields, _ futureBound: Int64
    ) throws(RejectReason) -> Order {
        let orderID = try text(record, fields.orderID, .orderID)
        let productID = try text(record, fields.productID, .productID)
        let productName = try text(record, fields.productName, .productName)
        let category = try text(record, fields.category, .category)
        let price4 = try number(record, fields.price).price().get()
        let quantity = try number(record, fields.quantity).quantity().get()
        let timestamp = try text(record, fields.timestamp, .timestamp)
        guard let time = readEventTime(timestamp) else { throw .timestampFormat }
        if time < 0 { throw .timestampRange }
        if time > futureBound { throw .timestampFuture }
        self.orderID = orderID
        return Order(
            orderID: orderID, productID: productID, productName: productName, category: category,
            price4: price4, quantity: quantity, eventTime: time)
    }

    /// A field that must be a JSON string (R15, R16), after unescaping.
    private func text(
        _ record: UnsafeRawBufferPointer, _ span: JSONSpan, _ field: OrderField
    ) throws(RejectReason) -> UnsafeRawBufferPointer {
        let raw = UnsafeRawBufferPointer(rebasing: record[span.start..<span.end])
        switch span.kind {
        case .absent, .null: throw .missingField
        case .number, .other: throw .wrongType
        case .string:
            if isBlank(raw) { throw .missingField }
            if raw.count > Self.maxTextBytes || raw.contains(0x7f) { throw .stringInvalid }
            return raw
        case .escapedString:
            let start = field.rawValue * Self.maxTextBytes
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: buffer[start..<start + Self.maxTextBytes])
            let text = unescape(raw, into: piece)
            if text.isBlank { throw .missingField }
            if text.count > Self.maxTextBytes || text.hasControl { throw .stringInvalid }
            return UnsafeRawBufferPointer(rebasing: piece[..<text.count])
        }
    }

    /// A field that must be a JSON number (R15).
    private func number(
        _ record: UnsafeRawBufferPointer, _ span: JSONSpan
    ) throws(RejectReason) -> ExactDecimal {
        let raw = UnsafeRawBufferPointer(rebasing: record[span.start..<span.end])
        switch span.kind {
        case .absent, .null: throw .missingField
        case .other: throw .wrongType
        case .string: throw isBlank(raw) ? .missingField : .wrongType
        case .escapedString:
            let nowhere = UnsafeMutableRawBufferPointer(rebasing: buffer[..<0])
            throw unescape(raw, into: nowhere).isBlank ? .missingField : .wrongType
        case .number: return ExactDecimal(raw)
        }
    }

    private func isBlank(_ text: UnsafeRawBufferPointer) -> Bool {
        text.allSatisfy { $0 == UInt8(ascii: " ") }
    }
}

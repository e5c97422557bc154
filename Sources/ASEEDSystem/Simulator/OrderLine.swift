/// The parts of an order's line, in the form of Python's `json.dumps`:
///
/// `{"order_id": "ORD-000000001", "product_id": "PROD-001", "product_name": "…", "category": "…",`
/// `"price": 299.99, "quantity": 2, "timestamp": "2024-01-15T14:30:00.123456"}`
///
/// Copies have fixed sizes and may write past the text they put: the next part overwrites it.
enum OrderLine {
    /// Bytes of `, "timestamp": "YYYY-MM-DDTHH:MM:SS.`
    static let secondLength = 36

    /// Writes a whole line with its line feed.
    ///
    /// - Returns: the end of the line.
    static func write(
        _ draft: OrderDraft, to start: UnsafeMutableRawPointer, _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        let high = tables.digits - 2
        writeHundreds(draft.sequence / 100, digits: high, to: start)
        var at = start + 18 + high
        at.storeBytes(of: tables.pairs[Int(draft.sequence % 100)], as: UInt16.self)
        at = writeBody(draft, to: at + 2, tables)
        writeSecond(draft.eventTimeUs / 1_000_000, to: at)
        let micros = UInt32(draft.eventTimeUs % 1_000_000)
        return writeEnd(draft, micros: micros, to: at + secondLength, tables)
    }

    /// Writes `{"order_id": "ORD-` and a number of so many digits.
    static func writeHundreds(_ value: Int64, digits: Int, to start: UnsafeMutableRawPointer) {
        start.copyMemory(from: ("{\"order_id\": \"ORD-" as StaticString).utf8Start, byteCount: 18)
        var rest = value
        for place in stride(from: 17 + digits, to: 17, by: -1) {
            start.storeBytes(of: UInt8(0x30 + rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
    }

    /// Writes `, "timestamp": "` and the second, up to the point before the fraction.
    static func writeSecond(_ second: Int64, to start: UnsafeMutableRawPointer) {
        let date = CivilDate.date(daysSince1970: Int(second / 86_400))
        let ofDay = Int(second % 86_400)
        var at = start
        put(", \"timestamp\": \"", &at)
        putPair(date.year / 100, "", &at)
        putPair(date.year % 100, "-", &at)
        putPair(date.month, "-", &at)
        putPair(date.day, "T", &at)
        putPair(ofDay / 3_600, ":", &at)
        putPair(ofDay / 60 % 60, ":", &at)
        putPair(ofDay % 60, ".", &at)
    }

    private static func putPair(
        _ value: Int, _ after: StaticString, _ at: inout UnsafeMutableRawPointer
    ) {
        at.storeBytes(of: UInt8(0x30 + value / 10), as: UInt8.self)
        at.storeBytes(of: UInt8(0x30 + value % 10), toByteOffset: 1, as: UInt8.self)
        at += 2
        put(after, &at)
    }

    /// Writes from the end of the order id to the quantity.
    @inline(__always)
    static func writeBody(
        _ draft: OrderDraft, to start: UnsafeMutableRawPointer, _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        var at = start
        let length = Int(tables.products[draft.product].length)
        let segment = tables.segments + draft.product &* tables.segmentStride
        at.copyMemory(from: segment, byteCount: 128)
        var copied = 128
        while _slowPath(copied < length) {
            (at + copied).copyMemory(from: segment + copied, byteCount: 64)
            copied += 64
        }
        at = writePrice(draft.priceCents, to: at + length, tables)
        at.copyMemory(from: (", \"quantity\": " as StaticString).utf8Start, byteCount: 14)
        at += 14
        // Two digits; a leading zero is shifted out.
        let isShort = draft.quantity < 10
        let digits = tables.pairs[Int(draft.quantity)] >> (isShort ? 8 : 0)
        at.storeBytes(of: digits, as: UInt16.self)
        return at + (isShort ? 1 : 2)
    }

    /// Writes a price below 10,000.00 as Python writes floats: `5.0`, `299.9`, `1299.99`.
    @inline(__always)
    private static func writePrice(
        _ cents: UInt32, to start: UnsafeMutableRawPointer, _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        let whole = cents / 100
        let fraction = cents % 100
        var text = UInt64(tables.pairs[Int(whole / 100)])
        text |= UInt64(tables.pairs[Int(whole % 100)]) << 16
        text |= UInt64(UInt8(ascii: ".")) << 32
        text |= UInt64(tables.pairs[Int(fraction)]) << 40
        // "0012.30": leading zeros of the whole part are shifted out, a last zero is left out.
        let zeros: UInt64 =
            (whole < 1_000 ? 1 : 0) &+ (whole < 100 ? 1 : 0) &+ (whole < 10 ? 1 : 0)
        start.storeBytes(of: text &>> (zeros &* 8), as: UInt64.self)
        let lastZero = fraction % 10 == 0 ? 1 : 0
        return start + (7 &- Int(zeros) &- lastZero)
    }

    /// Writes the fraction of the second, the extra fields, and the end of the line.
    @inline(__always)
    static func writeEnd(
        _ draft: OrderDraft, micros: UInt32, to start: UnsafeMutableRawPointer,
        _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        var at = start
        at.storeBytes(of: tables.pairs[Int(micros / 10_000)], as: UInt16.self)
        at.storeBytes(of: tables.pairs[Int(micros / 100 % 100)], toByteOffset: 2, as: UInt16.self)
        at.storeBytes(of: tables.pairs[Int(micros % 100)], toByteOffset: 4, as: UInt16.self)
        at += 6
        if tables.customers > 0 { at = writeCustomer(draft.customer, to: at, tables) }
        // `"}` and the line feed.
        at.storeBytes(of: 0x000a_7d22 as UInt32, as: UInt32.self)
        return at + 3
    }

    private static func writeCustomer(
        _ customer: UInt32, to start: UnsafeMutableRawPointer, _ tables: OrderTemplates.Tables
    ) -> UnsafeMutableRawPointer {
        var at = start
        put("\", \"customer_id\": \"CUST-", &at)
        var rest = customer
        for place in stride(from: 7, through: 0, by: -1) {
            at.storeBytes(of: UInt8(0x30 + rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        at += 8
        guard tables.segmentsOfCustomers else { return at }
        put("\", \"customer_segment\": \"", &at)
        switch CustomerSegment.of(customer: customer, seed: tables.seed) {
        case .new: put("New", &at)
        case .regular: put("Regular", &at)
        case .loyal: put("Loyal", &at)
        case .wholesale: put("Wholesale", &at)
        }
        return at
    }

    @inline(__always)
    private static func put(_ text: StaticString, _ at: inout UnsafeMutableRawPointer) {
        at.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        at += text.utf8CodeUnitCount
    }
}

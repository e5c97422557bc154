@testable import ASEEDSystem

/// What the validator makes of one record.
struct JudgedRecord: Equatable {
    var reason: RejectReason?
    var values: OrderValues?
    var orderID: [UInt8] = []
    var productID: [UInt8] = []
    var productName: [UInt8] = []
    var category: [UInt8] = []

    static func == (a: JudgedRecord, b: JudgedRecord) -> Bool {
        a.reason == b.reason && a.values?.price == b.values?.price
            && a.values?.quantity == b.values?.quantity
            && a.values?.eventTime == b.values?.eventTime && a.productID == b.productID
            && a.productName == b.productName && a.category == b.category
    }

    init(_ record: [UInt8], futureBoundUs: Int64, validator: RecordValidator) {
        let padded = record + [UInt8](repeating: 0, count: 64)
        (reason, values) = padded.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return (.empty, nil) }
            let reason = validator.judge(
                base, count: record.count, futureBound: futureBoundUs)
            return (reason, reason == nil ? validator.values : nil)
        }
        guard reason == nil else { return }
        padded.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            orderID = validator.string(.orderID, of: base)
            productID = validator.string(.productID, of: base)
            productName = validator.string(.productName, of: base)
            category = CategoryRule.normalised(validator.string(.category, of: base))
        }
    }
}

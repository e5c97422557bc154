/// One step of a plan: a literal to compare, then a value of one kind. 64 bytes, one cache line.
struct PlanStep: BitwiseCopyable {
    enum Kind: Int32 {
        /// Nothing follows the literal.
        case literal
        /// The order id.
        case orderID
        /// Product id, name and category with what stands between them, known as a whole.
        case segment
        /// The end of a segment that was read piece by piece: find its group, learn it.
        case resume
        /// A product id, name or category by itself.
        case productID, productName, category
        case price
        case quantity
        case timestamp
        /// A string that no query uses.
        case skippedString
        /// A number that no query uses.
        case skippedNumber
        /// The record's last bytes with the line feed.
        case end
        /// The same, and the product's parts were read piece by piece.
        case endWithGroup
    }

    static let literalCapacity = 32

    /// The literal, zeros after its end.
    var literal: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// A bit for each byte of the literal.
    var literalMask: UInt32 = 0
    var literalCount: Int32 = 0
    var kind = Kind.literal
    /// The step to go on with: of `segment`, when it is unknown; of `resume`, afterwards. Of
    /// `orderID`: the predicted length. Of `timestamp`: the value's length.
    var number: Int32 = 0
    /// Of `orderID`: bits 0…length. Of `timestamp`: bytes of the second and its fraction.
    var word0: UInt64 = 0
    /// Of `orderID`: bit of the closing quotation mark. Of `timestamp`: the zone in microseconds.
    var word1: UInt64 = 1
}

/// A learned shape of records: which literal bytes stand between which values. A plan is made from
/// a record that the validator accepted, so a record with the same literals, whose values pass the
/// same checks, is accepted too.
final class ShapePlan {
    static let maxSteps = 60

    /// Tells plans apart in the segment table.
    let id: UInt32
    let steps: UnsafeMutablePointer<PlanStep>
    let count: Int
    /// Records that it fitted, fading.
    var hits = 0

    init(id: UInt32, steps source: [PlanStep]) {
        self.id = id
        count = source.count
        steps = .allocate(capacity: source.count)
        steps.initialize(from: source, count: source.count)
    }

    deinit { steps.deallocate() }

    /// Whether both compare the same literals with the same kinds of values.
    func hasSameShape(as other: [PlanStep]) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count {
            let (mine, theirs) = (steps[index], other[index])
            guard mine.kind == theirs.kind, mine.literal == theirs.literal,
                mine.literalCount == theirs.literalCount
            else { return false }
            if mine.kind == .timestamp {
                guard mine.number == theirs.number, mine.word0 == theirs.word0,
                    mine.word1 == theirs.word1
                else { return false }
            }
        }
        return true
    }
}

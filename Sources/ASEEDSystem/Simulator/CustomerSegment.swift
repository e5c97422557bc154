/// The kinds of customers; a customer keeps its kind.
enum CustomerSegment {
    case new, regular, loyal, wholesale

    /// The segment of a customer: 25 % new, 50 % regular, 20 % loyal, 5 % wholesale.
    static func of(customer: UInt32, seed: UInt64) -> CustomerSegment {
        var mix = SplitMix64(seed ^ (UInt64(customer) << 20))
        switch mix.next() % 100 {
        case 0..<25: return .new
        case 25..<75: return .regular
        case 75..<95: return .loyal
        default: return .wholesale
        }
    }
}

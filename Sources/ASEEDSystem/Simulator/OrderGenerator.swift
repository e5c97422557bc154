/// Draws the orders of the simulated shop and writes them as JSON lines.
///
/// One seed gives one sequence of orders. The hot loop (`fill`) allocates nothing.
public final class OrderGenerator {
    /// The random streams and clocks; copied into locals by the hot loop.
    struct State {
        var orders: RandomStream
        var steps: RandomStream
        var customers: RandomStream
        /// The next order's number.
        var sequence: Int64
        /// Event time of the next order, in 1/1024 µs since `originUs`.
        var nextClock: Int64
        /// Steps of the clock are even in `0 ..< stepSpan`.
        var stepSpan: UInt64
        var line: LineCache
        /// The category on promotion, or none (-1), and its discount.
        var promotedCategory: Int = -1
        var priceFactor: UInt32 = 100
    }

    /// Text that many orders have in common.
    struct LineCache {
        /// `{"order_id": "ORD-` and all digits but the last two, 48 bytes.
        let id: UnsafeMutableRawPointer
        var idLength: Int
        /// The first order of the hundred whose id is cached; beyond every order when none is.
        var idHundreds: Int64 = .max
        /// `, "timestamp": "YYYY-MM-DDTHH:MM:SS.`, 36 of 48 bytes.
        let second: UnsafeMutableRawPointer
        /// The first microsecond of the cached second; beyond every time when none is.
        var secondStartUs: Int64 = .max
    }

    /// The fraction bits of the event clock.
    static let clockShift: Int64 = 10

    /// What the shop sells.
    public let catalogue: Catalogue
    /// How it was set up.
    public let options: SimulatorOptions
    let templates: OrderTemplates
    var state: State
    let originUs: Int64
    private var meanStep: Double = 1

    /// Sets up the shop.
    public init(options: SimulatorOptions) {
        precondition((9...18).contains(options.orderIDDigits), "order ids have 9 to 18 digits")
        precondition(options.firstSequence > 0, "order numbers start at 1")
        self.options = options
        catalogue = Catalogue(
            seed: options.seed, products: options.products, categories: options.categories)
        templates = OrderTemplates(catalogue: catalogue, options: options)
        originUs = options.eventTimeStartUs
        let id = UnsafeMutableRawPointer.allocate(byteCount: 48, alignment: 16)
        let second = UnsafeMutableRawPointer.allocate(byteCount: 48, alignment: 16)
        id.initializeMemory(as: UInt8.self, repeating: 0, count: 48)
        second.initializeMemory(as: UInt8.self, repeating: 0, count: 48)
        state = State(
            orders: RandomStream(seed: options.seed, name: options.streamName("orders")),
            steps: RandomStream(seed: options.seed, name: options.streamName("event-time")),
            customers: RandomStream(seed: options.seed, name: options.streamName("customers")),
            sequence: options.firstSequence, nextClock: 0, stepSpan: 0,
            line: LineCache(
                id: id, idLength: 18 + options.orderIDDigits - 2, second: second))
        setEventRate(ordersPerSecond: 1_000)
    }

    deinit {
        state.line.id.deallocate()
        state.line.second.deallocate()
    }

    /// No line takes more bytes than this.
    public var maxLineBytes: Int { templates.maxLineBytes }

    /// The next order's number.
    public var nextSequence: Int64 { state.sequence }

    /// Event time of the next order, microseconds since 1970.
    public var nextEventTimeUs: Int64 { originUs + state.nextClock >> Self.clockShift }

    /// Sets how many orders come in a second of event time, on average.
    public func setEventRate(ordersPerSecond: Double) {
        meanStep = 1_000_000 * 1_024 / ordersPerSecond
        state.line.secondStartUs = .max
        state.stepSpan = UInt64(max(1, (2 * meanStep).rounded()))
    }

    /// Gives the next order an event time. An earlier one than before is allowed.
    public func setNextEventTime(us: Int64) {
        state.nextClock = (us - originUs) << Self.clockShift
    }

    /// Draws the next order without writing it.
    public func next() -> OrderDraft {
        var state = self.state
        defer { self.state = state }
        return draw(&state, templates.tables)
    }

    /// Called when the event clock enters another second: the text of the second, the density of
    /// orders, and what is on promotion.
    @inline(never)
    func enterSecond(_ us: Int64, _ state: inout State) {
        let second = us >= 0 ? us / 1_000_000 : (us - 999_999) / 1_000_000
        state.line.secondStartUs = second * 1_000_000
        OrderLine.writeSecond(second, to: state.line.second)
        if options.dayShape {
            let factor = DayShape.factor(secondOfDay: Int(second % 86_400))
            state.stepSpan = UInt64(max(1, (2 * meanStep / factor).rounded()))
        }
        if options.promotions {
            let campaign = Promotions.campaign(
                seed: options.seed, hour: second / 3_600, categories: catalogue.categories.count)
            state.promotedCategory = campaign?.category ?? -1
            state.priceFactor = 100 - (campaign?.discountPercent ?? 0)
        }
    }
}

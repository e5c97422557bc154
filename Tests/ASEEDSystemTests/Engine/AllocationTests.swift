import CProbe
import Testing

@testable import ASEEDSystem

/// The data plane allocates nothing per order.
@Suite struct AllocationTests {
    @Test func probeSeesAnAllocation() {
        cprobe_start()
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 100)
        let counts = cprobe_stop()
        bytes.deallocate()
        #expect(counts.allocations == 1)
    }

    @Test func scanAllocatesNothingPerOrder() {
        var bytes: [UInt8] = []
        for number in 0..<10_000 { bytes += SampleOrders.line(number: number) + [0x0a] }
        let count = bytes.count
        bytes += [UInt8](repeating: 0, count: OrderScanner.slackBytes)
        let scanner = OrderScanner(grid: PaneGrid(windows: [.minute]))
        var scan = PartitionScan(partition: 0, highUs: .min)
        let counts: [Int64] = bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            // No order is late: the sample's times are spread over an hour.
            var context = BatchContext()
            context.delayUs = 7_200_000_000
            scanner.begin(context)
            // The first pass learns the shape, the products and the panes.
            _ = scanner.scan(base, count: count, positions: .init(), maxRecords: .max, into: &scan)
            scanner.begin(context)
            cprobe_start()
            let result = scanner.scan(
                base, count: count, positions: .init(), maxRecords: .max, into: &scan)
            let found = cprobe_stop()
            return [found.allocations, Int64(result.records)]
        }
        #expect(counts == [0, 10_000])
    }
}
